socket.on('prize:deleted', (data) => {
  console.log('Prize deleted:', data);
});
