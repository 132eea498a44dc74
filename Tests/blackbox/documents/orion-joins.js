// User-specific room
socket.join(`user:${userId}`);

// Role-based room
socket.join(`role:admin`);

// Service-specific room
socket.join(`service:auth`);
