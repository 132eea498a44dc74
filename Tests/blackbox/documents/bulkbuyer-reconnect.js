const INITIAL_DELAY = 1000; // 1 second
const MAX_DELAY = 30000;    // 30 seconds
const BACKOFF_FACTOR = 1.5;

let retryDelay = INITIAL_DELAY;

function connect() {
  const ws = new WebSocket(WS_URL);
  
  ws.onclose = () => {
    setTimeout(() => {
      retryDelay = Math.min(retryDelay * BACKOFF_FACTOR, MAX_DELAY);
      connect();
    }, retryDelay);
  };

  ws.onopen = () => {
    retryDelay = INITIAL_DELAY; // Reset delay on successful connection
  };
}
