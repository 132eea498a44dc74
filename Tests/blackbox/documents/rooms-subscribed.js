socket.on('room:subscribed', (data) => {
  console.log('Subscribed:', data.roomId);
});
