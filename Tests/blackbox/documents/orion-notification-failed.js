socket.on('notification:failed', (data) => {
  console.error(`Notification failed: ${data.error.message}`);
  handleNotificationFailure(data);
});
