curl http://localhost:8080/stats | jq .
