socket.emit('request:health', {
  services: ['auth', 'user']
}, (response) => {
  console.log('Health status:', response);
});
