socket.on('quiz:answer_result', (data) => {
  console.log('Answer result:', data);
});
