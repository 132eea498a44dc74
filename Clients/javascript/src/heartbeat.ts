// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** Pings a server and notices when it no longer answers. */
export interface Heartbeat {
  /** Begins with the first ping after `every`. */
  start(): void;
  /** Pings now, unless a pong is awaited already. */
  probe(): void;
  /** The pong came. */
  answered(): void;
  stop(): void;
}

/**
 * @param every milliseconds from one ping to the next
 * @param timeout milliseconds that a pong may take
 * @param ping sends one
 * @param dead is called once when a pong is overdue; the heartbeat has stopped then
 */
export function createHeartbeat(every: number, timeout: number, ping: () => void, dead: () => void): Heartbeat {
  let next: ReturnType<typeof setTimeout> | undefined;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    clearTimeout(next);
    next = setTimeout(probe, every);
  };
  const stop = () => {
    clearTimeout(next);
    clearTimeout(overdue);
    next = overdue = undefined;
  };
  const probe = () => {
    start();
    if (overdue !== undefined) return;
    overdue = setTimeout(() => {
      stop();
      dead();
    }, timeout);
    ping();
  };
  const answered = () => {
    clearTimeout(overdue);
    overdue = undefined;
  };
  return { start, probe, answered, stop };
}
