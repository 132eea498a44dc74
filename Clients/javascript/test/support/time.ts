// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** Timers and clocks that move only when the test says so. */
export interface FakeTime {
  /** Moves on by so many milliseconds, running timers and microtasks in their order. */
  pass(milliseconds: number): Promise<void>;
  /** Milliseconds since the start. */
  readonly now: number;
  /** Timers that are set now. */
  readonly timers: number;
  /** Puts the real ones back. */
  restore(): void;
}

/** Lets promises that are ready go on. Real timers are not needed for that. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** @param start what `Date.now()` says at first */
export function fakeTime(start = Date.parse('2025-11-05T12:00:00.000Z')): FakeTime {
  const real = { setTimeout, clearTimeout, date: Date.now, performance: performance.now, MessageChannel };
  const timers = new Map<number, { at: number; work: () => void }>();
  let elapsed = 0;
  let last = 0;
  const scope = globalThis as unknown as Record<string, unknown>;
  scope.setTimeout = (work: () => void, delay = 0) => {
    timers.set(last += 1, { at: elapsed + Math.max(0, delay), work });
    return last;
  };
  scope.clearTimeout = (id: number | undefined) => timers.delete(id ?? 0);
  scope.MessageChannel = undefined;
  Date.now = () => start + elapsed;
  performance.now = () => elapsed;
  const earliest = () => {
    let found: number | undefined;
    for (const [id, { at }] of timers) {
      if (found === undefined || at < (timers.get(found)?.at ?? 0)) found = id;
    }
    return found;
  };
  return {
    async pass(milliseconds) {
      const end = elapsed + milliseconds;
      await settle();
      for (let id = earliest(); id !== undefined; id = earliest()) {
        const timer = timers.get(id);
        if (!timer || timer.at > end) break;
        timers.delete(id);
        elapsed = timer.at;
        timer.work();
        await settle();
      }
      elapsed = end;
    },
    get now() {
      return elapsed;
    },
    get timers() {
      return timers.size;
    },
    restore() {
      Object.assign(scope, {
        setTimeout: real.setTimeout,
        clearTimeout: real.clearTimeout,
        MessageChannel: real.MessageChannel,
      });
      Date.now = real.date;
      performance.now = real.performance;
    },
  };
}
