// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from './reason.ts';
import type { Fault, OfflineStore } from './types.ts';

/** What is used of a `Storage`. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** Frames are written when none came for so long, in milliseconds: writing costs more than receiving. */
const pause = 250;

/**
 * Keeps the last events and the commands that were not sent in a `Storage`. A storage that is full, forbidden or broken is told
 * once; everything goes on in memory.
 * @param storage `() => localStorage`; a function, because pages may be forbidden to name it
 * @param key the name under which it keeps them; one for each user, so that nobody sees another's
 * @param keep how many events. 100
 */
export function offlineStore(storage: () => StorageLike, key: string, keep = 100): OfflineStore {
  const faults: Fault[] = [];
  let tell = (fault: Fault): void => {
    faults.push(fault);
  };
  let isBroken = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const use = <Value>(work: (storage: StorageLike) => Value): Value | undefined => {
    try {
      return work(storage());
    } catch (cause) {
      if (!isBroken) tell({ kind: 'storage', message: `what is kept offline is not safe: ${reasonOf(cause)}`, cause });
      isBroken = true;
      return undefined;
    }
  };
  const read = (part: string): unknown[] => {
    try {
      const found: unknown = JSON.parse(use((storage) => storage.getItem(`${key}:${part}`)) ?? '[]');
      return Array.isArray(found) ? found : [];
    } catch {
      return []; // Somebody else wrote there.
    }
  };
  /** @returns whether it was written */
  const save = (part: string, list: readonly unknown[]): boolean =>
    use((storage) => {
      if (list.length > 0) storage.setItem(`${key}:${part}`, JSON.stringify(list));
      else storage.removeItem(`${key}:${part}`);
      return true;
    }) ?? false;

  // Commands that could not be written.
  const unwritten: string[] = [];
  let isStuck = false;
  const stored = () => isStuck ? [] : read('commands').filter((text): text is string => typeof text === 'string');

  const frames = read('events').slice(-keep);
  const saveFrames = () => {
    timer = undefined;
    save('events', frames);
  };

  return {
    frames: () => [...frames],
    keep(frame) {
      frames.push(frame);
      if (frames.length > keep) frames.shift();
      timer ??= setTimeout(saveFrames, pause);
    },
    takeCommands() {
      const commands = [...stored(), ...unwritten.splice(0)];
      // What cannot be taken out would be sent again and again.
      if (commands.length > 0 && !save('commands', [])) isStuck = true;
      return commands;
    },
    addCommand(command, most) {
      const before = stored();
      if (before.length + unwritten.length >= most) return false;
      if (isStuck || !save('commands', [...before, command])) unwritten.push(command);
      return true;
    },
    close() {
      if (timer === undefined) return;
      clearTimeout(timer);
      saveFrames();
    },
    onFault(teller) {
      tell = teller;
      // After the caller's turn, when who wants to be told has said so.
      queueMicrotask(() => faults.splice(0).forEach(teller));
    },
  };
}
