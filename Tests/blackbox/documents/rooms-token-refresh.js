socket.on('token:expired', () => {
  // Refresh token via REST API
  fetch('/api/auth/refresh', {
    method: 'POST',
    body: JSON.stringify({ refreshToken })
  })
  .then(res => res.json())
  .then(data => {
    // Reconnect with new token
    socket.auth.token = data.accessToken;
    socket.disconnect().connect();
  });
});
