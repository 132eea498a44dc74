socket.on('prize:updated', (data) => {
  console.log('Prize updated:', data);
});
