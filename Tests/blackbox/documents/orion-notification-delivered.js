socket.on('notification:delivered', (data) => {
  console.log(`Notification ${data.notificationId} delivered via ${data.channel}`);
  updateNotificationStatus(data.notificationId, 'delivered');
});
