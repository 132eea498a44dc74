socket.emit('room:unsubscribe', { roomId: 'room_xyz789' });
