socket.on('winner:selected', (data) => {
  console.log('Winner selected:', data);
});
