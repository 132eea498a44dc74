socket.on('health:service-discovered', (data) => {
  console.log(`New service discovered: ${data.service} at ${data.url}`);
  updateServiceList(data);
});
