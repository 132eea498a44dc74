import { useWebSocket } from '../contexts/WebSocketContext'

function JobList() {
  const { isConnected, on, subscribe } = useWebSocket()

  useEffect(() => {
    // Subscribe to job-related events
    subscribe('jobs')

    // Listen for new jobs
    const unsubscribe = on('job_created', (data) => {
      console.log('New job posted!', data)
      toast.success(`New job: ${data.title}`)
      // Refresh job list or add to state
    })

    return () => unsubscribe()
  }, [])

  return (
    <div>
      <div>WebSocket: {isConnected ? 'ðŸŸ¢ Connected' : 'ðŸ”´ Disconnected'}</div>
      {/* Job list */}
    </div>
  )
}
