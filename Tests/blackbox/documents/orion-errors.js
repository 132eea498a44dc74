socket.on('error', (error) => {
  console.error('Socket error:', error);

  switch (error.code) {
    case 'UNAUTHORIZED':
      // Handle auth error
      break;
    case 'RATE_LIMIT':
      // Handle rate limit
      break;
    default:
      // Handle other errors
      break;
  }
});
