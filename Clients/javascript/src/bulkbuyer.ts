// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Bulk Buyer Group's notifications: `switchboard-client/bulkbuyer`, which applications alias to `@/lib/websocket`.
 * @module
 */
import { socketAddress } from './address.ts';
import { connect } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { isFrame } from './frames.ts';
import { offlineStore, type StorageLike } from './offline.ts';
import { reasonOf } from './reason.ts';
import type { Schedule } from './schedule.ts';
import type { Fault, Since, State, WebSocketConstructor } from './types.ts';

/** How `Contracts/bulkbuyer.yaml` speaks. */
export const bulkbuyer: Dialect = {
  command: 'type',
  ping: 'PING',
  pong: { is: { type: 'PONG' } },
  event: { name: 'type', data: 'data', time: 'timestamp', id: 'id' },
};

/** Retries after 1, 1.5, 2.25 … s, at most 30 s, without end. */
export const bulkbuyerSchedule: Schedule = { first: 1000, factor: 1.5, most: 30_000, jitter: 0 };

/** A notification of one type. */
export interface Notification<Type extends string, Data> {
  type: Type;
  /** The same for live and for fetched notifications. */
  id: string;
  /** RFC 3339 with milliseconds; no two of a user's are equal. */
  timestamp: string;
  data: Data;
}

/** What the server sends. `type` tells the kinds apart. */
export type WebSocketMessage =
  | Notification<'ORDER_STATUS_CHANGE', { orderId: string; fromStatus: string; toStatus: string }>
  | Notification<'POOL_PROGRESS', { poolId: string; progress: number; currentQuantity: number; targetQuantity: number }>
  | Notification<'SYSTEM_NOTIFICATION', { title: string; message: string; severity: 'INFO' | 'WARNING' | 'ERROR' }>;

/** What `createWebSocket` is told. Times are in milliseconds. */
export interface WebSocketOptions {
  /** A path of the page's origin, such as `/api/notifications/ws`, or a whole address. */
  endpoint: string;
  /** Gets each notification once, in the order of their timestamps; missed ones before live ones. */
  onMessage: (message: WebSocketMessage) => void;
  /** What went wrong: a failed attempt, a broken message, a handler that threw. Nothing of it is thrown. */
  onError?: (error: Fault) => void;
  /** Runs on every drop, before the next attempt is waited for, and on `close()`. */
  onClose?: () => void;
  /** Runs on every open, before missed notifications come. */
  onOpen?: () => void;
  /** There is no session (4000), or it is no longer valid (4001). The next attempt waits for what it returns. */
  onAuthRequired?: (code: number) => unknown;
  /** Where missed notifications are fetched; `/api/notifications` of the endpoint's host. null: nowhere. */
  notifications?: string | null;
  /** Keeps the last notifications and unsent messages: `() => localStorage`. */
  storage?: () => StorageLike;
  /** The name under which the storage keeps them; one for each user. `notifications`. */
  storageKey?: string;
  /** Other delays between attempts. */
  schedule?: Schedule;
  /** How often a PING is sent, and how long its PONG may take. 30,000 and 10,000. */
  heartbeat?: { every?: number; timeout?: number } | false;
  /** The constructor of sockets; the global one. */
  WebSocket?: WebSocketConstructor;
  /** Fetches missed notifications; the global function. */
  fetch?: typeof fetch;
}

/** A socket for notifications that keeps itself open. */
export interface NotificationSocket {
  /** `open`, or on the way there; `closed` after `close()`. */
  readonly state: State;
  /** Sends a message, or keeps it until there is a connection. */
  send(message: { readonly type: string; readonly [member: string]: unknown }): void;
  /** The last notifications that came, those of earlier visits too where there is a storage; oldest first. */
  messages(): WebSocketMessage[];
  /** Closes for good with 1000. */
  close(): void;
}

/** Pages of missed notifications that are fetched at most; the server keeps 30 days. */
const mostPages = 100;

/** Opens a socket for notifications, which is kept open until `close()`. Authentication is the session's cookie. */
export function createWebSocket(options: WebSocketOptions): NotificationSocket {
  const { endpoint, onMessage, onError, onClose, onOpen, onAuthRequired, storage, storageKey = 'notifications' } =
    options;
  // Without a storage the last notifications are kept as long as the page lives.
  const store = offlineStore(storage ?? memory(), storageKey);
  const connection = connect(endpoint, {
    dialect: bulkbuyer,
    schedule: { ...bulkbuyerSchedule, ...options.schedule },
    refusals: { most: Infinity, ask: onAuthRequired },
    heartbeat: options.heartbeat,
    order: 'time',
    store,
    missed: options.notifications === null ? undefined : (since) => fetchMissed(options, since),
    WebSocket: options.WebSocket,
  });
  connection.onAny((event) => onMessage(event.frame as WebSocketMessage));
  connection.onError((fault) => onError ? onError(fault) : console.warn(`WebSocket: ${fault.message}`));
  connection.onState((state) => {
    if (state === 'open') onOpen?.();
    else if (state !== 'connecting') onClose?.();
  });
  return {
    get state() {
      return connection.state;
    },
    send({ type, ...members }) {
      connection.send(type, members);
    },
    messages: () => store.frames().filter(isMessage),
    close: () => connection.close(),
  };
}

/** Whether this has a message's form. What a storage kept may be anything. */
function isMessage(frame: unknown): frame is WebSocketMessage {
  return isFrame(frame) && isFrame(frame.data) && typeof frame.id === 'string' && typeof frame.timestamp === 'string' &&
    typeof frame.type === 'string' &&
    ['ORDER_STATUS_CHANGE', 'POOL_PROGRESS', 'SYSTEM_NOTIFICATION'].includes(frame.type);
}

/** All pages of what came after a point; the session's cookie goes with the requests. */
async function fetchMissed(options: WebSocketOptions, { time }: Since): Promise<unknown[]> {
  // Nothing is known to be missed before the server was first heard.
  if (time === undefined) return [];
  const host = new URL(socketAddress(options.endpoint));
  host.protocol = host.protocol.replace('ws', 'http');
  let next: URL | undefined = new URL(options.notifications ?? '/api/notifications', host);
  next.searchParams.set('since', time);
  const { origin } = next;
  const found: unknown[] = [];
  for (let page = 0; next && page < mostPages; page += 1) {
    const answer: Response = await (options.fetch ?? fetch)(next.href, { credentials: 'include' });
    if (!answer.ok) throw new Error(`${next.pathname} answered ${answer.status}`);
    const list: unknown = await answer.json();
    if (!Array.isArray(list)) throw new TypeError(`${next.pathname} answered no list`);
    found.push(...list);
    next = nextPage(answer.headers.get('link'), next);
    if (next && next.origin !== origin) throw new Error(`the next page is on another host: ${next.origin}`);
  }
  return found;
}

/** The page that a `Link` header names as the next. */
function nextPage(link: string | null, page: URL): URL | undefined {
  const address = link?.match(/<([^>]*)>\s*;\s*rel="?next"?/)?.[1];
  try {
    return address === undefined ? undefined : new URL(address, page);
  } catch (error) {
    throw new Error(`the next page has no address: ${reasonOf(error)}`);
  }
}

/** A storage that lives as long as the page. */
function memory(): () => StorageLike {
  const values = new Map<string, string>();
  const storage: StorageLike = {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
  return () => storage;
}
