// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** More than platforms keep and hand over again. */
const MOST = 10_000;

/** The keys of what has come lately: a page that stays open for days remembers no more than this. */
export class Recent {
  #keys = new Set();

  /** @returns {boolean} whether it is new; it is not any more */
  add(key) {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    if (this.#keys.size > MOST) this.#keys.delete(this.#keys.values().next().value);
    return true;
  }
}
