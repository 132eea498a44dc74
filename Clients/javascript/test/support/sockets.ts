// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { WebSocketConstructor } from '../../src/types.ts';

/** The server's end of a fake socket. */
export interface FakeSocket {
  readonly url: string;
  /** What the client sent, parsed. */
  readonly sent: Record<string, unknown>[];
  /** What the client closed it with; undefined while it has not. */
  readonly closed: { code?: number; reason?: string } | undefined;
  /** Whether somebody still listens to it. */
  readonly isHeard: boolean;
  open(): void;
  /** Sends a frame: a text as it is, everything else as JSON. */
  say(frame: unknown): void;
  /** Sends what is no text. */
  sayBinary(): void;
  end(code: number, reason?: string): void;
}

/** A constructor of sockets that do nothing by themselves, and all that it made. */
export function fakeSockets(): { WebSocket: WebSocketConstructor; all: FakeSocket[]; last(): FakeSocket } {
  const all: FakeSocket[] = [];
  class Socket {
    binaryType = 'blob';
    readyState = 0;
    onopen: (() => void) | null = null;
    onmessage: ((message: { data: unknown }) => void) | null = null;
    onclose: ((end: { code: number; reason: string }) => void) | null = null;
    onerror: (() => void) | null = null;
    constructor(url: string) {
      const sent: Record<string, unknown>[] = [];
      let closed: { code?: number; reason?: string } | undefined;
      this.send = (text) => {
        sent.push(JSON.parse(text));
      };
      this.close = (code, reason) => {
        if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) throw new Error('InvalidAccessError');
        this.readyState = 2;
        closed = { code, reason };
      };
      const heard = () => this.onmessage !== null || this.onclose !== null || this.onopen !== null;
      all.push({
        url,
        sent,
        get closed() {
          return closed;
        },
        get isHeard() {
          return heard();
        },
        open: () => {
          this.readyState = 1;
          this.onopen?.();
        },
        say: (frame) => this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) }),
        sayBinary: () => this.onmessage?.({ data: new ArrayBuffer(4) }),
        end: (code, reason = '') => {
          this.readyState = 3;
          this.onclose?.({ code, reason });
        },
      });
    }
    send: (text: string) => void;
    close: (code?: number, reason?: string) => void;
  }
  return { WebSocket: Socket, all, last: () => all[all.length - 1] };
}
