// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { createServer, type Server as HTTPServer } from 'node:http';
import type { Broadcast } from './broadcast.ts';
import { type ClientSocket, openClient } from './client.ts';
import { Connection } from './connection.ts';
import { Engine } from './engine.ts';
import { type Middleware, Namespace } from './namespace.ts';
import { PacketType } from './packets.ts';
import type { ServerSocket } from './server-socket.ts';

/** What the kit's server can be told; other options of socket.io are taken and do nothing. */
export interface ServerOptions {
  /** Where clients connect; `/socket.io` if not given. */
  readonly path?: string;
  /** Milliseconds; 25,000 if not given. */
  readonly pingInterval?: number;
  /** Milliseconds; 20,000 if not given. */
  readonly pingTimeout?: number;
  readonly [option: string]: unknown;
}

// deno-lint-ignore no-explicit-any
type Listener = (...args: any[]) => void;
type Pattern =
  | RegExp
  | ((name: string, auth: unknown, next: (error: Error | null, isAllowed: boolean) => void) => void);

/** A server, called as a function, opens a client to an address; without one, to itself. */
export interface Server {
  (url?: string, options?: Record<string, unknown>): ClientSocket;
}

/**
 * Stands in for the `Server` of the module socket.io in tests: Engine.IO 4 and Socket.IO 5 over requests and WebSockets,
 * namespaces, rooms, acknowledgments and middleware. Its instances can be called to open a client.
 */
export class Server {
  declare private namespaces: Map<string, Namespace>;
  declare private patterns: [Pattern, Namespace][];
  declare private engineIO: Engine;
  declare httpServer: HTTPServer | undefined;
  declare private isOwnServer: boolean;

  /** Takes a server of Node's, or a port to listen on; or neither, for `attach` and `listen`. */
  constructor(target?: HTTPServer | number | ServerOptions, options?: ServerOptions) {
    const self = ((url?: string, given?: Record<string, unknown>) => openClient(self, url, given)) as unknown as Server;
    Object.setPrototypeOf(self, new.target.prototype);
    const isServer = typeof target === 'object' && typeof (target as HTTPServer).listen === 'function';
    const settings = (options ?? (isServer || typeof target === 'number' ? {} : target) ?? {}) as ServerOptions;
    self.namespaces = new Map([['/', new Namespace('/')]]);
    self.patterns = [];
    self.isOwnServer = false;
    self.httpServer = undefined;
    const timers = { pingInterval: settings.pingInterval ?? 25_000, pingTimeout: settings.pingTimeout ?? 20_000 };
    self.engineIO = new Engine(settings.path ?? '/socket.io', timers, (session) => {
      const connection = new Connection(session, {
        admit: (connection, name, auth, admitted) => self.admit(connection, name, auth, admitted),
      });
      session.onclose = (reason) => {
        self.engineIO.sessions.delete(session.id);
        connection.ended(reason);
      };
    });
    if (isServer || typeof target === 'number') self.attach(target as HTTPServer | number);
    return self;
  }

  /** Serves on this server of Node's, or on a port. */
  attach(target: HTTPServer | number): this {
    if (typeof target === 'number') {
      this.isOwnServer = true;
      this.httpServer = createServer().listen(target);
    } else {
      this.httpServer = target;
    }
    this.engineIO.attach(this.httpServer);
    return this;
  }

  listen(target: HTTPServer | number): this {
    return this.attach(target);
  }

  /** The namespace of this name; or, for a pattern, what each that it matches begins with. */
  of(name: string | Pattern, connected?: (socket: ServerSocket) => void): Namespace {
    const found = typeof name === 'string' ? this.namespaceOf(name) : new Namespace('pattern');
    if (typeof name !== 'string') this.patterns.push([name, found]);
    if (connected) found.on('connection', connected);
    return found;
  }

  private namespaceOf(given: string): Namespace {
    const name = given.startsWith('/') ? given : `/${given}`;
    const found = this.namespaces.get(name) ?? new Namespace(name);
    this.namespaces.set(name, found);
    return found;
  }

  private admit(connection: Connection, name: string, auth: unknown, admitted: (socket: ServerSocket) => void): void {
    const known = this.namespaces.get(name);
    if (known) return known.admit(connection, auth, admitted);
    const next = ([candidate, ...others]: [Pattern, Namespace][]): void => {
      if (!candidate) {
        return connection.send({ type: PacketType.connectError, nsp: name, data: { message: 'Invalid namespace' } });
      }
      const [pattern, base] = candidate;
      const decide = (error: Error | null, isAllowed: boolean) => {
        if (error || !isAllowed) return next(others);
        const made = this.namespaces.get(name) ?? base.copy(name);
        this.namespaces.set(name, made);
        made.admit(connection, auth, admitted);
      };
      if (pattern instanceof RegExp) decide(null, pattern.test(name));
      else pattern(name, auth, decide);
    };
    next(this.patterns);
  }

  /** A client for this very process, for where no socket.io-client is installed. */
  get engine(): Engine & { readonly clientsCount: number } {
    return Object.defineProperty(this.engineIO, 'clientsCount', {
      get: () => this.engineIO.sessions.size,
      configurable: true,
    }) as
      & Engine
      & { readonly clientsCount: number };
  }

  /** Ends all clients and the server below. */
  close(closed?: (error?: Error) => void): Promise<void> {
    this.engineIO.close();
    const server = this.httpServer;
    return new Promise((resolve) => {
      const done = (error?: Error) => {
        closed?.(error);
        resolve();
      };
      if (!server?.listening) return done();
      server.close(done);
      server.closeAllConnections?.();
    });
  }

  // MARK: The namespace `/`

  /** The namespace `/`. */
  get sockets(): Namespace {
    return this.namespaceOf('/');
  }
  on(event: string, listener: Listener): this {
    this.sockets.on(event, listener);
    return this;
  }
  once(event: string, listener: Listener): this {
    this.sockets.once(event, listener);
    return this;
  }
  off(event: string, listener: Listener): this {
    this.sockets.off(event, listener);
    return this;
  }
  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }
  removeAllListeners(event?: string): this {
    this.sockets.removeAllListeners(event);
    return this;
  }
  use(middleware: Middleware): this {
    this.sockets.use(middleware);
    return this;
  }
  emit(event: string, ...args: unknown[]): boolean {
    return this.sockets.emit(event, ...args);
  }
  send(...args: unknown[]): this {
    this.sockets.send(...args);
    return this;
  }
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown[]> {
    return this.sockets.emitWithAck(event, ...args);
  }
  to(room: string | readonly string[]): Broadcast {
    return this.sockets.to(room);
  }
  in(room: string | readonly string[]): Broadcast {
    return this.sockets.to(room);
  }
  except(room: string | readonly string[]): Broadcast {
    return this.sockets.except(room);
  }
  timeout(deadline: number): Broadcast {
    return this.sockets.timeout(deadline);
  }
  fetchSockets(): Promise<ServerSocket[]> {
    return this.sockets.fetchSockets();
  }
  socketsJoin(room: string | readonly string[]): void {
    this.sockets.socketsJoin(room);
  }
  socketsLeave(room: string | readonly string[]): void {
    this.sockets.socketsLeave(room);
  }
  disconnectSockets(close = false): void {
    this.sockets.disconnectSockets(close);
  }
}
