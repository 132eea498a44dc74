// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { socketAddress } from './address.ts';
import { createChannels } from './channels.ts';
import { isFrame } from './frames.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type Link, openLink } from './link.ts';
import { createListeners } from './listeners.ts';
import { createOutbox } from './outbox.ts';
import { reasonOf } from './reason.ts';
import { createReception } from './reception.ts';
import { delayBefore } from './schedule.ts';
import { watchSignals } from './signals.ts';
import type { Connection, EventMap, Options, State, StateDetail, WebSocketConstructor } from './types.ts';

/** The names, whatever a program without types gives. */
const asList = (channels: string | readonly string[]): string[] =>
  [channels].flat().filter((name) => typeof name === 'string');

/**
 * Connects to a contract's plain WebSocket and stays connected until `close()`.
 *
 * The first attempt starts after the caller's turn, so handlers that are added right after this call miss nothing.
 * @param url absolute, or a path of the page's origin
 */
export function connect<E extends object = EventMap>(url: string, options: Options<E>): Connection<E> {
  const { dialect, store, refusals = {}, heartbeat: rhythm = {} } = options;
  const { codes = [4000, 4001], most = typeof options.token === 'function' || refusals.ask ? 2 : 1 } = refusals;
  let token: Options['token'] = options.token;
  let state: State = 'connecting';
  let link: Link | undefined;
  // Counts attempts; what belongs to an earlier one is ignored.
  let era = 0;
  let tries = 0;
  let refused = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const listeners = createListeners();
  const { call, tell } = listeners;
  const become = (next: State, detail: StateDetail = {}) => {
    state = next;
    call('state', next, detail);
  };

  const write = (text: string) => state === 'open' && link?.send(text) === true;
  const channels = createChannels(dialect, () => state === 'open', (message) => write(JSON.stringify(message)));
  const pulse = dialect.ping !== undefined && dialect.pong && rhythm
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

  const opened = () => {
    if (state !== 'connecting') return;
    clearTimeout(timer);
    tries = 0;
    state = 'open';
    channels.renew(reception.opened());
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

  /** Ends the attempt or connection, and everything that waits for it. */
  const end = (code = 1000, reason = '') => {
    era += 1;
    clearTimeout(timer);
    pulse?.stop();
    link?.drop(code, reason);
    link = undefined;
    reception.lost(state === 'open');
  };

  /** The attempt or connection has ended: the next one is planned, or there is none. */
  const lose = (code: number, reason: string, cause?: unknown) => {
    const wasOpen = state === 'open';
    end();
    state = 'waiting';
    const current = era;
    const isRefused = codes.includes(code);
    if (isRefused) refused += 1;
    const what = isRefused ? 'was refused' : wasOpen ? 'was lost' : 'failed';
    // As browsers say it, and without the query, which may carry the token.
    const why = `${code === 1006 ? '' : code} ${reason}`.trim();
    const message = `WebSocket connection to '${url.split('?')[0]}' ${what}${why && `: ${why}`}`;
    tell({ kind: isRefused ? 'refused' : 'connection', message, code, cause });
    // A handler may have closed the connection, or started an attempt.
    if (current !== era) return;
    const delay = isRefused && refused >= most ? undefined : delayBefore(tries, options.schedule);
    if (delay === undefined) return become('failed', { code, reason });
    tries += 1;
    const plan = () => {
      if (current === era) timer = setTimeout(attempt, delay);
    };
    const { ask } = refusals;
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
    timer = setTimeout(() => fail(`no answer within ${deadline} ms`), deadline);
    become('connecting');
    if (current !== era) return;
    new Promise<string | undefined>((resolve) => resolve(typeof token === 'function' ? token() : token))
      .catch((cause) => {
        tell({ kind: 'token', message: `there is no token: ${reasonOf(cause)}`, cause });
        throw cause;
      })
      .then((value) => {
        if (current === era) open(current, value);
      })
      .catch((cause) => fail(reasonOf(cause), cause));
  };

  const open = (current: number, value: string | undefined) => {
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
    end();
    tries = refused = 0;
    attempt();
  };

  const unwatch = watchSignals((isBack) => {
    if (state === 'open') pulse?.probe();
    if (state !== 'waiting' || !isBack) return;
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
      end(code, reason);
      unwatch();
      reception.close();
      store?.close();
      become('closed', { code, reason });
      listeners.clear();
    },
  };
}
