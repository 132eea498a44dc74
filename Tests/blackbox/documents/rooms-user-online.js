socket.on('presence:user_online', (data) => {
  console.log('User online:', data);
});
