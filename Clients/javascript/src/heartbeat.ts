// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { later, type Timer } from './later.ts';

/** Pings a server and notices when it no longer answers. */
export interface Heartbeat {
  /** Begins with the first ping after `every`. */
  start(): void;
  /**
   * Pings now, unless a pong is awaited already.
   * @param within milliseconds that the pong may take, where that is less than the timeout
   */
  probe(within?: number): void;
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
  let next: Timer | undefined;
  let overdue: Timer | undefined;
  // When the pong is overdue, on the clock of `performance`.
  let latest = Infinity;
  const start = () => {
    clearTimeout(next);
    next = later(probe, every);
  };
  const stop = () => {
    clearTimeout(next);
    clearTimeout(overdue);
    next = overdue = undefined;
    latest = Infinity;
  };
  const probe = (within = timeout) => {
    start();
    const isAwaited = overdue !== undefined;
    const now = performance.now();
    const limit = now + Math.min(within, timeout);
    // Never later than an earlier ping has it.
    if (limit < latest) {
      latest = limit;
      clearTimeout(overdue);
      overdue = later(() => {
        stop();
        dead();
      }, limit - now);
    }
    if (!isAwaited) ping();
  };
  const answered = () => {
    clearTimeout(overdue);
    overdue = undefined;
    latest = Infinity;
  };
  return { start, probe, answered, stop };
}
