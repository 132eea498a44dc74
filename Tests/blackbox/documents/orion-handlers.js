// Use once() for one-time events
socket.once('connect', () => {
  console.log('Initial connection established');
});

// Clean up listeners on component unmount
useEffect(() => {
  const handleHealthUpdate = (data) => {
    updateHealth(data);
  };

  socket.on('health:update', handleHealthUpdate);

  return () => {
    socket.off('health:update', handleHealthUpdate);
  };
}, []);
