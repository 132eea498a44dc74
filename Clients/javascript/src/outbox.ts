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

/** Keeps commands as long as the connection lives. */
function memory(): Pick<OfflineStore, 'takeCommands' | 'addCommand'> {
  const waiting: string[] = [];
  return {
    takeCommands: () => waiting.splice(0),
    addCommand: (text, most) => waiting.length < most && waiting.push(text) > 0,
  };
}

/**
 * @param most how many commands it keeps
 * @param store keeps them beyond the page's life
 */
export function createOutbox(most: number, store: OfflineStore | undefined, tell: (fault: Fault) => void): Outbox {
  const { takeCommands, addCommand } = store ?? memory();
  return {
    keep(text) {
      if (addCommand(text, most)) return;
      const start = text.slice(0, 100);
      tell({ kind: 'dropped', message: `${most} commands wait for the connection; this one was dropped: ${start}` });
    },
    empty(send) {
      const texts = takeCommands();
      const stuck = texts.findIndex((text) => !send(text));
      if (stuck >= 0) { for (const text of texts.slice(stuck)) addCommand(text, Infinity); }
    },
  };
}
