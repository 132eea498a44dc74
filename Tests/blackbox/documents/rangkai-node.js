const WebSocket = require('ws');

// Connect with JWT
const ws = new WebSocket('ws://localhost:3000/ws?token=YOUR_JWT_TOKEN');

ws.on('open', () => {
  console.log('Connected to WebSocket');
  
  // Subscribe to user channel
  ws.send(JSON.stringify({
    type: 'subscribe',
    channel: 'user:did:rangkai:YOUR_DID'
  }));
  
  // Subscribe to order channel
  ws.send(JSON.stringify({
    type: 'subscribe',
    channel: 'order:ORDER_ID'
  }));
});

ws.on('message', (data) => {
  const message = JSON.parse(data);
  
  if (message.type === 'subscribed') {
    console.log(`Subscribed to ${message.channel}`);
  }
  
  if (message.event) {
    console.log(`Event: ${message.event}`, message.data);
    
    // Handle specific events
    switch (message.event) {
      case 'order.shipped':
        console.log(`Order ${message.data.orderNumber} shipped!`);
        break;
      case 'dispute.filed':
        console.log(`Dispute filed on order ${message.data.orderId}`);
        break;
    }
  }
});

ws.on('close', (code, reason) => {
  console.log(`Connection closed: ${code} - ${reason}`);
});

ws.on('error', (error) => {
  console.error('WebSocket error:', error);
});
