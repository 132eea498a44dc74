socket.disconnect();
