// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** As a timer has it. */
export type Timer = ReturnType<typeof setTimeout>;

/** The longest delay that timers know, 24.8 days in milliseconds: what is longer they take for none. */
export const longest = 2 ** 31 - 1;

/**
 * Does work after so many milliseconds.
 * @param delay at most `longest`; more is that
 */
export function later(work: () => void, delay: number): Timer {
  return setTimeout(work, Math.min(delay, longest));
}
