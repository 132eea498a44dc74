// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** The server's clock, learned from the times in its frames; the client's own may be wrong by hours. */
export interface Clock {
  /** Takes the time of a frame that was just made, such as a welcome or a pong. */
  set(time: string | undefined): void;
  /**
   * The age of an event in milliseconds. Until `set` was called the newest event that came is taken to be new.
   * @returns undefined when the time is none
   */
  age(time: string | undefined): number | undefined;
}

export function createClock(): Clock {
  // The server's clock less ours.
  let ahead: number | undefined;
  let isSet = false;
  return {
    set(time) {
      const made = Date.parse(time ?? '');
      if (Number.isNaN(made)) return;
      ahead = made - Date.now();
      isSet = true;
    },
    age(time) {
      const made = Date.parse(time ?? '');
      if (Number.isNaN(made)) return undefined;
      const now = Date.now();
      if (ahead === undefined || (!isSet && made - now > ahead)) ahead = made - now;
      return now + ahead - made;
    },
  };
}
