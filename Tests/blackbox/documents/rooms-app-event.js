socket.on('lottery:draw_started', (data) => {
  console.log('Draw started:', data);
});
