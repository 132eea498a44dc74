socket.on('room:deleted', (data) => {
  console.log('Room deleted:', data.roomId);
});
