// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** What this package needs of React Query's client (TanStack Query 4 and 5). */
export interface QueryClientLike {
  invalidateQueries(filters: { queryKey: readonly unknown[] }): unknown;
}

/** The query keys that an event makes out of date, by the event's name. */
export type QueryKeys = Readonly<Record<string, readonly (readonly unknown[])[]>>;

/** PayChain's: lists of jobs for all four job events, of payments where money moved. */
export const QUERY_KEYS: QueryKeys = {
  job_created: [['jobs']],
  job_accepted: [['jobs']],
  job_completed: [['jobs'], ['payments']],
  job_refunded: [['jobs'], ['payments']],
};

/**
 * Invalidates keys at once, and a key that follows within the interval once more at its end: a flood of events makes few
 * requests, and the last event is always followed by one.
 */
export class Invalidator {
  readonly #timers = new Map<string, { timer: ReturnType<typeof setTimeout>; isDue: boolean }>();
  readonly #client: () => QueryClientLike | undefined;

  constructor(client: () => QueryClientLike | undefined) {
    this.#client = client;
  }

  invalidate(keys: readonly (readonly unknown[])[]): void {
    for (const key of keys) {
      const name = JSON.stringify(key);
      const running = this.#timers.get(name);
      if (running !== undefined) {
        running.isDue = true;
        continue;
      }
      this.#tell(key);
      const timer = setTimeout(() => {
        const isDue = this.#timers.get(name)?.isDue ?? false;
        this.#timers.delete(name);
        if (isDue) this.invalidate([key]);
      }, INTERVAL);
      this.#timers.set(name, { timer, isDue: false });
    }
  }

  /** Ends every timer. */
  readonly clear = (): void => {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  };

  #tell(queryKey: readonly unknown[]): void {
    const failed = (error: unknown) => console.warn('switchboard: queries could not be invalidated:', error);
    try {
      Promise.resolve(this.#client()?.invalidateQueries({ queryKey })).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

const INTERVAL = 250;
