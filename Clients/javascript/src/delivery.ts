// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { later, type Timer } from './later.ts';

/** Hands events to their handlers: at once, or collected, or by their times. */
export interface Delivery<Event> {
  take(event: Event): void;
  /** Hands over all that is still held, and ends every timer. */
  flush(): void;
}

/** A waiting event, and what it is sorted and held by. */
interface Waiting<Event> {
  readonly event: Event;
  readonly time: number;
  readonly came: number;
}

/** No task calls handlers for longer than about this, in milliseconds; the page stays smooth. */
const budget = 8;
/** How long events wait for earlier ones that come later, where nothing else is said. */
const patience = 50;

/**
 * @param byTime whether events are handed over by their times
 * @param every milliseconds that events are held; undefined: none, or 50 where they are handed over by time
 * @param handOver calls the handlers; never throws
 * @param after is given the events of each burst
 */
export function createDelivery<Event extends { readonly time?: string | number }>(
  byTime: boolean,
  every: number | undefined,
  handOver: (event: Event) => void,
  after: (events: readonly Event[]) => void,
): Delivery<Event> {
  const hold = every ?? patience;
  const waiting: Waiting<Event>[] = [];
  let newest = -Infinity;
  // When the first of those that wait came.
  let since = 0;
  let timer: Timer | undefined;
  let channel: MessageChannel | undefined;
  // What the flush that is under way has handed over.
  let burst: Event[] | undefined;

  /** How many may go now: all that waited long enough, and what is earlier than they. */
  const due = (isAll: boolean): number => {
    if (byTime) waiting.sort((one, other) => one.time - other.time);
    let count = waiting.length;
    if (!byTime || isAll) return count;
    const latest = performance.now() - hold;
    while (count > 0 && waiting[count - 1].came > latest) count -= 1;
    return count;
  };

  const run = (isAll: boolean) => {
    clearTimeout(timer);
    timer = undefined;
    since = performance.now();
    const end = since + budget;
    // A handler that ends the connection has the rest handed over before it goes on.
    const isWithin = burst !== undefined;
    const events = burst ??= [];
    let count = due(isAll);
    for (; count > 0 && (isAll || performance.now() < end); count -= 1) {
      const next = waiting.shift();
      if (!next) break;
      events.push(next.event);
      handOver(next.event);
    }
    if (isWithin) return;
    burst = undefined;
    if (events.length > 0) after(events);
    if (waiting.length > 0) count > 0 ? goOn() : wait();
  };

  const flush = () => run(false);
  const wait = () => timer ??= later(flush, hold);

  /** In a task of its own, and soon: timers of pages in the background come once a second. */
  const goOn = () => {
    if (typeof MessageChannel === 'undefined') {
      timer ??= setTimeout(flush);
      return;
    }
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = flush;
    }
    channel.port2.postMessage(0);
  };

  return {
    take(event) {
      if (!byTime && every === undefined) return handOver(event);
      // An event without a time belongs behind the one before it.
      const time = byTime ? Date.parse(String(event.time)) : 0;
      if (!Number.isNaN(time)) newest = time;
      const came = performance.now();
      if (waiting.length === 0) since = came;
      waiting.push({ event, time: Number.isNaN(time) ? newest : time, came });
      // Timers of pages in the background are held back for up to a minute; messages are not.
      if (came - since > 2 * hold && !burst) flush();
      else wait();
    },
    flush() {
      // Node goes on as long as somebody listens to a port.
      channel?.port1.close();
      channel = undefined;
      run(true);
    },
  };
}
