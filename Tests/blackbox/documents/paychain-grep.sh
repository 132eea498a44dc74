docker logs paychain-job-service | grep broadcast
