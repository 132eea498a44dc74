socket.on('notification:received', (data) => {
  console.log('Notification:', data);
});
