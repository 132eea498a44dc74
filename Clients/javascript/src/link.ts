// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from './reason.ts';
import type { WebSocketConstructor } from './types.ts';

/** What a link tells its owner. `lost` comes once and last; after `drop` nothing comes. */
export interface LinkOwner {
  opened(): void;
  received(data: unknown): void;
  /** @param code 1006 when the socket could not be made or gave no code */
  lost(code: number, reason: string): void;
}

/** One socket, from its making to its end. */
export interface Link {
  /** Whether the text was handed to the socket. */
  send(text: string): boolean;
  /** Closes the socket and forgets it at once; the closing handshake of a dead peer would take minutes. */
  drop(code: number, reason: string): void;
}

/** What is used of a socket. */
interface Socket {
  binaryType: string;
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((end: { code?: number; reason?: unknown }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

const nothing = () => {};

/** Opens a socket. Never throws: an address or constructor that is no good is `lost`. */
export function openLink(
  Constructor: WebSocketConstructor | undefined,
  url: string,
  protocols: string | string[] | undefined,
  owner: LinkOwner,
): Link {
  let socket: Socket | undefined;
  const forget = () => {
    const ended = socket;
    socket = undefined;
    if (ended) {
      ended.onopen = ended.onmessage = ended.onclose = null;
      // The package `ws` throws an error that nobody listens to.
      ended.onerror = nothing;
    }
    return ended;
  };
  try {
    if (!Constructor) throw new Error('there is no WebSocket here; pass one as the option WebSocket');
    socket = (protocols === undefined ? new Constructor(url) : new Constructor(url, protocols)) as Socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => owner.opened();
    socket.onmessage = (message) => owner.received(message.data);
    socket.onerror = nothing;
    socket.onclose = (end) => {
      if (forget()) owner.lost(end.code || 1006, String(end.reason ?? ''));
    };
  } catch (error) {
    forget();
    // What constructors throw names the address, and its query has the token.
    const reason = reasonOf(error).split(url).join(url.split('?')[0]);
    // After this call, as a socket would tell it.
    queueMicrotask(() => owner.lost(1006, reason));
  }
  return {
    send(text) {
      if (socket?.readyState !== 1) return false;
      try {
        socket.send(text);
        return true;
      } catch {
        return false;
      }
    },
    drop(code, reason) {
      const ended = forget();
      const attempts = [() => ended?.close(code, reason), () => ended?.close()];
      // A code or reason that sockets refuse is no reason to stay open.
      attempts.some((close) => {
        try {
          close();
          return true;
        } catch {
          return false;
        }
      });
    },
  };
}
