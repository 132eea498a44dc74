// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import {
  connect,
  type Connection,
  type EventMap,
  type Fault,
  type Options,
  type Received,
  type State,
} from '../index.ts';

/** What is called with an event's payload. */
export type Handler<T> = (payload: T, event: Received) => void;

/** A name or several. */
export type Channels = string | readonly string[];

interface Registration<E extends object> {
  count: number;
  readonly attach: (connection: Connection<E>) => () => void;
  detach?: () => void;
}

/**
 * The place where an app's components meet a connection that may come later, end, and come again as another user's.
 *
 * Components register handlers and channels whenever they like: in effects that run before the provider's, while there
 * is no connection, and across several. All functions stay the same for its life and may be taken off it. None of
 * them throws, and none of them connects: `hold` does.
 */
export class LiveConnection<E extends object = EventMap> {
  #connection: Connection<E> | undefined;
  #state: State = 'closed';
  readonly #registrations = new Map<string, Map<unknown, Registration<E>>>();
  /** By name, the calls of `subscribe` that hold it. */
  readonly #channels = new Map<string, Set<object>>();
  /** What `send` was called with while there was no connection; the connection has a queue of its own. */
  #early: [string, unknown][] = [];
  /** How many did not fit. */
  #dropped = 0;
  readonly #watchers = new Set<() => void>();

  /** `closed` while nobody holds it. */
  get state(): State {
    return this.#state;
  }

  /** Whether commands reach the server now. */
  get isConnected(): boolean {
    return this.#state === 'open';
  }

  /** Calls the handler with the payload of each event of this name. The same function twice is called once. */
  readonly on = <Name extends keyof E & string>(name: Name, handler: Handler<E[Name]>): () => void =>
    this.#register(`on ${name}`, handler, (connection) => connection.on(name, handler));

  /** Calls the handler with every event. */
  readonly onAny = (handler: (event: Received) => void): () => void =>
    this.#register('any', handler, (connection) => connection.onAny(handler));

  /**
   * Subscribes to channels, now or as soon as there is a connection, and again after each reconnect.
   *
   * Returns a function that takes this call back: the last one to do so unsubscribes on the server.
   */
  readonly subscribe = (channels: Channels): () => void => {
    const names = listed(channels);
    const fresh = names.filter((name) => !this.#channels.has(name));
    // Stands for this call: one that was ended for all takes back nothing of a later one.
    const holder = {};
    for (const name of names) this.#channels.set(name, (this.#channels.get(name) ?? new Set()).add(holder));
    if (fresh.length > 0) this.#connection?.subscribe(fresh);
    return () =>
      this.#leave(names.filter((name) => {
        const holders = this.#channels.get(name);
        return holders?.delete(holder) && holders.size === 0;
      }));
  };

  /** Ends the subscriptions to these channels, however many calls there were. */
  readonly unsubscribe = (channels: Channels): void =>
    this.#leave(listed(channels).filter((name) => this.#channels.has(name)));

  /** Sends a command. While there is no connection, the first thousand are kept for it. */
  readonly send = (name: string, data?: unknown): void => {
    if (this.#connection !== undefined) this.#connection.send(name, data);
    else if (this.#early.length < EARLY_LIMIT) this.#early.push([name, data]);
    else this.#dropped += 1;
  };

  /** Tries again at once, also after the last try has failed. */
  readonly reconnect = (): void => this.#connection?.reconnect();

  /** For React: is told of each change of `state`. */
  readonly watch = (change: () => void): () => void => {
    this.#watchers.add(change);
    return () => this.#watchers.delete(change);
  };

  /** For React: the state. */
  readonly snapshot = (): State => this.#state;

  /**
   * Connects, until the returned function is called.
   *
   * The core starts its first attempt when the caller's turn is over. A strict React mounts, unmounts and mounts again in
   * one turn: that makes one socket.
   */
  hold(url: string, options: Options<E>, onError: (fault: Fault) => void): () => void {
    this.#close();
    const connection = connect<E>(url, options);
    this.#connection = connection;
    connection.onError(onError);
    connection.onState((state) => {
      if (this.#connection === connection) this.#change(state);
    });
    for (const handlers of this.#registrations.values()) {
      for (const registration of handlers.values()) registration.detach = registration.attach(connection);
    }
    if (this.#channels.size > 0) connection.subscribe([...this.#channels.keys()]);
    for (const [name, data] of this.#early) connection.send(name, data);
    if (this.#dropped > 0) {
      onError({ kind: 'dropped', message: `${this.#dropped} commands did not fit while there was no connection` });
    }
    this.#early = [];
    this.#dropped = 0;
    this.#change(connection.state);
    return () => {
      if (this.#connection === connection) this.#close();
    };
  }

  /** Forgets channels and what was not sent. For the end of the part of the app that uses it. */
  reset(): void {
    this.#channels.clear();
    this.#early = [];
    this.#dropped = 0;
  }

  #close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    for (const handlers of this.#registrations.values()) {
      for (const registration of handlers.values()) registration.detach = undefined;
    }
    connection?.close();
    this.#change('closed');
  }

  #change(state: State): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const change of [...this.#watchers]) change();
  }

  #leave(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) this.#channels.delete(name);
    this.#connection?.unsubscribe(names);
  }

  #register(kind: string, handler: unknown, attach: Registration<E>['attach']): () => void {
    const handlers = this.#registrations.get(kind) ?? new Map<unknown, Registration<E>>();
    this.#registrations.set(kind, handlers);
    const registration = handlers.get(handler) ?? { count: 0, attach };
    if (registration.count === 0) {
      handlers.set(handler, registration);
      if (this.#connection !== undefined) registration.detach = attach(this.#connection);
    }
    registration.count += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      registration.count -= 1;
      if (registration.count > 0) return;
      handlers.delete(handler);
      if (handlers.size === 0) this.#registrations.delete(kind);
      registration.detach?.();
    };
  }
}

const EARLY_LIMIT = 1000;

function listed(channels: Channels): readonly string[] {
  return [...new Set(typeof channels === 'string' ? [channels] : channels)];
}
