// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { createClock } from './clock.ts';
import { createDelivery } from './delivery.ts';
import { channelsOf, eventOf, type Frame, isFrame, kindOf, textAt, valueAt } from './frames.ts';
import type { Listeners } from './listeners.ts';
import { createMissed } from './missed.ts';
import { ownOf } from './own.ts';
import { reasonOf } from './reason.ts';
import { createRecent } from './recent.ts';
import type { Check, Options, Received, Since } from './types.ts';

/** What of a frame concerns the connection itself. */
export interface ReceptionOwner {
  /** A frame came that is no error: the server has let the client in. */
  accepted(): void;
  welcomed(): void;
  answered(): void;
  /** @returns those of the ended subscriptions that are wanted */
  ended(channels: readonly string[]): readonly string[];
}

/** Takes frames, and hands their events to the handlers: checked, each once, in order. */
export interface Reception {
  /** What a socket received; anything. */
  take(data: unknown): void;
  /** The connection is open: what was missed since the last one is fetched. @returns the position to take up subscriptions from */
  opened(): string | undefined;
  /** The connection is no longer open, or never was. */
  lost(wasOpen: boolean): void;
  /** Hands over what is held. Nothing may be taken after it. */
  close(): void;
}

/** @param listeners those of the connection; events are called as `event:NAME`, `any` and `unknown` */
export function createReception(options: Options, listeners: Listeners, owner: ReceptionOwner): Reception {
  const { dialect, batch, schemas, store, maximumAge = Infinity, longestFrame = 4_194_304 } = options;
  const { call, tell } = listeners;
  const clock = createClock();
  const isNew = createRecent(options.deduplicate ?? 1000);
  let last: Since | undefined;
  // Where the fetching of missed frames has to begin; undefined when nothing was missed.
  let gap: Since | undefined;
  let position: string | undefined;
  // Where a connection that ends now is taken up: behind the last event, but for as long as events of the past still come. They
  // come channel by channel, so the last of them says nothing of the other channels.
  let resumed: string | undefined;
  let isBehind = false;

  const handOver = (event: Received) => {
    const name = `event:${event.event}`;
    call(name, event.data, event);
    call('any', event);
    if (!listeners.has(name) || (schemas && !ownOf(schemas, event.event))) call('unknown', event);
  };
  const delivery = createDelivery(options.order === 'time', batch?.every, handOver, (events) => {
    try {
      batch?.onBatch?.(events);
    } catch (cause) {
      tell({ kind: 'handler', message: `onBatch threw: ${reasonOf(cause)}`, cause });
    }
  });

  const faultOf = ({ event, data }: Received): string | undefined => {
    try {
      return ownOf<Check | undefined>(schemas, event)?.(data);
    } catch (cause) {
      return reasonOf(cause);
    }
  };

  /** @returns whether the event is new */
  const note = ({ id, position: place, time }: Received): boolean => {
    const key = id ?? place;
    position = place ?? position;
    if (key !== undefined && !isNew(key)) return false;
    last = { time: time ?? last?.time, id: key };
    return true;
  };

  const takeEvent = (frame: Frame) => {
    const event = eventOf(frame, dialect);
    if (!note(event)) return;
    const age = clock.age(event.time) ?? 0;
    if (age > maximumAge) return tell({ kind: 'stale', message: `${event.event} is ${Math.round(age)} ms old`, event });
    const fault = faultOf(event);
    if (fault !== undefined) return tell({ kind: 'invalid', message: `${event.event}: ${fault}`, event });
    store?.keep(frame);
    delivery.take(event);
  };

  const refuse = (what: string) => tell({ kind: 'frame', message: `a frame ${what}` });

  const takeFrame = (frame: unknown) => {
    if (!isFrame(frame)) return refuse('is no object');
    const kind = kindOf(frame, dialect);
    if (kind !== 'error') owner.accepted();
    if (kind === 'event') return takeEvent(frame);
    if (kind === undefined) return refuse('has no event name');
    const time = textAt(frame, dialect.event.time);
    clock.set(time);
    last ??= { time };
    if (kind === 'welcome') owner.welcomed();
    else if (kind === 'pong') {
      // Asked for behind the subscriptions, and so answered behind what was missed.
      isBehind = false;
      owner.answered();
    } else if (kind === 'subscribed') {
      if (valueAt(frame, dialect.subscribed?.recovered) === false) {
        tell({ kind: 'gap', message: 'the server no longer has all that was missed' });
      }
    } else if (kind === 'unsubscribed') {
      for (const channel of owner.ended(channelsOf(frame, dialect.unsubscribed))) {
        tell({ kind: 'unsubscribed', message: `the server ended the subscription of ${channel}`, channel });
      }
    } else {
      tell({
        kind: 'server',
        message: textAt(frame, dialect.error?.message) ?? 'the server reports an error',
        code: textAt(frame, dialect.error?.code),
        channel: textAt(frame, dialect.error?.channel),
      });
    }
  };

  const missed = options.missed &&
    createMissed(
      options.missed,
      options.schedule,
      takeFrame,
      (message, cause) => tell({ kind: 'missed', message, cause }),
    );

  // What was kept is known already, and the rest has to come from there.
  for (const frame of store?.frames() ?? []) {
    if (isFrame(frame) && kindOf(frame, dialect) === 'event') note(eventOf(frame, dialect));
  }
  gap = last;

  return {
    take(data) {
      if (typeof data !== 'string') return refuse('is binary');
      if (data.length > longestFrame) return refuse(`has ${data.length} characters`);
      let frame: unknown;
      try {
        frame = JSON.parse(data);
      } catch {
        return refuse('is no JSON');
      }
      // Only events wait: a pong that waited would look like a dead server.
      const waits = missed !== undefined && isFrame(frame) && kindOf(frame, dialect) === 'event' && missed.holds(frame);
      if (!waits) takeFrame(frame);
    },
    opened() {
      if (gap) missed?.begin(gap);
      gap = undefined;
      if (!isBehind) resumed = position;
      isBehind = resumed !== undefined && dialect.ping !== undefined;
      return resumed;
    },
    lost(wasOpen) {
      gap = missed?.end() ?? gap ?? (wasOpen ? last ?? {} : undefined);
    },
    close: () => delivery.flush(),
  };
}
