on('job_created', (data) => {
  console.log('Handler called:', data)
})
