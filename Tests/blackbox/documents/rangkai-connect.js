const ws = new WebSocket('ws://localhost:3000/ws?token=YOUR_JWT_TOKEN');
