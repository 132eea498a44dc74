// Connect to admin namespace
const adminSocket = io('http://localhost:20004/admin', {
  auth: { token: adminToken }
});

// Admin-only events
adminSocket.on('admin:event', (data) => {
  // Handle admin event
});
