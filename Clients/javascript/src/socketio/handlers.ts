// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from '../reason.ts';
import type { Report } from './fault.ts';

/** A handler of anything. */
// deno-lint-ignore no-explicit-any
export type Handler = (...args: any[]) => void;

interface Entry {
  readonly handler: Handler;
  isOnce: boolean;
}

/**
 * The handlers of a socket's events.
 *
 * The same function counts once for an event, however often it is registered. What a handler throws is reported, and
 * the others run.
 */
export class Handlers {
  private readonly report: Report;
  private readonly named = new Map<string, Entry[]>();
  private any: Handler[] = [];

  constructor(report: Report) {
    this.report = report;
  }

  /** Registers a handler. One that was there for one call stays from now on; one that stays is not there for one call too. */
  add(event: string, handler: Handler, isOnce = false): void {
    const entries = this.named.get(event) ?? [];
    const known = entries.find((entry) => entry.handler === handler);
    if (known) known.isOnce &&= isOnce;
    else this.named.set(event, [...entries, { handler, isOnce }]);
  }

  /** Takes out one handler, all of an event, or all. */
  remove(event?: string, handler?: Handler): void {
    if (event === undefined) return this.named.clear();
    const rest = handler ? (this.named.get(event) ?? []).filter((entry) => entry.handler !== handler) : [];
    if (rest.length > 0) this.named.set(event, rest);
    else this.named.delete(event);
  }

  /** The handlers of an event, in the order in which they run. */
  of(event: string): Handler[] {
    return (this.named.get(event) ?? []).map((entry) => entry.handler);
  }

  /** Registers a handler of every event that the server sends: behind the others, or before them. */
  addAny(handler: Handler, isFirst = false): void {
    if (this.any.includes(handler)) return;
    this.any = isFirst ? [handler, ...this.any] : [...this.any, handler];
  }

  /** Takes out one of these, or all. */
  removeAny(handler?: Handler): void {
    this.any = handler ? this.any.filter((each) => each !== handler) : [];
  }

  /** The handlers of every event. */
  ofAny(): Handler[] {
    return [...this.any];
  }

  /** Runs an event's handlers; those that come or go meanwhile count from the next event on. Gives how many ran. */
  run(event: string, args: readonly unknown[]): number {
    const entries = this.named.get(event) ?? [];
    for (const entry of entries) {
      if (entry.isOnce) this.remove(event, entry.handler);
      this.call(entry.handler, event, args);
    }
    return entries.length;
  }

  /** Runs the handlers of every event, which get its name first. Gives how many ran. */
  runAny(event: string, args: readonly unknown[]): number {
    const handlers = this.any;
    for (const handler of handlers) this.call(handler, event, [event, ...args]);
    return handlers.length;
  }

  private call(handler: Handler, event: string, args: readonly unknown[]): void {
    try {
      handler(...args);
    } catch (cause) {
      this.report({ kind: 'handler', event, cause, message: `a handler of ${event} has thrown: ${reasonOf(cause)}` });
    }
  }
}
