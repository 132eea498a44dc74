socket.on('room:unsubscribed', (data) => {
  console.log('Unsubscribed:', data.roomId);
});
