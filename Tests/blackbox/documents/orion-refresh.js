socket.on('connect_error', (error) => {
  if (error.message === 'invalid token') {
    // Refresh token and reconnect
    refreshToken().then(newToken => {
      socket.auth = { token: newToken };
      socket.connect();
    });
  } else {
    console.error('Connection error:', error);
  }
});
