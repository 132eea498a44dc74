socket.on('connect_error', (error) => {
  // error.message: "Authentication failed: Invalid token"
});
