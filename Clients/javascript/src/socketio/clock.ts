// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** The letters of the ids that the server gives to events (Crockford's base 32). */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** So many answers are compared: enough to meet one without delay, few enough to follow a clock that was set. */
const SAMPLES = 8;
/** So many events in a row must look equally old before the clock is blamed. */
const SUSPECTS = 3;
/** Milliseconds: how much they may differ, and how far apart the first and last must come. Missed events come in a burst. */
const TOLERANCE = 5000;

/** The time in an event id of the server's: milliseconds since 1970; undefined where it is no such id. */
export function timeOfId(id: string | undefined): number | undefined {
  if (id?.length !== 16) return undefined;
  let time = 0;
  for (let index = 0; index < 16; index++) {
    const digit = LETTERS.indexOf(id[index]);
    if (digit < 0) return undefined;
    // Ten letters hold 48 bits of time, the other six its number.
    if (index < 10) time = time * 32 + digit;
  }
  return time;
}

/**
 * How old events are by the server's clock, whatever this machine's says.
 *
 * Until an answer of the server has told its time, the two clocks are taken to be the same; but when several events in a
 * row look equally old although they came one after the other, it is the clock that is wrong.
 */
export class ServerClock {
  private samples: number[] = [];
  private suspects: { readonly difference: number; readonly now: number }[] = [];

  /** Takes note of an answer in which the server said what time it was. */
  learn(time: number, now: number): void {
    if (!Number.isFinite(time)) return;
    this.samples = [...this.samples, now - time].slice(-SAMPLES);
    this.suspects = [];
  }

  /** How many milliseconds ago that was. The time of travel makes answers late, never early: the least difference is best. */
  age(time: number, now: number): number {
    return now - time - (this.samples.length > 0 ? Math.min(...this.samples) : 0);
  }

  /** Takes note of an event that looks too old. Gives whether the clock turns out to be what is wrong. */
  suspect(time: number, now: number): boolean {
    const difference = now - time;
    const alike = this.suspects.filter((each) => Math.abs(each.difference - difference) < TOLERANCE);
    this.suspects = [...alike, { difference, now }].slice(-SUSPECTS);
    if (this.suspects.length < SUSPECTS || now - this.suspects[0].now < TOLERANCE) return false;
    this.samples = [difference];
    this.suspects = [];
    return true;
  }

  /** Takes note of an event that is fresh: the clock is right. */
  clear(): void {
    this.suspects = [];
  }
}
