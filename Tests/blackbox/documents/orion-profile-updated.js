socket.on('user:profile-updated', (data) => {
  if (data.userId === currentUser.id) {
    // Refresh user profile
    fetchUserProfile();
  }
});
