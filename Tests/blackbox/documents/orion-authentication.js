const socket = io('http://localhost:20004', {
  auth: {
    token: jwtToken
  }
});
