// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Dialect } from './dialect.ts';
import type { Schedule } from './schedule.ts';

/** Event names with the types of their payloads. */
export type EventMap = Record<string, unknown>;

/** What a handler learns of an event besides its payload. */
export interface Received {
  readonly event: string;
  readonly data: unknown;
  /** The event's id, where the dialect has one. */
  readonly id?: string;
  /** When the server made it, as the server wrote it. */
  readonly time?: string;
  /** Its position, where the connection asked for positions. */
  readonly position?: string;
  /** The whole frame. */
  readonly frame: unknown;
}

/**
 * - `connecting`: an attempt is under way
 * - `open`: the socket is open and, where the dialect has a welcome, it has come
 * - `waiting`: the next attempt starts by itself
 * - `failed`: no attempt is left, or the server refused the token. `reconnect()` and `setToken()` start one; where attempts ran
 *   out, so does a network that is back, or a page that is looked at again
 * - `closed`: by `close()`, for good
 */
export type State = 'connecting' | 'open' | 'waiting' | 'failed' | 'closed';

/** Why a connection came into its state. */
export interface StateDetail {
  /** The close code of the connection or attempt that ended; 1006 when there was none. */
  readonly code?: number;
  readonly reason?: string;
  /** In `waiting`: milliseconds until the next attempt. */
  readonly delay?: number;
  /** In `waiting`: which attempt since the last success that will be, from 1. */
  readonly attempt?: number;
}

/**
 * What went wrong, as `onError` tells it:
 * - `connection`: an attempt failed, or a connection was lost
 * - `refused`: the server refused the credentials (`code` is the close code)
 * - `token`: the token function threw or rejected
 * - `heartbeat`: no pong came in time
 * - `frame`: what came is no frame of the dialect
 * - `server`: the server's error frame (`code`, `channel` where it names them)
 * - `unsubscribed`: the server ended a subscription (`channel`)
 * - `gap`: the server could not hand over all that was missed
 * - `missed`: missed frames could not be fetched; it is tried again
 * - `invalid`: a payload broke its schema; no handler got it
 * - `stale`: an event was older than `maximumAge`; no handler got it
 * - `handler`: a handler threw (`cause`)
 * - `dropped`: a command did not fit into the queue, or could not be written as JSON
 * - `storage`: the offline store could not be read or written
 */
export type FaultKind =
  | 'connection'
  | 'refused'
  | 'token'
  | 'heartbeat'
  | 'frame'
  | 'server'
  | 'unsubscribed'
  | 'gap'
  | 'missed'
  | 'invalid'
  | 'stale'
  | 'handler'
  | 'dropped'
  | 'storage';

/** Something that went wrong. The client goes on; nothing of it is thrown. */
export interface Fault {
  readonly kind: FaultKind;
  /** A sentence for a log. It never holds the token. */
  readonly message: string;
  readonly cause?: unknown;
  /** A close code, or the code of an error frame. */
  readonly code?: number | string;
  readonly channel?: string;
  /** The event that it is about. */
  readonly event?: Received;
}

/** What is known of the last event before a connection was lost. */
export interface Since {
  /** Its time; before the first event, the time of the server's first frame. */
  readonly time?: string;
  readonly id?: string;
}

/** What keeps events and commands beyond a page's life; `offlineStore` makes one of a `Storage`. None of it may throw. */
export interface OfflineStore {
  /** The frames that were kept, oldest first. */
  frames(): readonly unknown[];
  /** Keeps one more. */
  keep(frame: unknown): void;
  /** Takes the commands that wait out of the store, oldest first: another page's too, so that they are sent once. */
  takeCommands(): readonly string[];
  /** Keeps a command until the connection is open. @returns false when so many wait already */
  addCommand(command: string, most: number): boolean;
  /** Writes what is not written yet and ends timers. */
  close(): void;
  /** Is given who is told of faults. */
  onFault(tell: (fault: Fault) => void): void;
}

/** Says what is wrong with a payload; undefined when nothing is. */
export type Check = (payload: unknown) => string | undefined;

/** A constructor of sockets: a browser's, Node's, or that of the package `ws`. */
// deno-lint-ignore no-explicit-any -- the parameters differ between the implementations
export type WebSocketConstructor = new (url: string, protocols?: any) => unknown;

/** How a connection works. Times are in milliseconds. */
export interface Options<E extends object = EventMap> {
  readonly dialect: Dialect;
  /** The token, or what gives one; asked anew for each attempt. Without one (null, as storages say it) none is sent. */
  readonly token?: string | null | (() => string | null | undefined | Promise<string | null | undefined>);
  /** Further query parameters. */
  readonly query?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** When attempts follow each other: 1 s, doubled to at most 30 s, each 20 % more or less, without end. */
  readonly schedule?: Schedule;
  /** How long an attempt may take, from asking for the token to the welcome. 15,000. */
  readonly deadline?: number;
  /**
   * Close codes by which the server refuses credentials (4000 and 4001), and how often in a row it may do so before the
   * connection has failed: twice where a function gives the token, else once. `ask` is called, and awaited, before the next attempt.
   */
  readonly refusals?: {
    readonly codes?: readonly number[];
    readonly most?: number;
    readonly ask?: (code: number, reason: string) => unknown;
  };
  /** Where the dialect has a ping: how often, and how long to wait for the pong. 30,000 and 10,000. */
  readonly heartbeat?: { readonly every?: number; readonly timeout?: number } | false;
  /** Commands kept while the connection is not open; further ones are dropped and told. 1,000. */
  readonly queue?: number;
  /** Ids remembered, to hand each event over once; 0: none. 1,000. */
  readonly deduplicate?: number;
  /** Events older than this by the server's clock go to `onError` instead of the handlers. No limit. */
  readonly maximumAge?: number;
  /** `time`: events are held for `batch.every` or 50 ms and handed over by their times. `arrival`. */
  readonly order?: 'arrival' | 'time';
  /** Events are collected for so long and handed over together, in tasks of a few milliseconds. */
  readonly batch?: { readonly every: number; readonly onBatch?: (events: readonly Received[]) => void };
  /** Checks by event name. An event whose name is not among them is unknown. */
  readonly schemas?: { readonly [Name in keyof E]?: Check };
  /** Fetches the frames after this point; called after each reconnect, before live frames are handed over. */
  readonly missed?: (since: Since) => PromiseLike<readonly unknown[]> | readonly unknown[];
  /** Asks for positions, and on reconnect for what was missed since the last one, where the dialect has them. */
  readonly positions?: boolean;
  /** Keeps events and unsent commands. */
  readonly store?: OfflineStore;
  /** Longer frames are refused, in UTF-16 units. 4,194,304. */
  readonly longestFrame?: number;
  readonly protocols?: string | string[];
  /** The constructor of sockets; the global one. */
  readonly WebSocket?: WebSocketConstructor;
}

/** Ends what the call that gave it began. More calls do nothing. */
export type Release = () => void;

/** A connection that keeps itself up. Nothing it does throws, but for wrong arguments of `connect`. */
export interface Connection<E extends object = EventMap> {
  readonly state: State;
  /** Whether the state is `open`. */
  readonly isConnected: boolean;
  /** Calls the handler with each payload of this event. The same function twice counts once. */
  on<Name extends keyof E & string>(event: Name, handler: (payload: E[Name], event: Received) => void): Release;
  /** Calls the handler with each event, whatever its name, after the event's own handlers. */
  onAny(handler: (event: Received) => void): Release;
  /** Calls the handler with events that have no handler of their own, or are not in `schemas`. */
  onUnknown(handler: (event: Received) => void): Release;
  onState(handler: (state: State, detail: StateDetail) => void): Release;
  /** Calls the handler with what went wrong. While there is none, faults go to the console. */
  onError(handler: (fault: Fault) => void): Release;
  /**
   * Subscribes now or once open, and again after each reconnect. Calls are counted for each channel: the server is told to
   * unsubscribe when the last one is released.
   */
  subscribe(channels: string | readonly string[]): Release;
  /** Takes back one call of `subscribe` for each of these channels. */
  unsubscribe(channels: string | readonly string[]): void;
  /** Sends a command, or keeps it until the connection is open. */
  send(name: string, data?: unknown): void;
  /** Starts an attempt at once, with a fresh count. An open connection is given up for it. */
  reconnect(): void;
  /** The token from the next attempt on; a failed connection tries at once. */
  setToken(token: Options['token']): void;
  /** Closes for good: no timer, listener or socket is left. 1000 if not said. */
  close(code?: number, reason?: string): void;
}
