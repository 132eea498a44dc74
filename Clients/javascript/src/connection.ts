// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { socketAddress } from './address.ts';
import { createChannels } from './channels.ts';
import { isFrame } from './frames.ts';
import { createHeartbeat } from './heartbeat.ts';
import { later, type Timer } from './later.ts';
import { type Link, openLink } from './link.ts';
import { createListeners } from './listeners.ts';
import { createOutbox } from './outbox.ts';
import { reasonOf } from './reason.ts';
import { createReception } from './reception.ts';
import { delayBefore } from './schedule.ts';
import { watchSignals } from './signals.ts';
import type { Connection, EventMap, Options, State, StateDetail, WebSocketConstructor } from './types.ts';

/** How long a pong may take once the browser has said that there is no network; a line may outlive that. */
const doubt = 2000;

/** The names, whatever a program without types gives. */
const asList = (channels: string | readonly string[]): string[] =>
  [channels].flat().filter((name) => typeof name === 'string');

/**
 * Connects to a contract's plain WebSocket and stays connected until `close()`.
 *
 * The first attempt starts after the caller's turn, so handlers that are added right after this call miss nothing.
 * @param target the address: absolute, or a path of the page's origin
 */
export function connect<E extends object = EventMap>(target: string | URL, options: Options<E>): Connection<E> {
  const url = String(target);
  const { dialect, store, refusals = {}, heartbeat: rhythm = {} } = options;
  const { codes = [4000, 4001], ask } = refusals;
  let token: Options['token'] = options.token;
  let state: State = 'connecting';
  // Whether it failed for want of attempts, and not because it was refused.
  let isLeft = false;
  let link: Link | undefined;
  // Counts attempts; what belongs to an earlier one is ignored.
  let era = 0;
  let tries = 0;
  let refused = 0;
  // What gave the token of the attempt that is under way, or of the connection.
  let used: Options['token'];
  // Of the next attempt, or of the deadline of the one that is under way.
  let timer: Timer | undefined;

  const listeners = createListeners();
  const { call, tell } = listeners;
  const become = (next: State, detail: StateDetail = {}) => {
    state = next;
    call('state', next, detail);
  };

  const write = (text: string) => state === 'open' && link?.send(text) === true;
  const channels = createChannels(dialect, () => state === 'open', (message) => write(JSON.stringify(message)));
  const ping = () => {
    if (dialect.ping !== undefined) link?.send(JSON.stringify({ [dialect.command]: dialect.ping }));
  };
  const pulse = dialect.ping !== undefined && dialect.pong && rhythm
    ? createHeartbeat(
      rhythm.every ?? 30_000,
      rhythm.timeout ?? 10_000,
      ping,
      () => {
        tell({ kind: 'heartbeat', message: 'the server does not answer any more' });
        lose(1006, 'no pong');
      },
    )
    : undefined;

  const opened = () => {
    if (state !== 'connecting') return;
    clearTimeout(timer);
    tries = 0;
    state = 'open';
    const position = reception.opened();
    channels.renew(position);
    if (position !== undefined && options.positions) ping();
    outbox.empty(write);
    if (dialect.welcome) pulse?.start();
    else pulse?.probe();
    // Told last: who sends from here comes behind what waited.
    become('open');
  };
  const reception = createReception(options as unknown as Options, listeners, {
    accepted: () => refused = 0,
    welcomed: opened,
    answered: () => pulse?.answered(),
    ended: channels.ended,
  });
  store?.onFault(tell);
  const outbox = createOutbox(options.queue ?? 1000, store, tell);

  /**
   * Ends the attempt or connection, and everything that waits for it.
   * @returns whether it is still the caller's turn: handlers get what was held, and may have closed or begun anew
   */
  const end = (next: State, code = 1000, reason = ''): boolean => {
    const current = era += 1;
    const wasOpen = state === 'open';
    state = next;
    clearTimeout(timer);
    timer = undefined;
    pulse?.stop();
    link?.drop(code, reason);
    link = undefined;
    reception.lost(wasOpen);
    return current === era;
  };

  /** The attempt or connection has ended: the next one is planned, or there is none. */
  const lose = (code: number, reason: string, cause?: unknown) => {
    const wasOpen = state === 'open';
    if (!end('waiting')) return;
    const current = era;
    const isRefused = codes.includes(code);
    // Another token than the one that was refused has its own chance.
    if (isRefused && used === token) refused += 1;
    const what = isRefused ? 'was refused' : wasOpen ? 'was lost' : 'failed';
    // As browsers say it, and without the query, which may carry the token.
    const why = `${code === 1006 ? '' : code} ${reason}`.trim();
    const message = `WebSocket connection to '${url.split('?')[0]}' ${what}${why && `: ${why}`}`;
    tell({ kind: isRefused ? 'refused' : 'connection', message, code, cause });
    // A handler may have closed the connection, or started an attempt.
    if (current !== era) return;
    const { most = typeof token === 'function' || ask ? 2 : 1 } = refusals;
    const delay = isRefused && refused >= most ? undefined : delayBefore(tries, options.schedule);
    if (delay === undefined) {
      isLeft = !isRefused;
      return become('failed', { code, reason });
    }
    tries += 1;
    const plan = () => {
      if (current === era) timer = later(attempt, delay);
    };
    if (isRefused && ask) new Promise((resolve) => resolve(ask(code, reason))).then(plan, plan);
    else plan();
    become('waiting', { code, reason, delay, attempt: tries });
  };

  const attempt = () => {
    clearTimeout(timer);
    const current = era += 1;
    const fail = (reason: string, cause?: unknown) => {
      if (current === era) lose(1006, reason, cause);
    };
    const deadline = options.deadline ?? 15_000;
    timer = later(() => fail(`no answer within ${deadline} ms`), deadline);
    become('connecting');
    if (current !== era) return;
    used = token;
    new Promise<string | null | undefined>((resolve) => resolve(typeof token === 'function' ? token() : token))
      .catch((cause) => {
        tell({ kind: 'token', message: `there is no token: ${reasonOf(cause)}`, cause });
        throw cause;
      })
      .then((value) => {
        if (current === era) open(current, value);
      })
      .catch((cause) => fail(reasonOf(cause), cause));
  };

  const open = (current: number, value: string | null | undefined) => {
    const { query, positions, protocols, WebSocket } = options;
    const address = socketAddress(url, {
      ...(typeof query === 'function' ? query() : query),
      ...(dialect.token ? { [dialect.token]: value } : {}),
      ...(positions && dialect.positions ? { [dialect.positions.query]: '1' } : {}),
    });
    const Constructor = WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
    link = openLink(Constructor, address, protocols, {
      opened: () => dialect.welcome || opened(),
      received: reception.take,
      lost: (code, reason) => {
        if (current === era) lose(code, reason);
      },
    });
  };

  const reconnect = () => {
    if (state === 'closed' || state === 'connecting') return;
    tries = refused = 0;
    if (end('waiting')) attempt();
  };

  const unwatch = watchSignals((isBack) => {
    if (state === 'open') pulse?.probe(isBack ? undefined : doubt);
    if (!isBack) return;
    // Nobody may have been there to answer as long as there was no network.
    if (state === 'failed' && isLeft) return reconnect();
    // Before the timer is set somebody is asked to log in.
    if (state !== 'waiting' || !timer) return;
    // The one that the schedule had planned, and not one of those that are left.
    tries -= 1;
    attempt();
  });
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
      refused = 0;
      if (state === 'failed') reconnect();
    },
    close(code = 1000, reason = '') {
      if (state === 'closed') return;
      end('closed', code, reason);
      unwatch();
      reception.close();
      store?.close();
      become('closed', { code, reason });
      listeners.clear();
    },
  };
}
