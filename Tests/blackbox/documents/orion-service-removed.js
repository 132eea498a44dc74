socket.on('health:service-removed', (data) => {
  console.log(`Service removed: ${data.service} - ${data.reason}`);
  removeFromServiceList(data.service);
});
