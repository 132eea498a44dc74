socket.on('metrics:update', (data) => {
  updateMetricsChart(data.service, data.metrics);

  if (data.metrics.cpu > 80) {
    showWarning(`High CPU usage on ${data.service}: ${data.metrics.cpu}%`);
  }
});
