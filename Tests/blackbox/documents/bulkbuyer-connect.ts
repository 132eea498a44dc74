import { createWebSocket } from '@/lib/websocket';

const ws = createWebSocket({
  endpoint: '/api/notifications/ws',
  onMessage: (message) => {
    console.log('Received:', message);
  },
  onError: (error) => {
    console.error('WebSocket error:', error);
  },
  onClose: () => {
    console.log('Connection closed');
  }
});
