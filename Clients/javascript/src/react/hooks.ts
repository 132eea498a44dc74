// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { useEffect, useInsertionEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { EventMap, Fault, Options, Received, State } from '../index.ts';
import { type Channels, type Handler, LiveConnection } from './live.ts';

/** What `useConnection` takes beside the core's options. */
export interface ConnectionOptions<E extends object> extends Options<E> {
  /** Is told of every fault, of which none is thrown; absent: they go to the browser's console as warnings. */
  readonly onError?: (fault: Fault) => void;
  /** False: no connection, until it is true. */
  readonly isEnabled?: boolean;
}

/**
 * A connection for as long as the component is mounted: one, also under StrictMode.
 *
 * Another `url`, another token text or another query makes a new connection, to which handlers and channels pass on;
 * other options count from the next connection on. A token function may be another one at each render.
 */
export function useConnection<E extends object = EventMap>(
  url: string,
  options: ConnectionOptions<E>,
): LiveConnection<E> {
  const [live] = useState(() => new LiveConnection<E>());
  const latest = useLatest(options);
  const isEnabled = options.isEnabled ?? true;
  const token = typeof options.token === 'function' ? '(function)' : options.token;
  const query = typeof options.query === 'function' ? '(function)' : JSON.stringify(options.query);
  useEffect(() => {
    if (!isEnabled) return;
    const { onError: _, isEnabled: __, ...others } = latest.current;
    const asked = typeof others.token === 'function' ? { ...others, token: () => given(latest.current.token) } : others;
    return live.hold(url, asked, (fault) => (latest.current.onError ?? warn)(fault));
  }, [live, url, token, query, isEnabled]);
  useEffect(() => () => live.reset(), [live]);
  return live;
}

/** The state of a connection; the component renders again when it changes. */
export function useConnectionState<E extends object>(live: LiveConnection<E>): State {
  return useSyncExternalStore(live.watch, live.snapshot, live.snapshot);
}

/** Calls the handler of the latest render with the payload of each event of this name. */
export function useEvent<E extends object, Name extends keyof E & string>(
  live: LiveConnection<E>,
  name: Name,
  handler: Handler<E[Name]>,
): void {
  const latest = useLatest(handler);
  useEffect(() => live.on(name, (payload, event) => latest.current(payload, event)), [live, name]);
}

/** Subscribes to these channels, compared by their names: a new array with the same ones changes nothing. */
export function useChannels<E extends object>(live: LiveConnection<E>, channels: Channels): void {
  const names = useMemo(() => [...new Set(typeof channels === 'string' ? [channels] : channels)].sort(), [
    JSON.stringify(channels),
  ]);
  const release = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    // The new ones first, so that a channel in both lists is never left.
    const next = live.subscribe(names);
    release.current?.();
    release.current = next;
  }, [live, names]);
  useEffect(() => () => {
    release.current?.();
    release.current = undefined;
  }, [live]);
}

/** How many events a component keeps, and how often it renders for them. */
export interface EventListOptions {
  /** The newest so many events; 1000. */
  readonly limit?: number;
  /** Milliseconds: at most one render in this time, however many events come; 50. */
  readonly every?: number;
}

/** Collects items for a component that renders in bursts: `add` as often as you like. */
export function useEventList<T>(
  options: EventListOptions = {},
): { items: readonly T[]; add: (item: T) => void; clear: () => void } {
  const [items, setItems] = useState<readonly T[]>([]);
  const latest = useLatest(options);
  const [list] = useState(() => {
    let waiting: T[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = (): void => {
      timer = undefined;
      const [added, limit] = [waiting, Math.max(0, latest.current.limit ?? EVENT_LIMIT)];
      waiting = [];
      setItems((before) => (limit === 0 ? [] : [...before, ...added].slice(-limit)));
    };
    return {
      add: (item: T): void => {
        waiting.push(item);
        if (waiting.length > 2 * (latest.current.limit ?? EVENT_LIMIT)) {
          waiting = waiting.slice(-(latest.current.limit ?? EVENT_LIMIT));
        }
        timer ??= setTimeout(flush, latest.current.every ?? EVERY);
      },
      clear: (): void => {
        waiting = [];
        setItems((before) => (before.length === 0 ? before : []));
      },
      stop: (): void => {
        clearTimeout(timer);
        timer = undefined;
        waiting = [];
      },
    };
  });
  useEffect(() => list.stop, [list]);
  return { items, add: list.add, clear: list.clear };
}

/**
 * A box with the value of the latest render that is shown, for effects that must not run again when it changes. Renders that
 * React gives up or puts off leave it as it is.
 */
export function useLatest<T>(value: T): { readonly current: T } {
  const box = useRef(value);
  useInsertionEffect(() => {
    box.current = value;
  });
  return box;
}

/** Tells of a fault in the console, as the browser tells of its own. */
export function warn(fault: Fault): void {
  console.warn(`switchboard: ${fault.kind}: ${fault.message}`);
}

const EVENT_LIMIT = 1000;
const EVERY = 50;

function given(token: Options['token']): string | null | undefined | Promise<string | null | undefined> {
  return typeof token === 'function' ? token() : token;
}

export { LiveConnection };
export type { Channels, Handler, Received, State };
