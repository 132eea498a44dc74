const socket = io('http://localhost:20004', {
  auth: { token: getToken() },
  reconnection: true,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  reconnectionAttempts: Infinity,
  randomizationFactor: 0.5
});

socket.on('reconnect_attempt', (attemptNumber) => {
  console.log(`Reconnection attempt ${attemptNumber}`);

  // Update auth token before reconnecting
  socket.auth = { token: getToken() };
});

socket.on('reconnect', (attemptNumber) => {
  console.log(`Reconnected after ${attemptNumber} attempts`);

  // Re-subscribe to events
  socket.emit('subscribe:health', { services: ['*'] });
});
