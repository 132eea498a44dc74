socket.on('quiz:question_published', (data) => {
  console.log('New question:', data);
});
