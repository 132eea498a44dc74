// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type Server as HTTPServer } from 'node:http';
import { io, type Options, type Socket } from '../../src/socketio/index.ts';
import { Server, type ServerSocket } from '../../src/testing/index.ts';

/** What a test of `io` has: a server, and sockets that are gone when it ends. */
export interface Bench {
  readonly server: Server;
  readonly url: string;
  /** Opens a socket with quick delays. */
  open(options?: Options): Socket;
  /** The next client of the server. */
  joined(): Promise<ServerSocket>;
}

/** Runs work with a server, which is gone afterwards with all clients. */
export function bench(work: (bench: Bench) => Promise<void>): () => Promise<void> {
  return async () => {
    const http: HTTPServer = createServer();
    const server = new Server(http);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const url = `http://127.0.0.1:${(http.address() as { port: number }).port}`;
    const sockets: Socket[] = [];
    const open = (options: Options = {}) => {
      const socket = io(url, {
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 5,
        reconnectionDelayMax: 10,
        ...options,
      });
      sockets.push(socket);
      return socket;
    };
    const joined = () => new Promise<ServerSocket>((resolve) => server.once('connection', resolve));
    try {
      await work({ server, url, open, joined });
    } finally {
      for (const socket of sockets) socket.disconnect();
      await server.close();
    }
  };
}

// deno-lint-ignore no-explicit-any
type Values = any[];

/** The arguments of the next event of this name. */
export const next = (
  socket: { once(event: string, handler: (...args: Values) => void): unknown },
  event: string,
): Promise<Values> => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

/** An id as the server makes them, for a time. */
export function idAt(time: number, number = 0): string {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let text = '';
  for (let rest = time, index = 0; index < 10; index++, rest = Math.floor(rest / 32)) text = letters[rest % 32] + text;
  return text + number.toString().padStart(6, '0');
}

/** Cuts the connection as a network does. */
export const cut = (socket: Socket) => socket.io.engine.close();
