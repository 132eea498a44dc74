socket.on('room:status_changed', (data) => {
  console.log('Room status changed:', data);
});
