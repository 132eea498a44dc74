import { useEffect, useState } from 'react';

function useWebSocket(token, channels) {
  const [ws, setWs] = useState(null);
  const [events, setEvents] = useState([]);

  useEffect(() => {
    const socket = new WebSocket(`ws://localhost:3000/ws?token=${token}`);
    
    socket.onopen = () => {
      // Subscribe to channels
      channels.forEach(channel => {
        socket.send(JSON.stringify({
          type: 'subscribe',
          channel
        }));
      });
    };
    
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.event) {
        setEvents(prev => [...prev, message]);
      }
    };
    
    setWs(socket);
    
    return () => socket.close();
  }, [token, channels]);
  
  return { ws, events };
}

// Usage
function OrderTracker({ orderId }) {
  const { events } = useWebSocket(userToken, [`order:${orderId}`]);
  
  return (
    <div>
      {events.map(event => (
        <div key={event.timestamp}>
          {event.event}: {JSON.stringify(event.data)}
        </div>
      ))}
    </div>
  );
}
