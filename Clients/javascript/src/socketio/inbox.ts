// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { createDelivery, type Delivery } from '../delivery.ts';
import { ownOf } from '../own.ts';
import { reasonOf } from '../reason.ts';
import { createRecent } from '../recent.ts';
import type { Report } from './fault.ts';
import type { Handlers } from './handlers.ts';
import { ServerClock, timeOfId } from './clock.ts';
import type { Incoming, Received } from './options.ts';

/** What the server sends, on its way to the handlers: once, not too old, well-formed, and in batches where asked for. */
export class Inbox {
  private readonly handlers: Handlers;
  private readonly unknown: Handlers;
  private readonly options: Incoming;
  private readonly report: Report;
  private readonly clock = new ServerClock();
  private readonly isNew: (id: string) => boolean;
  private readonly delivery: Delivery<Received>;

  constructor(handlers: Handlers, unknown: Handlers, options: Incoming, report: Report) {
    this.handlers = handlers;
    this.unknown = unknown;
    this.options = options;
    this.report = report;
    this.isNew = createRecent(options.deduplicate ?? 1000);
    this.delivery = createDelivery(
      false,
      options.batch?.every,
      (received) => this.handOver(received),
      (events) => this.tellBatch(events),
    );
  }

  /** Takes an event with all its arguments. */
  take(event: string, args: unknown[]): void {
    const received = this.read(event, args);
    if (received.id !== undefined && !this.isNew(received.id)) return;
    if (this.isFresh(received) && this.isWellFormed(received)) this.delivery.take(received);
  }

  /** Learns the server's time from an answer that it has just given. */
  learn(answer: unknown): void {
    const time = timeIn(answer) ?? timeIn(member(answer, 'data'));
    if (time !== undefined) this.clock.learn(time, Date.now());
  }

  /** Hands over what is still held, at once: what comes next must not come before it. */
  flush(): void {
    this.delivery.flush();
  }

  private read(event: string, args: unknown[]): Received {
    const id = this.idOf(event, args);
    const time = timeOfId(id) ?? timeIn(args[0]);
    return { event, data: args[0], args, ...(id === undefined ? {} : { id }), ...(time === undefined ? {} : { time }) };
  }

  private idOf(event: string, args: unknown[]): string | undefined {
    const { eventId } = this.options;
    if (!eventId) return idIn(args[1]);
    try {
      return eventId(event, args);
    } catch (cause) {
      this.report({ kind: 'handler', event, cause, message: `eventId has thrown: ${reasonOf(cause)}` });
      return undefined;
    }
  }

  private isFresh({ event, data, time }: Received): boolean {
    if (this.options.clockEvents?.includes(event)) this.learn(data);
    const most = this.options.maximumAge;
    if (most === undefined || time === undefined) return true;
    const now = Date.now();
    const age = this.clock.age(time, now);
    if (age <= most) {
      this.clock.clear();
      return true;
    }
    if (this.clock.suspect(time, now)) {
      this.report({
        kind: 'clock',
        event,
        message: `this clock differs from the server's by ${Math.round(age / 1000)} s`,
      });
      return true;
    }
    this.report({ kind: 'stale', event, data, message: `${event} is ${Math.round(age / 1000)} s old` });
    return false;
  }

  private isWellFormed({ event, data }: Received): boolean {
    const check = ownOf(this.options.schemas, event);
    if (!check) return true;
    let fault: string | undefined;
    try {
      fault = check(data);
    } catch (cause) {
      fault = reasonOf(cause);
    }
    if (fault !== undefined) this.report({ kind: 'invalid', event, data, message: `${event}: ${fault}` });
    return fault === undefined;
  }

  private handOver(received: Received): void {
    const any = this.handlers.runAny(received.event, received.args);
    if (this.handlers.run(received.event, received.args) + any === 0) {
      this.unknown.run('unknown', [received]);
    }
  }

  private tellBatch(events: readonly Received[]): void {
    try {
      this.options.batch?.onBatch?.(events);
    } catch (cause) {
      this.report({ kind: 'handler', cause, message: `onBatch has thrown: ${reasonOf(cause)}` });
    }
  }
}

/** Other servers' second arguments are no ids: two equal ones mean nothing. */
function idIn(value: unknown): string | undefined {
  return typeof value === 'string' && timeOfId(value) !== undefined ? value : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function timeIn(value: unknown): number | undefined {
  const timestamp = member(value, 'timestamp');
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : typeof timestamp === 'number' ? timestamp : NaN;
  return Number.isFinite(time) ? time : undefined;
}
