socket.on('error', (error) => {
  console.error('Server error:', error);
});
