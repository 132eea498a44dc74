// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import process from 'node:process';
import { Decoder, encode, type Packet, PacketType } from './packets.ts';
import type { Server } from './server.ts';
import type { Session } from './session.ts';

// deno-lint-ignore no-explicit-any
type Values = any[];

/** A client, as far as the stock one and the kit's own are alike. */
export interface ClientSocket {
  readonly id: string | undefined;
  readonly connected: boolean;
  readonly disconnected: boolean;
  // deno-lint-ignore no-explicit-any
  auth: any;
  on(event: string, listener: (...args: Values) => void): this;
  once(event: string, listener: (...args: Values) => void): this;
  off(event?: string, listener?: (...args: Values) => void): this;
  emit(event: string, ...args: Values): unknown;
  emitWithAck(event: string, ...args: Values): Promise<unknown>;
  connect(): this;
  open(): this;
  disconnect(): this;
  close(): this;
}

/** Opens a client: socket.io-client where it is installed, else one of the kit's own, in this process. */
export function openClient(server: Server, url?: string, options: Record<string, unknown> = {}): ClientSocket {
  const stock = stockClient();
  if (stock) return stock(url ?? addressOf(server), { forceNew: true, ...options });
  return new LocalClient(server, namespaceIn(url), options.auth, options.autoConnect !== false);
}

function stockClient(): ((url: string, options: object) => ClientSocket) | undefined {
  try {
    return createRequire(`${process.cwd()}/`)('socket.io-client').io;
  } catch {
    return undefined;
  }
}

function addressOf(server: Server): string {
  const address = server.httpServer?.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server listens on no port yet');
  return `http://localhost:${address.port}`;
}

function namespaceIn(url: string | undefined): string {
  return url === undefined ? '/' : new URL(url, 'http://localhost').pathname;
}

/** A client in the server's process. It does not come back by itself. */
class LocalClient extends EventEmitter implements ClientSocket {
  id: string | undefined;
  connected = false;
  auth: unknown;
  private readonly server: Server;
  private readonly nsp: string;
  private readonly answers = new Map<number, (...values: Values) => void>();
  private waiting: Packet[] = [];
  private session: Session | undefined;
  private nextID = 0;

  constructor(server: Server, nsp: string, auth: unknown, isToConnect: boolean) {
    super();
    this.server = server;
    this.nsp = nsp;
    this.auth = auth;
    // Listeners come first, as with a network.
    if (isToConnect) setImmediate(() => this.connect());
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  connect(): this {
    if (this.session) return this;
    const decoder = new Decoder();
    this.session = this.server.engine.openLocally((message) => {
      const packet = decoder.add(message);
      if (packet) this.take(packet);
    });
    const ended = this.session.onclose;
    this.session.onclose = (reason) => {
      ended(reason);
      this.lost('transport close');
    };
    const ask = (data: unknown) => this.send({ type: PacketType.connect, nsp: this.nsp, data });
    if (typeof this.auth === 'function') this.auth(ask);
    else ask(this.auth);
    return this;
  }

  open(): this {
    return this.connect();
  }

  disconnect(): this {
    const { session } = this;
    if (!session) return this;
    this.send({ type: PacketType.disconnect, nsp: this.nsp });
    this.lost('io client disconnect');
    setImmediate(() => session.close('transport close'));
    return this;
  }

  close(): this {
    return this.disconnect();
  }

  override emit(event: string, ...args: Values): boolean {
    const callback = args[args.length - 1];
    const id = typeof callback === 'function' ? this.nextID++ : undefined;
    if (id !== undefined) this.answers.set(id, args.pop());
    const packet = {
      type: PacketType.event,
      nsp: this.nsp,
      data: [event, ...args],
      ...(id === undefined ? {} : { id }),
    };
    if (this.connected) this.send(packet);
    else this.waiting.push(packet);
    return true;
  }

  emitWithAck(event: string, ...args: Values): Promise<unknown> {
    return new Promise((resolve) => this.emit(event, ...args, resolve));
  }

  override off(event?: string | symbol, listener?: (...args: Values) => void): this {
    if (event !== undefined && listener) return super.off(event, listener);
    return this.removeAllListeners(event);
  }

  private send(packet: Packet): void {
    const { session } = this;
    for (const message of encode(packet)) setImmediate(() => session?.takeLocally(message));
  }

  private take(packet: Packet): void {
    switch (packet.type) {
      case PacketType.connect:
        this.id = packet.data.sid;
        this.connected = true;
        for (const waiting of this.waiting.splice(0)) this.send(waiting);
        return this.tell('connect');
      case PacketType.connectError: {
        const { session } = this;
        this.session = undefined;
        session?.close('transport close');
        return this.tell('connect_error', Object.assign(new Error(packet.data.message), { data: packet.data.data }));
      }
      case PacketType.disconnect:
        return this.lost('io server disconnect');
      case PacketType.event: {
        const answer = (...data: Values) => this.send({ type: PacketType.ack, nsp: this.nsp, id: packet.id, data });
        return this.tell(...(packet.id === undefined ? packet.data : [...packet.data, answer]) as [string, ...Values]);
      }
      case PacketType.ack: {
        const answered = this.answers.get(packet.id ?? -1);
        this.answers.delete(packet.id ?? -1);
        return answered?.(...packet.data);
      }
    }
  }

  private lost(reason: string): void {
    this.session = undefined;
    const wasConnected = this.connected;
    this.connected = false;
    this.id = undefined;
    if (wasConnected) this.tell('disconnect', reason);
  }

  private tell(event: string, ...args: Values): void {
    if (event !== 'error' || this.listenerCount('error') > 0) super.emit(event, ...args);
  }
}
