// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What this package uses of socket.io-client's own types, for checking without it. Programs that install socket.io-client
// get its own, of which these are a part.

/** Event names and their handlers, as socket.io-client has them. */
// deno-lint-ignore no-explicit-any
type EventsMap = { [event: string]: any };
/** What a socket without types of its own has. */
interface DefaultEventsMap {
  // deno-lint-ignore no-explicit-any
  [event: string]: (...args: any[]) => void;
}
/** The names of a map's events. */
type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);
/** The arguments of an event's handler. */
type EventParams<Map extends EventsMap, Name extends EventNames<Map>> = Parameters<Map[Name]>;

// What is not exported here is not exported by socket.io-client either.
export {};

export interface ManagerOptions {
  path: string;
  query: { [key: string]: unknown };
  transports: string[];
  forceNew: boolean;
  multiplex: boolean;
  reconnection: boolean;
  reconnectionAttempts: number;
  reconnectionDelay: number;
  reconnectionDelayMax: number;
  randomizationFactor: number;
  timeout: number;
  autoConnect: boolean;
  extraHeaders: { [header: string]: string };
  withCredentials: boolean;
  upgrade: boolean;
  // deno-lint-ignore no-explicit-any
  parser: any;
}

export interface SocketOptions {
  // deno-lint-ignore no-explicit-any
  auth: { [key: string]: any } | ((callback: (data: object) => void) => void);
  retries: number;
  ackTimeout: number;
}

export declare class Manager<
  Listen extends EventsMap = DefaultEventsMap,
  Emit extends EventsMap = Listen,
> {
  constructor(uri?: string, opts?: Partial<ManagerOptions & SocketOptions>);
  opts: Partial<ManagerOptions>;
  // deno-lint-ignore no-explicit-any
  engine: any;
  reconnection(): boolean;
  reconnectionDelayMax(): number | undefined;
  reconnectionAttempts(): number;
  open(callback?: (error?: Error) => void): this;
  connect(callback?: (error?: Error) => void): this;
  socket(namespace: string, opts?: Partial<SocketOptions>): Socket<Listen, Emit>;
  // deno-lint-ignore no-explicit-any
  on(event: string, listener: (...args: any[]) => void): this;
  // deno-lint-ignore no-explicit-any
  off(event?: string, listener?: (...args: any[]) => void): this;
}

export declare class Socket<Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen> {
  readonly io: Manager<Listen, Emit>;
  id: string | undefined;
  connected: boolean;
  recovered: boolean;
  auth: SocketOptions['auth'];
  // deno-lint-ignore no-explicit-any
  sendBuffer: any[];
  // deno-lint-ignore no-explicit-any
  receiveBuffer: any[];
  get disconnected(): boolean;
  get active(): boolean;
  get volatile(): this;
  compress(compress: boolean): this;
  timeout(timeout: number): this;
  open(): this;
  connect(): this;
  close(): this;
  disconnect(): this;
  send(...args: unknown[]): this;
  emit<Name extends EventNames<Emit>>(event: Name, ...args: EventParams<Emit, Name>): this;
  // deno-lint-ignore no-explicit-any
  emitWithAck<Name extends EventNames<Emit>>(event: Name, ...args: any[]): Promise<any>;
  on<Name extends EventNames<Listen> | ReservedName>(event: Name, listener: Listener<Listen, Name>): this;
  once<Name extends EventNames<Listen> | ReservedName>(event: Name, listener: Listener<Listen, Name>): this;
  off<Name extends EventNames<Listen> | ReservedName>(event?: Name, listener?: Listener<Listen, Name>): this;
  // deno-lint-ignore no-explicit-any
  onAny(listener: (...args: any[]) => void): this;
  // deno-lint-ignore no-explicit-any
  offAny(listener?: (...args: any[]) => void): this;
  listeners<Name extends EventNames<Listen> | ReservedName>(event: Name): Listener<Listen, Name>[];
  hasListeners(event: string): boolean;
  removeAllListeners(event?: string): this;
}

type ReservedName = keyof ReservedEvents;
interface ReservedEvents {
  connect: () => void;
  connect_error: (error: Error & { data?: unknown }) => void;
  disconnect: (reason: string, description?: unknown) => void;
}
type Listener<Map extends EventsMap, Name> = Name extends ReservedName ? ReservedEvents[Name]
  : Name extends keyof Map ? Map[Name]
  : never;

export declare function io<Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen>(
  uri?: string | Partial<ManagerOptions & SocketOptions>,
  opts?: Partial<ManagerOptions & SocketOptions>,
): Socket<Listen, Emit>;
export { io as connect, io as default };
export declare const protocol: number;
