socket.on('winner:removed', (data) => {
  console.log('Winner removed:', data);
});
