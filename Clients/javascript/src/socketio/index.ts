// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Socket.IO: `switchboard-client/socketio`. socket.io-client is the app's own.
 * @module
 */
import {
  io as stockIo,
  Manager as StockManager,
  protocol,
  Socket as StockSocket,
  type SocketOptions,
} from 'socket.io-client';
import { equip } from './equip.ts';
import type { DefaultEventsMap, EventsMap } from './events.ts';
import type { Options, Socket as OurSocket } from './options.ts';

export type { DefaultEventsMap, EventNames, EventsMap } from './events.ts';
export type { Fault } from './fault.ts';
export type {
  Additions,
  AnswerOf,
  Check,
  Extras,
  Incoming,
  ManagerEvents,
  Options,
  PayloadOf,
  Received,
  RequestOptions,
  State,
  StateDetail,
  Subscription,
} from './options.ts';
export { check, type Shape } from './shapes.ts';
export { RequestError } from './request-error.ts';
export { protocol };

/** The stock client's options, and ours: see `Options`. */
export type ManagerOptions = Options;
export type { SocketOptions };

/** A socket, as `io` gives it. As a value it is the stock client's class, for `instanceof`. */
export type Socket<Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen> = OurSocket<
  Listen,
  Emit
>;
export const Socket: typeof StockSocket = StockSocket;

/**
 * Opens a socket as socket.io-client's `io` does, with all its options and ours.
 *
 * On the socket, the Manager's `reconnect_attempt`, `reconnect_error`, `reconnect_failed` and `reconnect` are told too:
 * `reconnect` once the server has let the client in, after `connect`, and `reconnect_failed` after the last error.
 * The same function counts once for an event, and what a handler throws goes to `onError`.
 */
export function io<Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen>(
  url?: string | Options,
  options?: Options,
): Socket<Listen, Emit> {
  const given = (typeof url === 'object' ? url : options) ?? {};
  const socket = typeof url === 'object' ? stockIo(given) : stockIo(url, given);
  return equip(socket as unknown as StockSocket, given) as unknown as Socket<Listen, Emit>;
}

/** The stock client's Manager, whose sockets are ours. */
export class Manager<Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen>
  extends StockManager<Listen, Emit> {
  override socket(namespace: string, options?: Partial<SocketOptions>): Socket<Listen, Emit> {
    const socket = super.socket(namespace, options) as unknown as StockSocket;
    return equip(socket, { ...this.opts, ...options } as Options) as unknown as Socket<Listen, Emit>;
  }
}

Object.assign(io, { io, connect: io, Manager, Socket, protocol });
export { io as connect, io as default };
