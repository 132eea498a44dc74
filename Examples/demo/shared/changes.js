// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { useEffect, useReducer } from 'preact-htm';

/** Tells components that something has changed, once a frame, however often it does. */
export class Changes {
  #listeners = new Set();
  #isAnnounced = false;

  /** @returns {() => void} ends the subscription */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed() {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    nextFrame(() => {
      this.#isAnnounced = false;
      for (const listener of this.#listeners) listener();
    });
  }
}

/** Frames do not come to hidden pages. */
export function nextFrame(action) {
  if (document.hidden) setTimeout(action, 50);
  else requestAnimationFrame(action);
}

/** Renders the component again when these have changed. */
export function useChanges(...sources) {
  const [, render] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const ends = sources.map((source) => source.subscribe(() => render()));
    return () => ends.forEach((end) => end());
  }, sources);
}
