import { Server } from 'socket.io';
import { createServer } from 'http';

describe('WebSocket Events', () => {
  let io: Server;
  let serverSocket;
  let clientSocket;

  beforeAll((done) => {
    const httpServer = createServer();
    io = new Server(httpServer);
    httpServer.listen(() => {
      const port = httpServer.address().port;
      clientSocket = io(`http://localhost:${port}`);
      io.on('connection', (socket) => {
        serverSocket = socket;
      });
      clientSocket.on('connect', done);
    });
  });

  afterAll(() => {
    io.close();
    clientSocket.close();
  });

  it('should receive health update', (done) => {
    clientSocket.on('health:update', (data) => {
      expect(data.service).toBe('auth');
      expect(data.status).toBe('healthy');
      done();
    });

    serverSocket.emit('health:update', {
      service: 'auth',
      status: 'healthy',
      timestamp: new Date().toISOString()
    });
  });
});
