const unsubscribe = on('job_accepted', (data) => {
  console.log('Job accepted:', data)
})
// Clean up
unsubscribe()
