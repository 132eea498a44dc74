socket.on('system:event', (data) => {
  switch (data.type) {
    case 'critical':
      showCriticalAlert(data.message);
      break;
    case 'error':
      logError(data);
      break;
    case 'warning':
      showWarning(data.message);
      break;
    case 'info':
      console.log(data.message);
      break;
  }
});
