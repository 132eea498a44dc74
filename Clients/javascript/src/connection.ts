// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { socketAddress } from './address.ts';
import { createChannels } from './channels.ts';
import { createClock } from './clock.ts';
import { createDelivery } from './delivery.ts';
import { channelsOf, eventOf, isFrame, kindOf, textAt, valueAt } from './frames.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type Link, openLink } from './link.ts';
import { createListeners } from './listeners.ts';
import { createMissed } from './missed.ts';
import { createOutbox } from './outbox.ts';
import { reasonOf } from './reason.ts';
import { createRecent } from './recent.ts';
import { delayBefore } from './schedule.ts';
import { watchSignals } from './signals.ts';
import type {
  Connection,
  EventMap,
  Fault,
  Options,
  Received,
  Since,
  State,
  StateDetail,
  WebSocketConstructor,
} from './types.ts';

const asList = (channels: string | readonly string[]) => typeof channels === 'string' ? [channels] : [...channels];

/**
 * Connects to a contract's plain WebSocket and stays connected until `close()`.
 *
 * The first attempt starts after the caller's turn, so handlers that are added right after this call miss nothing.
 * @param url absolute, or a path of the page's origin
 */
export function connect<E extends object = EventMap>(url: string, options: Options<E>): Connection<E> {
  const { dialect, missed: fetchMissed, batch, store, refusals = {}, heartbeat: rhythm = {}, maximumAge = Infinity } =
    options;
  const { codes = [4000, 4001], most = typeof options.token === 'function' || refusals.ask ? 2 : 1 } = refusals;
  const schemas: Options['schemas'] = options.schemas;
  let token: Options['token'] = options.token;
  let state: State = 'connecting';
  let link: Link | undefined;
  // Counts attempts; what belongs to an earlier one is ignored.
  let era = 0;
  let tries = 0;
  let refused = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Since | undefined;
  let gap: Since | undefined;
  let position: string | undefined;

  const listeners = createListeners();
  const { call, tell } = listeners;
  const clock = createClock();
  const isNew = createRecent(options.deduplicate ?? 1000);

  const become = (next: State, detail: StateDetail = {}) => {
    state = next;
    call('state', next, detail);
  };
  const write = (text: string) => state === 'open' && link?.send(text) === true;
  const channels = createChannels(dialect, () => state === 'open', (message) => write(JSON.stringify(message)));
  const pulse = dialect.ping !== undefined && rhythm
    ? createHeartbeat(
      rhythm.every ?? 30_000,
      rhythm.timeout ?? 10_000,
      () => link?.send(JSON.stringify({ [dialect.command]: dialect.ping })),
      () => {
        tell({ kind: 'heartbeat', message: 'the server does not answer any more' });
        lose(1006, 'no pong');
      },
    )
    : undefined;

  // Events

  const handOver = (event: Received) => {
    const own = `event:${event.event}`;
    call(own, event.data, event);
    call('any', event);
    if (!listeners.has(own) || (schemas && !Object.prototype.hasOwnProperty.call(schemas, event.event))) {
      call('unknown', event);
    }
  };
  const delivery = createDelivery(options.order === 'time', batch?.every, handOver, (events) => {
    try {
      batch?.onBatch?.(events);
    } catch (cause) {
      tell({ kind: 'handler', message: `onBatch threw: ${reasonOf(cause)}`, cause });
    }
  });

  const isGood = (event: Received): boolean => {
    let fault: string | undefined;
    try {
      const check = schemas && Object.prototype.hasOwnProperty.call(schemas, event.event)
        ? schemas[event.event]
        : undefined;
      fault = check?.(event.data);
    } catch (cause) {
      fault = reasonOf(cause);
    }
    if (fault !== undefined) tell({ kind: 'invalid', message: `${event.event}: ${fault}`, event });
    return fault === undefined;
  };

  const takeEvent = (frame: Record<string, unknown>) => {
    const event = eventOf(frame, dialect);
    const key = event.id ?? event.position;
    if (key !== undefined && !isNew(key)) return;
    last = { time: event.time ?? last?.time, id: key };
    position = event.position ?? position;
    store?.keep(frame);
    const age = clock.age(event.time) ?? 0;
    if (age > maximumAge) tell({ kind: 'stale', message: `${event.event} is ${Math.round(age)} ms old`, event });
    else if (isGood(event)) delivery.take(event);
  };

  const refuse = (what: string) => tell({ kind: 'frame', message: `a frame ${what}` });

  const takeFrame = (frame: unknown) => {
    if (!isFrame(frame)) return refuse('is no object');
    const kind = kindOf(frame, dialect);
    if (kind === 'event') return takeEvent(frame);
    if (kind === undefined) return refuse('has no event name');
    const time = textAt(frame, dialect.event.time);
    clock.set(time);
    last ??= { time };
    if (kind === 'welcome') opened();
    else if (kind === 'pong') pulse?.answered();
    else if (kind === 'subscribed') {
      if (valueAt(frame, dialect.subscribed?.recovered) === false) {
        tell({ kind: 'gap', message: 'the server no longer has all that was missed' });
      }
    } else if (kind === 'unsubscribed') {
      for (const channel of channels.ended(channelsOf(frame, dialect.unsubscribed))) {
        tell({ kind: 'unsubscribed', message: `the server ended the subscription of ${channel}`, channel });
      }
    } else {
      const { message, code, channel } = dialect.error ?? {};
      tell({
        kind: 'server',
        message: textAt(frame, message) ?? 'the server reports an error',
        code: textAt(frame, code),
        channel: textAt(frame, channel),
      });
    }
  };

  const missed = fetchMissed &&
    createMissed(
      fetchMissed,
      options.schedule,
      takeFrame,
      (message, cause) => tell({ kind: 'missed', message, cause }),
    );

  const received = (data: unknown) => {
    if (typeof data !== 'string') return refuse('is binary');
    if (data.length > (options.longestFrame ?? 4_194_304)) return refuse(`has ${data.length} characters`);
    let frame: unknown;
    try {
      frame = JSON.parse(data);
    } catch {
      return refuse('is no JSON');
    }
    // Only events wait: a pong that waited would look like a dead server.
    if (!(isFrame(frame) && kindOf(frame, dialect) === 'event' && missed?.holds(frame))) takeFrame(frame);
  };

  // Life

  const opened = () => {
    if (state !== 'connecting') return;
    clearTimeout(timer);
    tries = refused = 0;
    state = 'open';
    channels.renew(position);
    if (gap) missed?.begin(gap);
    gap = undefined;
    outbox.empty(write);
    if (dialect.welcome) pulse?.start();
    else pulse?.probe();
    // Told last: who sends from here comes behind what waited.
    become('open');
  };

  const end = (code: number, reason: string) => {
    era += 1;
    clearTimeout(timer);
    pulse?.stop();
    link?.drop(code, reason);
    link = undefined;
    gap = missed?.end() ?? gap ?? (state === 'open' ? last ?? {} : undefined);
  };

  const lose = (code: number, reason: string, cause?: unknown) => {
    const wasOpen = state === 'open';
    end(1000, '');
    const isRefused = codes.includes(code);
    const current = era;
    if (isRefused) refused += 1;
    const where = url.split('?')[0];
    tell({
      kind: isRefused ? 'refused' : 'connection',
      message: isRefused
        ? `WebSocket connection to '${where}' was refused: ${code} ${reason}`
        : wasOpen
        ? `WebSocket connection to '${where}' was lost: ${code} ${reason}`
        : `WebSocket connection to '${where}' failed${reason && `: ${reason}`}`,
      code,
      cause,
    });
    // A handler may have closed the connection, or started an attempt.
    if (current !== era) return;
    const delay = isRefused && refused >= most ? undefined : delayBefore(tries, options.schedule);
    if (delay === undefined) return become('failed', { code, reason });
    tries += 1;
    timer = setTimeout(attempt, delay);
    const asked = isRefused ? refusals.ask : undefined;
    if (asked) {
      clearTimeout(timer);
      const again = () => {
        if (current === era && state === 'waiting') timer = setTimeout(attempt, delay);
      };
      new Promise((resolve) => resolve(asked(code, reason))).then(again, again);
    }
    become('waiting', { code, reason, delay, attempt: tries });
  };

  const attempt = () => {
    clearTimeout(timer);
    const current = era += 1;
    const isCurrent = () => current === era;
    const fail = (reason: string, cause?: unknown) => {
      if (isCurrent()) lose(1006, reason, cause);
    };
    const deadline = options.deadline ?? 15_000;
    timer = setTimeout(() => fail(`no answer within ${deadline} ms`), deadline);
    become('connecting');
    if (!isCurrent()) return;
    const given = async () => typeof token === 'function' ? await token() : token;
    given().then((value) => {
      if (!isCurrent()) return;
      const { query, positions } = options;
      const address = socketAddress(url, {
        ...(typeof query === 'function' ? query() : query),
        ...(dialect.token ? { [dialect.token]: value } : {}),
        ...(positions && dialect.positions ? { [dialect.positions.query]: '1' } : {}),
      });
      link = openLink(
        options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket,
        address,
        options.protocols,
        {
          opened: () => dialect.welcome || opened(),
          received,
          lost: (code, reason) => isCurrent() && lose(code, reason),
        },
      );
    }, (cause) => {
      tell({ kind: 'token', message: `there is no token: ${reasonOf(cause)}`, cause });
      fail('there is no token', cause);
    }).catch((cause) => fail(reasonOf(cause), cause));
  };

  // What was kept is known already, and the point from which the rest has to come.
  for (const frame of store?.frames() ?? []) {
    if (!isFrame(frame) || kindOf(frame, dialect) !== 'event') continue;
    const { id, time, position: place } = eventOf(frame, dialect);
    const key = id ?? place;
    if (key !== undefined) isNew(key);
    gap = last = { time, id: key };
    position = place ?? position;
  }
  store?.onFault((fault: Fault) => tell(fault));
  const outbox = createOutbox(options.queue ?? 1000, store, tell);
  const unwatch = watchSignals((isBack) => {
    if (state === 'open') pulse?.probe();
    if (state !== 'waiting' || !isBack) return;
    // One that the schedule had planned, and no further one of those that are left.
    tries -= 1;
    attempt();
  });
  const reconnect = () => {
    if (state === 'closed' || state === 'connecting') return;
    end(1000, '');
    tries = refused = 0;
    attempt();
  };
  queueMicrotask(() => {
    if (era === 0) attempt();
  });

  return {
    get state() {
      return state;
    },
    get isConnected() {
      return state === 'open';
    },
    on: (event, handler) => listeners.add(`event:${event}`, handler),
    onAny: (handler) => listeners.add('any', handler),
    onUnknown: (handler) => listeners.add('unknown', handler),
    onState: (handler) => listeners.add('state', handler),
    onError: (handler) => listeners.add('faults', handler),
    subscribe(names) {
      const held = asList(names);
      channels.hold(held);
      let isHeld = true;
      return () => {
        if (isHeld) channels.release(held);
        isHeld = false;
      };
    },
    unsubscribe: (names) => channels.release(asList(names)),
    send(name, data) {
      if (state === 'closed') {
        return tell({ kind: 'dropped', message: `the connection is closed: ${name} was dropped` });
      }
      let text: string;
      try {
        const { command, data: member } = dialect;
        if (member === undefined && data !== undefined && !isFrame(data)) {
          throw new TypeError('its data has no members');
        }
        const beside = member === undefined || data === undefined ? data as object | undefined : { [member]: data };
        // Named first because that is how it is documented, and again because nothing in the data may replace it.
        text = JSON.stringify({ [command]: name, ...beside, [command]: name });
      } catch (cause) {
        return tell({ kind: 'dropped', message: `${name} is no JSON: ${reasonOf(cause)}`, cause });
      }
      if (!write(text)) outbox.keep(text);
    },
    reconnect,
    setToken(next) {
      token = next;
      if (state === 'failed') reconnect();
    },
    close(code = 1000, reason = '') {
      if (state === 'closed') return;
      end(code, reason);
      unwatch();
      delivery.close();
      store?.close();
      become('closed', { code, reason });
      listeners.clear();
    },
  };
}
