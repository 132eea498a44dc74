const roomSocket = io(`wss://api.platform.example.com/rooms/room_xyz789`, {
  auth: {
    token: 'user_access_token_here'
  }
});
