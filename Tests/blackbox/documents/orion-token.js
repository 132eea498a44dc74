const socket = io('http://localhost:20004', {
  auth: {
    token: accessToken  // JWT access token
  }
});

// Or update token after connection
socket.auth = { token: newAccessToken };
socket.disconnect().connect();
