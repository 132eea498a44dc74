socket.on('participant:updated', (data) => {
  console.log('Participant updated:', data);
});
