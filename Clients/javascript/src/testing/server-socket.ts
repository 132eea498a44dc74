// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Broadcast } from './broadcast.ts';
import type { Connection } from './connection.ts';
import { urlOf } from './engine.ts';
import type { Namespace } from './namespace.ts';
import { type Packet, PacketType } from './packets.ts';

// deno-lint-ignore no-explicit-any
type Values = any[];

/** What a client said when it connected. */
export interface Handshake {
  readonly headers: IncomingHttpHeaders;
  readonly time: string;
  readonly issued: number;
  readonly address: string;
  readonly secure: boolean;
  readonly xdomain: boolean;
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  // deno-lint-ignore no-explicit-any
  auth: any;
}

/** One client in one namespace: what `io.on('connection', (socket) => …)` gets. */
export class ServerSocket extends EventEmitter {
  readonly id = randomBytes(15).toString('base64url');
  readonly nsp: Namespace;
  readonly handshake: Handshake;
  readonly rooms = new Set<string>([this.id]);
  /** The test's own. */
  // deno-lint-ignore no-explicit-any
  data: any = {};
  connected = true;
  private readonly connection: Connection;
  private readonly answers = new Map<number, (...values: Values) => void>();
  private readonly steps: ((event: Values, next: (error?: Error) => void) => void)[] = [];
  private any: ((event: string, ...args: Values) => void)[] = [];
  private nextID = 0;
  private deadline: number | undefined;

  constructor(nsp: Namespace, connection: Connection, auth: unknown) {
    super();
    this.nsp = nsp;
    this.connection = connection;
    this.handshake = handshakeOf(connection, auth);
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  get request(): Connection['session']['request'] {
    return this.connection.session.request;
  }

  get conn(): { readonly id: string; readonly transport: { readonly name: string } } {
    return { id: this.connection.session.id, transport: { name: this.connection.session.transportName } };
  }

  // MARK: Sending

  /** Sends an event. A function as the last argument is called with the client's answer. */
  override emit(event: string, ...args: Values): boolean {
    const deadline = this.deadline;
    this.deadline = undefined;
    if (!this.connected) return true;
    const callback = args[args.length - 1];
    if (typeof callback !== 'function') {
      this.connection.send({ type: PacketType.event, nsp: this.nsp.name, data: [event, ...args] });
      return true;
    }
    const id = this.nextID++;
    this.answers.set(id, deadline === undefined ? callback : this.timed(id, deadline, callback));
    this.connection.send({ type: PacketType.event, nsp: this.nsp.name, id, data: [event, ...args.slice(0, -1)] });
    return true;
  }

  emitWithAck(event: string, ...args: Values): Promise<unknown> {
    const isTimed = this.deadline !== undefined;
    return new Promise((resolve, reject) => {
      const timed = (error: Error | null, answer: unknown) => error ? reject(error) : resolve(answer);
      this.emit(event, ...args, isTimed ? timed : resolve);
    });
  }

  send(...args: Values): this {
    this.emit('message', ...args);
    return this;
  }

  /** Milliseconds for the answer of the next `emit`, whose callback then gets an error first. */
  timeout(deadline: number): this {
    this.deadline = deadline;
    return this;
  }

  get volatile(): this {
    return this;
  }

  compress(_isWanted: boolean): this {
    return this;
  }

  private timed(id: number, deadline: number, callback: (...values: Values) => void): (...values: Values) => void {
    const timer = setTimeout(() => {
      this.answers.delete(id);
      callback(new Error('operation has timed out'));
    }, deadline);
    return (...values) => {
      clearTimeout(timer);
      callback(null, ...values);
    };
  }

  // MARK: Rooms

  join(room: string | readonly string[]): void {
    for (const each of [room].flat()) this.rooms.add(each);
  }

  leave(room: string): void {
    this.rooms.delete(room);
  }

  /** All others of these rooms. */
  to(room: string | readonly string[]): Broadcast {
    return this.broadcast.to(room);
  }

  in(room: string | readonly string[]): Broadcast {
    return this.broadcast.to(room);
  }

  except(room: string | readonly string[]): Broadcast {
    return this.broadcast.except(room);
  }

  /** All others of the namespace. */
  get broadcast(): Broadcast {
    return new Broadcast(this.nsp, [], [this.id]);
  }

  // MARK: Receiving

  /** Stands before each event of the client: gets `[name, ...args]`. */
  use(step: (event: Values, next: (error?: Error) => void) => void): this {
    this.steps.push(step);
    return this;
  }

  onAny(listener: (event: string, ...args: Values) => void): this {
    this.any.push(listener);
    return this;
  }

  offAny(listener?: (event: string, ...args: Values) => void): this {
    this.any = listener ? this.any.filter((each) => each !== listener) : [];
    return this;
  }

  /** Takes a packet of the client's. */
  take(packet: Packet): void {
    switch (packet.type) {
      case PacketType.event: {
        const { id } = packet;
        let isAnswered = false;
        const answer = (...data: Values) => {
          if (isAnswered) return;
          isAnswered = true;
          this.connection.send({ type: PacketType.ack, nsp: this.nsp.name, id, data });
        };
        return this.pass(id === undefined ? packet.data : [...packet.data, answer], 0);
      }
      case PacketType.ack: {
        const answered = this.answers.get(packet.id ?? -1);
        this.answers.delete(packet.id ?? -1);
        return answered?.(...packet.data);
      }
      case PacketType.disconnect:
        return this.left('client namespace disconnect');
    }
  }

  private pass(event: Values, index: number): void {
    const step = this.steps[index];
    if (step) return step(event, (error) => error ? this.tell('error', error) : this.pass(event, index + 1));
    const [name, ...args] = event;
    for (const listener of [...this.any]) listener(name, ...args);
    this.tell(name, ...args);
  }

  /** Runs this socket's own listeners. An emitter throws an `error` that nobody listens to; a client must not. */
  private tell(event: string, ...args: Values): void {
    if (event !== 'error' || this.listenerCount('error') > 0) super.emit(event, ...args);
  }

  // MARK: Ending

  /** Puts the client out of the namespace, or ends its connection. */
  disconnect(close = false): this {
    if (!this.connected) return this;
    if (close) {
      this.connection.close('server namespace disconnect');
    } else {
      this.connection.send({ type: PacketType.disconnect, nsp: this.nsp.name });
      this.left('server namespace disconnect');
    }
    return this;
  }

  /** The client is gone. */
  left(reason: string): void {
    if (!this.connected) return;
    this.tell('disconnecting', reason);
    this.connected = false;
    this.rooms.clear();
    this.nsp.sockets.delete(this.id);
    this.connection.leave(this);
    this.tell('disconnect', reason);
  }
}

function handshakeOf({ session: { request } }: Connection, auth: unknown): Handshake {
  const now = new Date();
  return {
    headers: request?.headers ?? {},
    time: now.toString(),
    issued: now.getTime(),
    address: request?.socket.remoteAddress ?? '127.0.0.1',
    secure: false,
    xdomain: request?.headers.origin !== undefined,
    url: request?.url ?? '/',
    query: Object.fromEntries(urlOf(request).searchParams),
    auth,
  };
}
