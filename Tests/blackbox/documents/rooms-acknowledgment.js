socket.emit('room:subscribe', { roomId: 'room_xyz789' }, (response) => {
  if (response.success) {
    console.log('Success:', response.data);
  } else {
    console.error('Error:', response.error);
  }
});
