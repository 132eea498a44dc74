// Connect to WebSocket
const ws = new WebSocket('ws://localhost:8080/ws')

// Listen for messages
ws.onmessage = (event) => {
  console.log('Received:', JSON.parse(event.data))
}

// Subscribe to jobs channel
ws.send(JSON.stringify({
  type: 'subscribe',
  channels: ['jobs']
}))

// Send ping
ws.send(JSON.stringify({ type: 'ping' }))
