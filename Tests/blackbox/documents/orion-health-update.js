socket.on('health:update', (data) => {
  console.log(`${data.service} is ${data.status}`);

  if (data.status === 'unhealthy') {
    // Show alert to user
    showAlert(`Service ${data.service} is down`);
  }
});
