socket.emit('quiz:answer_submit', {
  questionId: 'q_123',
  answer: 'Paris',
  timestamp: Date.now()
}, (response) => {
  console.log('Answer result:', response);
});
