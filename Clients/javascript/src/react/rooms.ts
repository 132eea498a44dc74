// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * The room platform's hook: `switchboard-client/react/rooms`. React and socket.io-client are the app's own.
 * @module
 */
import { useEffect, useState } from 'react';
import { io, type Options, type Socket } from '../socketio/index.ts';
import { type EventListOptions, useEventList, useLatest } from './hooks.ts';

/** An event of the room: `joined`, `winner`, `updated`, or what `types` calls it. */
export interface RoomEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the hook takes beside the documented two. */
export interface RoomOptions extends EventListOptions {
  /** The server's address; the page's own origin. */
  readonly url?: string;
  /** Further events to collect, by name, with what their `type` is to be; `false`: not this one. */
  readonly types?: Readonly<Record<string, string | false>>;
  /** Further options of `io`. They count from the next connection on. */
  readonly options?: Options;
  /** Is told why the server refused the room; absent: the console is. */
  readonly onRefused?: (error: unknown) => void;
}

/** What the documented hook collects. */
const TYPES: Readonly<Record<string, string>> = {
  'participant:joined': 'joined',
  'winner:selected': 'winner',
  'room:updated': 'updated',
};

/**
 * Connects with this token, subscribes to the room, again after each reconnect, and collects its events, each once.
 *
 * One connection, also under StrictMode, for each pair of room and token; another pair begins with no events. `events`
 * holds the newest thousand, and the component renders at most every 50 ms for them. `socket` is null before the first
 * effect. On unmount the room is left before the connection ends, and nothing is left on the server.
 */
export function useRoomEvents(
  roomId: string,
  token: string,
  options: RoomOptions = {},
): { readonly socket: Socket | null; readonly events: readonly RoomEvent[] } {
  const [socket, setSocket] = useState<Socket | null>(null);
  const latest = useLatest(options);
  const { items, add, clear } = useEventList<RoomEvent>(options);
  const types = JSON.stringify({ ...TYPES, ...options.types });
  const { url } = options;

  useEffect(() => {
    let opened: Socket | undefined;
    let isOver = false;
    const open = (): void => {
      const given = { multiplex: false, ...latest.current.options, auth: { token } };
      const current: Socket = url === undefined ? io(given) : io(url, given);
      opened = current;
      current.on('connect', () => {
        current.emit('room:subscribe', { roomId }, (answer: { success?: boolean; error?: unknown } | undefined) => {
          if (answer?.success === true || isOver) return;
          const refused = latest.current.onRefused ?? ((error) => console.error('Subscription failed:', error));
          refused(answer?.error);
        });
      });
      for (const [event, type] of Object.entries(JSON.parse(types) as Record<string, string | false>)) {
        if (type !== false) current.on(event, (data: RoomEvent['data']) => add({ type, data }));
      }
      setSocket(current);
    };
    // A strict React mounts, unmounts and mounts again in one task: only the last one connects.
    queueMicrotask(() => {
      if (!isOver) open();
    });
    return () => {
      isOver = true;
      // Not kept for a connection that will never be.
      if (opened?.connected) opened.emit('room:unsubscribe', { roomId });
      opened?.removeAllListeners();
      opened?.disconnect();
      setSocket(null);
      clear();
    };
  }, [roomId, token, url, types, add, clear]);
  return { socket, events: items };
}
