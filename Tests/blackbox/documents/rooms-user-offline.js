socket.on('presence:user_offline', (data) => {
  console.log('User offline:', data);
});
