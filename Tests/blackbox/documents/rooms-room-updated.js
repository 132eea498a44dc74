socket.on('room:updated', (data) => {
  console.log('Room updated:', data);
});
