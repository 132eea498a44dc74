// Subscribe to specific services
socket.emit('subscribe:health', {
  services: ['auth', 'user', 'gateway']
});

// Subscribe to all services
socket.emit('subscribe:health', {
  services: ['*']
});
