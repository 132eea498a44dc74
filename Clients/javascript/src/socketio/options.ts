// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { ManagerOptions, Socket as StockSocket, SocketOptions } from 'socket.io-client';
import type { DefaultEventsMap, EventNames, EventsMap } from './events.ts';
import type { Fault } from './fault.ts';

/** One event as the server sent it. */
export interface Received {
  readonly event: string;
  /** Its first argument. */
  readonly data: unknown;
  /** All its arguments. */
  readonly args: readonly unknown[];
  readonly id?: string;
  /** When the server made it: milliseconds since 1970. */
  readonly time?: number;
}

/** Says what is wrong with a payload; undefined when nothing is. */
export type Check = (payload: unknown) => string | undefined;

/** What happens to events before a handler sees them. */
export interface Incoming {
  /** So many event ids are remembered, and an event whose id is among them is ignored. 0: none is. 1,000 if not given. */
  readonly deduplicate?: number;
  /** An event's id. If not given: its second argument, where that is an id as Switchboard writes them there (16 letters that begin with the time). */
  readonly eventId?: (event: string, args: readonly unknown[]) => string | undefined;
  /** Milliseconds: older events are dropped and told as `stale`. The time is the id's, or the payload's `timestamp`. No limit if not given. */
  readonly maximumAge?: number;
  /** Events that the server sends as an answer, whose `timestamp` therefore tells its clock: `['room:subscribed']`. */
  readonly clockEvents?: readonly string[];
  /** What is checked of payloads, by event. What does not hold is dropped and told as `invalid`. */
  readonly schemas?: Readonly<Record<string, Check>>;
  /**
   * Events are collected for so many milliseconds and handed over in one go, in order and complete; `onBatch` then gets
   * them all at once. What is held is handed over before `connect` and `disconnect` are told.
   */
  readonly batch?: { readonly every: number; readonly onBatch?: (events: readonly Received[]) => void };
}

/** A pair of events by which a client subscribes to something, which is done again after a reconnect. */
export interface Subscription {
  /** The event that subscribes: `room:subscribe`. */
  readonly subscribe: string;
  /** The event that ends it: `room:unsubscribe`. */
  readonly unsubscribe?: string;
  /** The member of its payload that says to what: one text (`roomId`), or several in a list (`services`). */
  readonly member: string;
  /** The name that stands for all of them, from which single ones can be taken out again: `*`. */
  readonly all?: string;
  /** Events by which the server says that there is nothing to subscribe to any more, and their member: `{ 'room:deleted': 'roomId' }`. */
  readonly ended?: Readonly<Record<string, string>>;
}

/** What our sockets do beyond the stock client's. */
export interface Extras extends Incoming {
  /**
   * The token, or what gives one, which is asked anew for each attempt: sent as `auth.token`, beside what `auth` holds. Where
   * it cannot be had, that is told as `token`, and the next attempt comes by itself.
   */
  readonly token?: string | (() => string | PromiseLike<string>);
  /** What becomes of events with an acknowledgment while there is no connection: kept until there is one, or refused. `queue`. */
  readonly offline?: 'queue' | 'reject';
  /** So many events are kept at most; further ones are refused, or, without an acknowledgment, dropped and told. 1,000. */
  readonly queue?: number;
  /** What a refused event's callback is called with. `{ success: false, error: { code: 'DISCONNECTED' or 'QUEUE_FULL', message } }`. */
  readonly refusal?: (event: string, code: 'DISCONNECTED' | 'QUEUE_FULL') => unknown;
  /** Milliseconds that `request` waits for its answer. 10,000. */
  readonly requestTimeout?: number;
  /** What is subscribed to again after a reconnect, unless the server has restored it. */
  readonly subscriptions?: readonly Subscription[];
  /** Whether a refusal that names the seconds to wait (`retryAfter`) is waited for and tried again. True. */
  readonly waitWhenRefused?: boolean;
  /** Told what went wrong, as by `socket.onError`. */
  readonly onError?: (fault: Fault) => void;
}

/** The stock client's options, and ours. */
export type Options = Partial<ManagerOptions & SocketOptions> & Extras;

/**
 * - `connecting`: an attempt is under way.
 * - `open`: the server has let the client in.
 * - `waiting`: the next attempt comes by itself, after the stock client's delay or the server's `retryAfter`.
 * - `failed`: refused, or all attempts are used up: nothing happens until `connect()`.
 * - `closed`: `disconnect()` was called, here or by the server; or `connect()` was not called yet.
 */
export type State = 'connecting' | 'open' | 'waiting' | 'failed' | 'closed';

/** Why a socket is in its state. */
export interface StateDetail {
  /** Which attempt of a reconnect it is. */
  readonly attempt?: number;
  /** Why the connection ended, as `disconnect` says it, or the refusal's message. */
  readonly reason?: string;
  /** Seconds that the server has asked to wait. */
  readonly retryAfter?: number;
}

/** What one `request` may ask for. */
export interface RequestOptions {
  /** Milliseconds for the answer, the time in the queue included. */
  readonly timeout?: number;
  /** As the socket's option, for this one. */
  readonly offline?: 'queue' | 'reject';
}

/** The type of the first argument of an event that a client sends. */
export type PayloadOf<Map extends EventsMap, Name extends keyof Map> = Parameters<Map[Name]>[0];

/** What an event's callback gets, but for errors: with those a `request` rejects. */
export type AnswerOf<Map extends EventsMap, Name extends keyof Map> = Required<Parameters<Map[Name]>> extends [
  ...unknown[],
  (answer: infer Answer) => void,
] ? Exclude<Answer, { readonly success: false }>
  // deno-lint-ignore no-explicit-any
  : any;

/** What the Manager tells, on the socket: see `io`. */
export interface ManagerEvents {
  reconnect_attempt: (attempt: number) => void;
  reconnect_error: (error: Error) => void;
  reconnect_failed: () => void;
  /** After so many attempts. */
  reconnect: (attempts: number) => void;
}

/** The Manager's events among a socket's. */
interface ManagerHandlers {
  on<Name extends keyof ManagerEvents>(event: Name, handler: ManagerEvents[Name]): this;
  once<Name extends keyof ManagerEvents>(event: Name, handler: ManagerEvents[Name]): this;
  off<Name extends keyof ManagerEvents>(event: Name, handler?: ManagerEvents[Name]): this;
}

/** What our sockets have beyond the stock client's. */
export interface Additions<Emit extends EventsMap> {
  /** Where it stands now. */
  readonly state: State;
  /** What is subscribed to again after a reconnect: by event, the names. */
  readonly subscribed: Readonly<Record<string, readonly string[]>>;
  /**
   * Sends an event and gives its answer. Rejects with a `RequestError`: in time, when the connection is lost before the
   * answer, when it cannot be sent, and when the answer is an error of the server's. Never throws.
   */
  request<Name extends EventNames<Emit>>(
    event: Name,
    payload?: PayloadOf<Emit, Name>,
    options?: RequestOptions,
  ): Promise<AnswerOf<Emit, Name>>;
  /** Called with each new state. Gives what takes the handler out again. */
  onState(handler: (state: State, detail: StateDetail) => void): () => void;
  /** Called with what went wrong without ending the connection. While nobody listens, it goes to the console. */
  onError(handler: (fault: Fault) => void): () => void;
  /** Called with events that have no handler. */
  onUnknown(handler: (received: Received) => void): () => void;
}

/** A socket of socket.io-client, with everything that this has, and ours. */
export type Socket<Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen> =
  & StockSocket<Listen, Emit>
  & ManagerHandlers
  & Additions<Emit>;
