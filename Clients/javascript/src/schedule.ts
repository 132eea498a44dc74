// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { longest } from './later.ts';

/** When attempts follow each other. Times are in milliseconds. */
export interface Schedule {
  /** Before the first attempt. 1,000. */
  readonly first?: number;
  /** Each delay is so many times the one before. 2. */
  readonly factor?: number;
  /** No delay is longer. 30,000. */
  readonly most?: number;
  /** The part by which a delay is at random longer or shorter, so that not all clients come at once. 0.2. */
  readonly jitter?: number;
  /** Attempts in a row that may fail. No limit. */
  readonly attempts?: number;
}

/**
 * The delay before an attempt.
 * @param done attempts that have failed since the last success, from 0
 * @returns milliseconds, or undefined when no further attempt is left
 */
export function delayBefore(done: number, schedule: Schedule = {}): number | undefined {
  const { first = 1000, factor = 2, most = 30_000, jitter = 0.2, attempts = Infinity } = schedule;
  if (done >= attempts) return undefined;
  // The power is infinite after some hundred attempts, and `min` takes care of that.
  const limit = Math.min(most, longest);
  const even = Math.min(limit, first * factor ** done);
  return Math.min(limit, even * (1 + jitter * (2 * Math.random() - 1)));
}
