socket.on('participant:left', (data) => {
  console.log('Participant left:', data);
});
