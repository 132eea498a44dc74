function handleMessage(message: WebSocketMessage) {
  switch (message.type) {
    case 'ORDER_STATUS_CHANGE':
      updateOrderStatus(message.data);
      break;
    case 'POOL_PROGRESS':
      updatePoolProgress(message.data);
      break;
    case 'SYSTEM_NOTIFICATION':
      showSystemNotification(message.data);
      break;
  }
}
