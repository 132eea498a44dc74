socket.emit('room:subscribe', { roomId: 'room_xyz789' }, (response) => {
  if (response.success) {
    console.log('Subscribed to room:', response.room);
  } else {
    console.error('Subscription failed:', response.error);
  }
});
