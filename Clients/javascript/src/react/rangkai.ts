// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { useEffect } from 'react';
import type { Options, Received } from '../index.ts';
import { rangkai, type RangkaiEvents } from '../rangkai.ts';
import { type EventListOptions, useChannels, useConnection, useEventList } from './hooks.ts';
import type { LiveConnection } from './live.ts';

/** An event as Rangkai sends it. */
export interface RangkaiFrame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly timestamp: string;
}

/** What the hook takes beside the documented two. */
export interface RangkaiOptions extends EventListOptions {
  /** The server's address with its path; `ws://localhost:3000/ws`. */
  readonly url?: string;
  /** Further options of the connection, such as `schedule` or `onError`. */
  readonly options?: Partial<Omit<Options<RangkaiEvents>, 'dialect' | 'token'>>;
}

/**
 * Connects as this user, subscribes to these channels, and collects the events.
 *
 * Channels are compared by their names: a new array with the same ones at each render makes one connection, and other ones
 * are subscribed and left on it. Another token makes another connection. `events` holds the newest thousand, and the
 * component renders at most every 50 ms for them. On unmount the connection is closed.
 */
export function useWebSocket(
  token: Options['token'],
  channels: readonly string[],
  { url = 'ws://localhost:3000/ws', options, limit, every }: RangkaiOptions = {},
): { readonly ws: LiveConnection<RangkaiEvents>; readonly events: readonly RangkaiFrame[] } {
  const ws = useConnection<RangkaiEvents>(url, { ...options, dialect: rangkai, token });
  useChannels(ws, channels);
  const { items, add } = useEventList<RangkaiFrame>({ limit, every });
  useEffect(() => ws.onAny((event: Received) => add(event.frame as RangkaiFrame)), [ws, add]);
  return { ws, events: items };
}
