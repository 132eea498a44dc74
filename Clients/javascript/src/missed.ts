// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { later, type Timer } from './later.ts';
import { reasonOf } from './reason.ts';
import { delayBefore, type Schedule } from './schedule.ts';
import type { Options, Since } from './types.ts';

/** Fetches what was missed while there was no connection. */
export interface Missed {
  /** Connected again: fetches what came after this point, and holds what comes live until it is handed over. */
  begin(since: Since): void;
  /** @returns whether the frame is held, to be handed over later */
  holds(frame: unknown): boolean;
  /** The connection was lost, or is closed. @returns the point from which nothing was fetched yet */
  end(): Since | undefined;
}

/** How long live frames wait for an answer. */
const patience = 10_000;

/**
 * @param fetch gives the frames after a point
 * @param handOver takes one frame, fetched or held
 * @param tell is told why a fetch failed; it is tried again by the schedule, and live frames go on meanwhile
 */
export function createMissed(
  fetch: NonNullable<Options['missed']>,
  schedule: Schedule | undefined,
  handOver: (frame: unknown) => void,
  tell: (message: string, cause: unknown) => void,
): Missed {
  let since: Since | undefined;
  let held: unknown[] | undefined;
  let timer: Timer | undefined;
  // Answers to earlier attempts count no more.
  let attempt = 0;

  const release = () => {
    clearTimeout(timer);
    const frames = held ?? [];
    held = undefined;
    frames.forEach(handOver);
  };

  const start = (done: number) => {
    const current = attempt += 1;
    const failed = (cause: unknown) => {
      if (current !== attempt) return;
      attempt += 1;
      tell(`missed messages could not be fetched: ${reasonOf(cause)}`, cause);
      release();
      timer = later(() => start(done + 1), delayBefore(done, { ...schedule, attempts: Infinity }) as number);
    };
    timer = setTimeout(() => failed(new Error(`no answer within ${patience} ms`)), patience);
    Promise.resolve(since ?? {}).then(fetch).then((frames) => {
      if (current !== attempt) return;
      if (!Array.isArray(frames)) throw new TypeError('the answer is no list');
      attempt += 1;
      since = undefined;
      frames.forEach(handOver);
      release();
    }).catch(failed);
  };

  return {
    begin(point) {
      since ??= point;
      held = [];
      start(0);
    },
    holds: (frame) => held !== undefined && held.push(frame) > 0,
    end() {
      attempt += 1;
      release();
      return since;
    },
  };
}
