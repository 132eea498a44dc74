// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Fault, OfflineStore } from './types.ts';

/** Commands that wait for the connection to open, as texts. */
export interface Outbox {
  /** Keeps a command, or drops and tells of it when the outbox is full. */
  keep(text: string): void;
  /** Hands the commands over, oldest first, until one is not taken; that and later ones stay. */
  empty(send: (text: string) => boolean): void;
}

/**
 * @param most how many commands it keeps
 * @param store keeps them beyond the page's life
 */
export function createOutbox(most: number, store: OfflineStore | undefined, tell: (fault: Fault) => void): Outbox {
  let texts = [...store?.takeCommands() ?? []];
  const save = () => store?.keepCommands(texts);
  save();
  return {
    keep(text) {
      if (texts.length >= most) {
        tell({
          kind: 'dropped',
          message: `${most} commands wait for the connection; this one was dropped: ${text.slice(0, 100)}`,
        });
        return;
      }
      texts.push(text);
      save();
    },
    empty(send) {
      if (texts.length === 0) return;
      const stuck = texts.findIndex((text) => !send(text));
      texts = stuck < 0 ? [] : texts.slice(stuck);
      save();
    },
  };
}
