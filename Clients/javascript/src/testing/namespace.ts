// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { Broadcast } from './broadcast.ts';
import type { Connection } from './connection.ts';
import { PacketType } from './packets.ts';
import { ServerSocket } from './server-socket.ts';

/** What stands between a client and a namespace: calls `next` to let it in, or with an error to refuse it. */
export type Middleware = (socket: ServerSocket, next: (error?: Error & { data?: unknown }) => void) => void;

/** One namespace of a server: what `io.of('/admin')` gives. */
export class Namespace extends EventEmitter {
  readonly name: string;
  /** Who is in, by id. */
  readonly sockets = new Map<string, ServerSocket>();
  private readonly middleware: Middleware[] = [];

  constructor(name: string, middleware: readonly Middleware[] = []) {
    super();
    this.name = name;
    this.middleware.push(...middleware);
  }

  use(middleware: Middleware): this {
    this.middleware.push(middleware);
    return this;
  }

  /** What a namespace that comes of this one's pattern begins with. */
  copy(name: string): Namespace {
    const copy = new Namespace(name, this.middleware);
    for (const event of this.eventNames()) {
      for (const listener of this.listeners(event)) copy.on(event, listener as (...args: unknown[]) => void);
    }
    return copy;
  }

  /** Answers a client that asks to be let in. */
  admit(connection: Connection, auth: unknown, admitted: (socket: ServerSocket) => void): void {
    const socket = new ServerSocket(this, connection, auth);
    const refuse = (error: Error & { data?: unknown }) => {
      const data = { message: error.message, ...(error.data === undefined ? {} : { data: error.data }) };
      connection.send({ type: PacketType.connectError, nsp: this.name, data });
    };
    const step = (index: number) => {
      const middleware = this.middleware[index];
      if (!middleware) {
        if (!connection.isOpen) return;
        this.sockets.set(socket.id, socket);
        admitted(socket);
        connection.send({ type: PacketType.connect, nsp: this.name, data: { sid: socket.id } });
        this.announce('connect', socket);
        this.announce('connection', socket);
        return;
      }
      try {
        middleware(socket, (error) => error ? refuse(error) : step(index + 1));
      } catch (error) {
        // What listeners throw, once the client is in, is the test's to see.
        if (this.sockets.has(socket.id)) throw error;
        refuse(error as Error);
      }
    };
    step(0);
  }

  /** Tells this server's own listeners, as `emit` of an emitter does. */
  announce(event: string, ...args: unknown[]): void {
    super.emit(event, ...args);
  }

  /** Sends to all clients. */
  override emit(event: string, ...args: unknown[]): boolean {
    return new Broadcast(this).emit(event, ...args);
  }

  send(...args: unknown[]): this {
    this.emit('message', ...args);
    return this;
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<unknown[]> {
    return new Broadcast(this).emitWithAck(event, ...args);
  }

  to(room: string | readonly string[]): Broadcast {
    return new Broadcast(this).to(room);
  }

  in(room: string | readonly string[]): Broadcast {
    return new Broadcast(this).to(room);
  }

  except(room: string | readonly string[]): Broadcast {
    return new Broadcast(this).except(room);
  }

  timeout(deadline: number): Broadcast {
    return new Broadcast(this).timeout(deadline);
  }

  get volatile(): Broadcast {
    return new Broadcast(this);
  }

  get local(): Broadcast {
    return new Broadcast(this);
  }

  fetchSockets(): Promise<ServerSocket[]> {
    return new Broadcast(this).fetchSockets();
  }

  socketsJoin(room: string | readonly string[]): void {
    new Broadcast(this).socketsJoin(room);
  }

  socketsLeave(room: string | readonly string[]): void {
    new Broadcast(this).socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    new Broadcast(this).disconnectSockets(close);
  }
}
