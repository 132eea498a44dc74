// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Socket as StockSocket } from 'socket.io-client';
import type { Fault, Report } from './fault.ts';
import { type Handler, Handlers } from './handlers.ts';
import { Inbox } from './inbox.ts';
import type { Options, RequestOptions, Socket, State, StateDetail } from './options.ts';
import { Outbox } from './outbox.ts';
import { useToken } from './token.ts';

/** The type of a Socket.IO packet that asks to be let in. */
const CONNECT = 0;

/** The stock client's socket, with what its types leave out. */
type Inner = StockSocket & {
  packet(packet: { type: number; data?: Record<string, unknown> }): void;
  onevent(packet: { readonly data?: unknown }): void;
};

/** What the stock client tells itself: no server may. */
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];

const equipped = new WeakSet<object>();

/**
 * Gives a stock socket what ours have, in place. Doing it twice changes nothing.
 *
 * The stock client keeps the connection, packets and recovery; handlers, and what the program sends, go through here.
 */
export function equip(socket: StockSocket, options: Options): Socket {
  if (!equipped.has(socket)) {
    equipped.add(socket);
    new Wiring(socket as Inner, options);
  }
  return socket as unknown as Socket;
}

class Wiring {
  private readonly socket: Inner;
  private readonly options: Options;
  private readonly handlers: Handlers;
  private readonly faults: Handlers;
  private readonly states: Handlers;
  private readonly inbox: Inbox;
  private readonly outbox: Outbox;
  private readonly connect: () => void;
  private state: State = 'closed';
  private detail: StateDetail = {};
  /** With how many attempts the transport has come back, until the server has let the client in. */
  private returned: number | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Inner, options: Options) {
    this.socket = socket;
    this.options = options;
    const report: Report = (fault) => this.report(fault);
    const unknown = new Handlers(report);
    this.handlers = new Handlers(report);
    this.states = new Handlers(report);
    this.faults = new Handlers((fault) => console.error('Switchboard: a handler of faults has thrown', fault.cause));
    this.inbox = new Inbox(this.handlers, unknown, options, report);
    this.outbox = new Outbox(socket, options, report, (answer) => this.inbox.learn(answer));
    this.connect = socket.connect.bind(socket);
    if (socket.active) this.state = 'connecting';
    this.listen();
    this.announce();
    this.refuseBrokenEvents();
    useToken(socket, options, report);
    this.replace(unknown);
  }

  // MARK: What the stock client tells

  private listen(): void {
    const { socket } = this;
    // Before they are replaced below.
    socket.on('connect', () => this.opened());
    socket.on('disconnect', (...args: unknown[]) => this.lost(args));
    socket.on('connect_error', (error: Error & { data?: unknown }) => this.failed(error));
    socket.onAny((event: string, ...args: unknown[]) => {
      this.outbox.subscriptions.received(event, args[0]);
      this.inbox.take(event, args);
    });
    // The Manager's events reach the socket too, each when it is true for the socket.
    const manager = socket.io;
    manager.on('reconnect_attempt', (attempt: number) => {
      if (!socket.active) return;
      this.enter('connecting', { attempt });
      this.handlers.run('reconnect_attempt', [attempt]);
    });
    manager.on('reconnect_error', (error: Error) => {
      if (!socket.active) return;
      this.enter('waiting', { reason: error.message });
      this.handlers.run('reconnect_error', [error]);
    });
    // The Manager gives up before it tells of the last error.
    manager.on('reconnect_failed', () =>
      queueMicrotask(() => {
        if (!socket.active) return;
        this.enter('failed', { reason: 'no attempt is left' });
        this.handlers.run('reconnect_failed', []);
      }));
    // The transport is back; the server has not let the client in yet.
    manager.on('reconnect', (attempt: number) => {
      if (socket.active) this.returned = attempt;
    });
  }

  private opened(): void {
    const attempt = this.returned;
    this.returned = undefined;
    this.outbox.opened();
    this.inbox.flush();
    this.enter('open', attempt === undefined ? {} : { attempt });
    this.handlers.run('connect', []);
    if (attempt !== undefined) this.handlers.run('reconnect', [attempt]);
    if (!this.socket.recovered) this.outbox.subscriptions.restore();
  }

  private lost(args: unknown[]): void {
    const reason = String(args[0]);
    this.inbox.flush();
    this.outbox.lost();
    // A namespace that was left, on either side, stays so.
    const comesBack = this.socket.active && this.socket.io.reconnection();
    this.enter(comesBack ? 'waiting' : 'closed', { reason });
    this.handlers.run('disconnect', args);
  }

  private failed(error: Error & { data?: unknown }): void {
    const reason = error.message;
    const retryAfter = secondsToWait(error.data);
    const isRefusal = !this.socket.active;
    const waits = isRefusal && retryAfter !== undefined && this.options.waitWhenRefused !== false;
    this.returned = undefined;
    if (waits) this.enter('waiting', { reason, retryAfter });
    else this.enter(!isRefusal && this.socket.io.reconnection() ? 'waiting' : 'failed', { reason });
    this.handlers.run('connect_error', [error]);
    // A handler may have connected already.
    if (!waits || this.socket.active || this.state !== 'waiting') return;
    // A little more, so that clients who were refused together do not come together.
    this.retry = setTimeout(() => this.reopen(), retryAfter * 1000 * (1 + Math.random() / 10));
  }

  private reopen(): void {
    clearTimeout(this.retry);
    // Between attempts, the next one comes at its time.
    if (!this.socket.active || this.state === 'failed') this.enter('connecting', {});
    this.connect();
  }

  /** Says in the packet that asks to be taken up again that the server need not send the event `reconnect`: it is told here. */
  private announce(): void {
    const packet = this.socket.packet;
    this.socket.packet = (sent) => {
      const isReturn = sent.type === CONNECT && typeof sent.data?.pid === 'string';
      packet.call(this.socket, isReturn ? { ...sent, data: { ...sent.data, reconnect: false } } : sent);
    };
  }

  /** Keeps from the stock client what it would fall over, depending on its version. */
  private refuseBrokenEvents(): void {
    const take = this.socket.onevent;
    this.socket.onevent = (packet) => {
      const name: unknown = Array.isArray(packet.data) ? packet.data[0] : undefined;
      if (typeof name === 'string' && !RESERVED.includes(name)) return take.call(this.socket, packet);
      this.report({ kind: 'frame', data: packet.data, message: 'what came is no event' });
    };
  }

  // MARK: What the program sees

  private replace(unknown: Handlers): void {
    const { socket, handlers } = this;
    const disconnect = socket.disconnect.bind(socket);
    const on = (event: string, handler: Handler) => (handlers.add(event, handler), socket);
    const off = (event?: string, handler?: Handler) => (handlers.remove(event, handler), socket);
    const open = () => (this.reopen(), socket);
    const close = () => {
      clearTimeout(this.retry);
      const wasOpen = socket.connected;
      disconnect();
      if (!wasOpen) this.enter('closed', { reason: 'io client disconnect' });
      return socket;
    };
    Object.assign(socket, {
      on,
      addEventListener: on,
      once: (event: string, handler: Handler) => (handlers.add(event, handler, true), socket),
      off,
      removeListener: off,
      removeEventListener: off,
      removeAllListeners: off,
      listeners: (event: string) => handlers.of(event),
      hasListeners: (event: string) => handlers.of(event).length > 0,
      onAny: (handler: Handler) => (handlers.addAny(handler), socket),
      prependAny: (handler: Handler) => (handlers.addAny(handler, true), socket),
      offAny: (handler?: Handler) => (handlers.removeAny(handler), socket),
      listenersAny: () => handlers.ofAny(),
      emit: (event: string, ...args: unknown[]) => (this.outbox.emit(event, args), socket),
      emitWithAck: (event: string, ...args: unknown[]) => this.outbox.ask(event, args),
      connect: open,
      open,
      disconnect: close,
      close,
      request: (event: string, payload?: unknown, options: RequestOptions = {}) =>
        this.outbox.request(event, payload, options),
      onState: registration(this.states, 'state'),
      onError: registration(this.faults, 'fault'),
      onUnknown: registration(unknown, 'unknown'),
    });
    Object.defineProperties(socket, {
      state: { get: () => this.state, configurable: true },
      subscribed: { get: () => this.outbox.subscriptions.names, configurable: true },
    });
  }

  private enter(state: State, detail: StateDetail): void {
    const isTold = state === this.state && detail.attempt === this.detail.attempt &&
      detail.reason === this.detail.reason;
    // One failure comes as the socket's error and as the Manager's.
    if (isTold || (state === this.state && state !== 'connecting' && state !== 'waiting')) return;
    this.state = state;
    this.detail = detail;
    this.states.run('state', [state, detail]);
  }

  private report(fault: Fault): void {
    try {
      this.options.onError?.(fault);
    } catch (cause) {
      console.error('Switchboard: a handler of faults has thrown', cause);
    }
    if (this.faults.run('fault', [fault]) > 0 || this.options.onError) return;
    console.error(`Switchboard: ${fault.message}`, ...(fault.cause === undefined ? [] : [fault.cause]));
  }
}

function registration(handlers: Handlers, name: string): (handler: Handler) => () => void {
  return (handler) => {
    handlers.add(name, handler);
    return () => handlers.remove(name, handler);
  };
}

/** What a refusal says about when to come again, in seconds. */
function secondsToWait(data: unknown): number | undefined {
  const seconds = typeof data === 'object' && data !== null ? (data as { retryAfter?: unknown }).retryAfter : undefined;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= 86400 ? seconds : undefined;
}
