socket.on('prize:created', (data) => {
  console.log('Prize created:', data);
});
