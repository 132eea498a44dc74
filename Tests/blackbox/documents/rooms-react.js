import { useEffect, useState } from 'react';
import { io } from 'socket.io-client';

export function useRoomEvents(roomId, token) {
  const [socket, setSocket] = useState(null);
  const [events, setEvents] = useState([]);

  useEffect(() => {
    const newSocket = io('wss://api.platform.example.com', {
      auth: { token }
    });

    newSocket.on('connect', () => {
      newSocket.emit('room:subscribe', { roomId }, (response) => {
        if (!response.success) {
          console.error('Subscription failed:', response.error);
        }
      });
    });

    // Listen for all room events
    const eventHandlers = {
      'participant:joined': (data) => setEvents(e => [...e, { type: 'joined', data }]),
      'winner:selected': (data) => setEvents(e => [...e, { type: 'winner', data }]),
      'room:updated': (data) => setEvents(e => [...e, { type: 'updated', data }])
    };

    Object.entries(eventHandlers).forEach(([event, handler]) => {
      newSocket.on(event, handler);
    });

    setSocket(newSocket);

    // Cleanup
    return () => {
      newSocket.emit('room:unsubscribe', { roomId });
      Object.keys(eventHandlers).forEach(event => {
        newSocket.off(event);
      });
      newSocket.disconnect();
    };
  }, [roomId, token]);

  return { socket, events };
}
