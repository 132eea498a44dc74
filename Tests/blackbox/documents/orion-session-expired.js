socket.on('user:session-expired', (data) => {
  // Redirect to login
  clearLocalStorage();
  window.location.href = '/login';
});
