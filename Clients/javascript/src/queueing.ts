// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** Commands kept while a socket connects. */
const MOST = 1000;

/** What a socket must have to be made to wait, as browsers and the package `ws` have it. */
interface SocketLike {
  readonly readyState: number;
  send(...values: unknown[]): void;
  addEventListener(name: 'open', handler: () => void): void;
}
// deno-lint-ignore no-explicit-any -- constructors differ in their parameters
type SocketClass = new (...values: any[]) => SocketLike;

/**
 * A class of sockets that is like the given one, but keeps what is sent before it is open and sends it then, in order.
 *
 * With it a script that connects, subscribes and pings in one go works: `const WebSocket = queueing(globalThis.WebSocket)`.
 * A socket that never opens drops what it kept; after a thousand messages `send` behaves as the given class's does.
 */
export function queueing<Class extends SocketClass>(base: Class): Class {
  const Base: SocketClass = base;
  class QueueingWebSocket extends Base {
    readonly #waiting: unknown[][] = [];

    // deno-lint-ignore no-explicit-any -- as the given class takes them
    constructor(...values: any[]) {
      super(...values);
      this.addEventListener('open', () => {
        for (const message of this.#waiting.splice(0)) super.send(...message);
      });
    }

    override send(...values: unknown[]): void {
      if (this.readyState === 0 && this.#waiting.length < MOST) this.#waiting.push(values);
      else super.send(...values);
    }
  }
  return QueueingWebSocket as unknown as Class;
}
