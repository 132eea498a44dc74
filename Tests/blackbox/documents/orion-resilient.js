function createResilientSocket(url, options) {
  const socket = io(url, options);

  // Heartbeat to detect broken connections
  let heartbeatInterval;

  socket.on('connect', () => {
    heartbeatInterval = setInterval(() => {
      socket.emit('ping');
    }, 25000);
  });

  socket.on('disconnect', () => {
    clearInterval(heartbeatInterval);
  });

  // Auto-resubscribe on reconnect
  socket.on('reconnect', () => {
    restoreSubscriptions(socket);
  });

  return socket;
}
