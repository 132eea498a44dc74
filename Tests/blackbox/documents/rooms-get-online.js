socket.emit('presence:get_online', {
  roomId: 'room_xyz789'
}, (response) => {
  console.log('Online users:', response.users);
});
