// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from '../reason.ts';
import type { Socket as StockSocket } from 'socket.io-client';
import type { Report } from './fault.ts';
import type { Handler } from './handlers.ts';
import type { Options, RequestOptions } from './options.ts';
import { errorOf, RequestError } from './request-error.ts';
import { Subscriptions } from './subscriptions.ts';

/** An event whose answer is awaited. */
interface Pending {
  /** In the stock client's queue until the server lets it in. */
  isSent: boolean;
  lose(): void;
}

/** The stock socket, with what its types leave out. */
type Inner = StockSocket & { flags: { timeout?: number; volatile?: boolean; fromQueue?: boolean } };

/** What the program sends: remembered where it subscribes, refused where it cannot be sent, and told when no answer comes. */
export class Outbox {
  readonly subscriptions: Subscriptions;
  private readonly socket: Inner;
  private readonly options: Options;
  private readonly report: Report;
  private readonly stockEmit: (event: string, ...args: unknown[]) => unknown;
  private readonly learn: (answer: unknown) => void;
  private readonly pending = new Set<Pending>();

  /** `learn` is given each answer, which may tell the server's time. */
  constructor(socket: StockSocket, options: Options, report: Report, learn: (answer: unknown) => void) {
    this.socket = socket as Inner;
    this.options = options;
    this.report = report;
    this.learn = learn;
    this.stockEmit = this.socket.emit.bind(this.socket);
    const again = (event: string, payload: unknown, answered: (answer: unknown) => void) => {
      this.stockEmit(event, payload, this.guarded(event, answered));
    };
    this.subscriptions = new Subscriptions(options.subscriptions ?? [], again, report);
  }

  /** The stock client's `emit`, which never throws for want of a connection. */
  emit(event: string, args: unknown[]): void {
    const last = args[args.length - 1];
    // The stock client's own queue (`retries`) sends what has been through here before.
    if (this.socket.flags.fromQueue) return void this.stockEmit(event, ...args);
    if (typeof last !== 'function' || this.socket.flags.volatile) {
      // Without a connection the stock client would keep them without end.
      const isFull = !this.socket.flags.volatile && this.cannotSend() !== undefined;
      if (!isFull) return this.send(event, args, undefined);
      this.socket.flags = {};
      return this.report({
        kind: 'dropped',
        event,
        data: args[0],
        message: `too many events wait: ${event} was dropped`,
      });
    }
    const callback = last as Handler & { withError?: boolean };
    const withError = callback.withError === true || this.isTimed;
    const refuse = (code: 'DISCONNECTED' | 'QUEUE_FULL') => {
      const guarded = this.guarded(event, callback);
      if (withError) guarded(refusalError(event, code));
      else guarded(this.refusal(event, code));
    };
    const code = this.cannotSend(this.options.offline);
    if (code) {
      this.socket.flags = {};
      return queueMicrotask(() => refuse(code));
    }
    // Whoever wants to hear at once that there is no connection also wants to hear that the answer is lost with it.
    const finish = this.await(() => refuse('DISCONNECTED'), this.options.offline === 'reject');
    const answered = Object.assign((...values: unknown[]) => finish(() => this.guarded(event, callback)(...values)), {
      withError: callback.withError,
    });
    this.send(event, [...args.slice(0, -1), answered], withError ? 1 : 0);
  }

  /** The stock client's `emitWithAck`: rejects when the connection is lost before the answer, in every version. */
  ask(event: string, args: unknown[]): Promise<unknown> {
    const { isTimed } = this;
    const code = this.cannotSend(this.options.offline);
    if (code) {
      this.socket.flags = {};
      return Promise.reject(refusalError(event, code));
    }
    return new Promise((resolve, reject) => {
      const finish = this.await(() => reject(lostError(event)), true);
      const answered = (...values: unknown[]) =>
        finish(() => isTimed && values[0] ? reject(values[0]) : resolve(values[isTimed ? 1 : 0]));
      this.send(event, [...args, answered], isTimed ? 1 : 0);
    });
  }

  /** See `Socket.request`. */
  request(event: string, payload: unknown, options: RequestOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const code = this.cannotSend(options.offline ?? this.options.offline);
      if (code) return reject(refusalError(event, code));
      const lost = () => reject(lostError(event));
      const finish = this.await(lost, true);
      const answered = (failure: Error | null, answer: unknown) =>
        finish(() => {
          if (failure?.message === 'operation has timed out') {
            return reject(new RequestError('timeout', event, 'no answer in time'));
          }
          if (failure) return lost();
          const error = errorOf(answer);
          if (!error) return resolve(answer);
          reject(new RequestError('refused', event, error.message ?? 'refused', error.code, answer));
        });
      try {
        this.socket.timeout(options.timeout ?? this.options.requestTimeout ?? 10000);
        this.send(event, payload === undefined ? [answered] : [payload, answered], 1);
      } catch (cause) {
        finish(() => reject(cause));
      }
    });
  }

  /** The server has let the client in: what was queued is sent. */
  opened(): void {
    for (const pending of this.pending) pending.isSent = true;
  }

  /** The connection is lost, and with it the answers to what was sent. */
  lost(): void {
    this.subscriptions.lost();
    for (const pending of [...this.pending]) if (pending.isSent) pending.lose();
  }

  /** Sends, noting subscriptions. `answerAt` is the callback's argument that holds the answer; undefined: there is no callback. */
  private send(event: string, args: unknown[], answerAt: number | undefined): void {
    const sees = this.subscriptions.sent(event, args[0], answerAt !== undefined);
    if (answerAt === undefined) return void this.stockEmit(event, ...args);
    const callback = args[args.length - 1] as Handler & { withError?: boolean };
    const seen = Object.assign((...values: unknown[]) => {
      if (answerAt === 0 || !values[0]) {
        this.learn(values[answerAt]);
        sees?.(values[answerAt]);
      }
      callback(...values);
    }, { withError: callback.withError });
    this.stockEmit(event, ...args.slice(0, -1), seen);
  }

  /** Waits for an answer, if `isAwaited`. Gives what the answer, whichever comes first, has to be handed through. */
  private await(lost: () => void, isAwaited: boolean): (act: () => void) => void {
    let isDone = false;
    const finish = (act: () => void) => {
      if (isDone) return;
      isDone = true;
      this.pending.delete(pending);
      act();
    };
    const pending: Pending = { isSent: this.socket.connected, lose: () => finish(lost) };
    if (isAwaited) this.pending.add(pending);
    return finish;
  }

  /** Whether callbacks get an error first. */
  private get isTimed(): boolean {
    return (this.socket.flags.timeout ?? this.options.ackTimeout) !== undefined || (this.options.retries ?? 0) > 0;
  }

  private cannotSend(offline: 'queue' | 'reject' = 'queue'): 'DISCONNECTED' | 'QUEUE_FULL' | undefined {
    if (this.socket.connected) return undefined;
    if (offline === 'reject') return 'DISCONNECTED';
    return this.socket.sendBuffer.length >= (this.options.queue ?? 1000) ? 'QUEUE_FULL' : undefined;
  }

  private refusal(event: string, code: 'DISCONNECTED' | 'QUEUE_FULL'): unknown {
    const message = code === 'DISCONNECTED' ? 'Not connected' : 'Too many events wait for a connection';
    return this.options.refusal?.(event, code) ?? { success: false, error: { code, message } };
  }

  private guarded(event: string, callback: Handler): Handler {
    return (...values) => {
      try {
        callback(...values);
      } catch (cause) {
        this.report({
          kind: 'handler',
          event,
          cause,
          message: `the callback of ${event} has thrown: ${reasonOf(cause)}`,
        });
      }
    };
  }
}

function lostError(event: string): RequestError {
  return new RequestError('disconnected', event, 'the connection was lost before the answer');
}

function refusalError(event: string, code: 'DISCONNECTED' | 'QUEUE_FULL'): RequestError {
  return code === 'DISCONNECTED'
    ? new RequestError('disconnected', event, 'not connected')
    : new RequestError('full', event, 'too many events wait for a connection');
}
