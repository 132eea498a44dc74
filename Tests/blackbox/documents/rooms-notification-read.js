socket.emit('notification:mark_read', {
  notificationId: 'notif_abc123'
}, (response) => {
  console.log('Marked as read:', response.success);
});
