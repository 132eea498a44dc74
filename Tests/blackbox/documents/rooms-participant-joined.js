socket.on('participant:joined', (data) => {
  console.log('Participant joined:', data);
});
