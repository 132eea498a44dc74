// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The test of ORION's document with a client of its own. In Jest's settings, socket.io is replaced by the kit:
//
//   moduleNameMapper: { '^socket\\.io$': 'switchboard-client/testing' }

import { createServer } from 'http';
import type { AddressInfo } from 'net';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { io as connect, type Socket as ClientSocket } from 'socket.io-client';

describe('WebSocket Events', () => {
  let io: Server;
  let serverSocket: ServerSocket;
  let clientSocket: ClientSocket;

  beforeAll((done) => {
    const httpServer = createServer();
    io = new Server(httpServer);
    httpServer.listen(() => {
      const { port } = httpServer.address() as AddressInfo;
      io.on('connection', (socket: ServerSocket) => {
        serverSocket = socket;
      });
      clientSocket = connect(`http://localhost:${port}`);
      clientSocket.on('connect', done);
    });
  });

  afterAll(() => {
    clientSocket.close();
    io.close();
  });

  it('should receive health update', (done) => {
    clientSocket.on('health:update', (data: { service: string; status: string }) => {
      expect(data.service).toBe('auth');
      expect(data.status).toBe('healthy');
      done();
    });

    serverSocket.emit('health:update', {
      service: 'auth',
      status: 'healthy',
      timestamp: new Date().toISOString(),
    });
  });
});
