// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server as HTTPServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { respond, Session, type Timers } from './session.ts';
import { WebSocketPeer } from './websocket.ts';

/** Engine.IO 4 on a server of Node's: sessions over requests and WebSockets. */
export class Engine {
  /** The sessions that are open, by id. */
  readonly sessions = new Map<string, Session>();
  private readonly path: string;
  private readonly timers: Timers;
  private readonly open: (session: Session) => void;

  /** `open` is called with each new session. */
  constructor(path: string, timers: Timers, open: (session: Session) => void) {
    this.path = path.replace(/\/?$/, '/');
    this.timers = timers;
    this.open = open;
  }

  /** Answers requests for the path; the server's own handlers answer all others. */
  attach(server: HTTPServer): void {
    const others = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.isOurs(request)) return this.answer(request, response);
      for (const other of others) other.call(server, request, response);
      if (others.length === 0) respond(response, 404, '{"message":"Not found"}');
    });
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Uint8Array) => {
      if (this.isOurs(request)) this.upgrade(request, stream, head);
      else if (server.listenerCount('upgrade') === 1) stream.destroy();
    });
  }

  /** A session for a client in this process. */
  openLocally(receive: (message: string | Uint8Array) => void): Session {
    const session = this.create(undefined);
    session.openLocally(receive);
    this.open(session);
    return session;
  }

  close(): void {
    for (const session of [...this.sessions.values()]) session.close('server shutting down');
  }

  private isOurs(request: IncomingMessage): boolean {
    return urlOf(request).pathname.replace(/\/?$/, '/') === this.path;
  }

  private create(request: IncomingMessage | undefined): Session {
    const session = new Session(randomBytes(15).toString('base64url'), request, this.timers);
    this.sessions.set(session.id, session);
    return session;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const query = urlOf(request).searchParams;
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? '*');
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
      return respond(response, 200, '');
    }
    if (query.get('transport') !== 'polling' || query.get('EIO') !== '4') {
      return respond(response, 400, '{"code":0,"message":"Transport unknown"}');
    }
    const id = query.get('sid');
    if (id === null && request.method === 'GET') {
      const session = this.create(request);
      this.open(session);
      return session.openOverPolling(response);
    }
    const session = this.sessions.get(id ?? '');
    if (!session) return respond(response, 400, '{"code":1,"message":"Session ID unknown"}');
    if (request.method === 'GET') return session.takePoll(response);
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (text: string) => body += text);
    request.on('end', () => session.takePost(body, response));
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Uint8Array): void {
    const peer = WebSocketPeer.accept(request, stream, head);
    if (!peer) return;
    const id = urlOf(request).searchParams.get('sid');
    if (id !== null) {
      const session = this.sessions.get(id);
      return session ? session.probe(peer) : peer.close();
    }
    const session = this.create(request);
    this.open(session);
    session.openOverWebSocket(peer);
  }
}

/** The address that a request asks for. */
export function urlOf(request: IncomingMessage | undefined): URL {
  return new URL(request?.url ?? '/', 'http://localhost');
}
