socket.emit('unsubscribe:health', {
  services: ['auth']
});
