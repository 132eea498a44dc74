import { io } from 'socket.io-client';

const socket = io('wss://api.platform.example.com', {
  auth: {
    token: 'user_access_token_here'
  },
  transports: ['websocket', 'polling']
});

// Handle connection
socket.on('connect', () => {
  console.log('Connected:', socket.id);
});

// Handle errors
socket.on('connect_error', (error) => {
  console.error('Connection error:', error.message);
});

// Handle disconnection
socket.on('disconnect', (reason) => {
  console.log('Disconnected:', reason);
});
