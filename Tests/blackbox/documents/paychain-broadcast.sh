# Trigger a broadcast
curl -X POST http://localhost:8080/broadcast \
  -H "Content-Type: application/json" \
  -d '{
    "type": "test_message",
    "data": {"message": "Hello WebSocket!"},
    "channel": "jobs"
  }'
