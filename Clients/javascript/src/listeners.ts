// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from './reason.ts';
import type { Fault, Release } from './types.ts';

/** Functions that want to be told, by name. */
export interface Listeners {
  /** Adds a function once. */
  // deno-lint-ignore no-explicit-any -- the connection's interface gives each name its parameters
  add(name: string, handler: (...values: any[]) => void): Release;
  has(name: string): boolean;
  /** Calls all of this name that are there now and still there at their turn. What they throw is told as a fault. */
  call(name: string, ...values: unknown[]): void;
  /** Tells of a fault; to the console while nobody listens. */
  tell(fault: Fault): void;
  clear(): void;
}

/** The name under which those are kept that are told of faults; no event has it, since events are kept under `event:NAME`. */
const faults = 'faults';

export function createListeners(): Listeners {
  const byName = new Map<string, Set<(...values: unknown[]) => void>>();

  const call = (name: string, ...values: unknown[]) => {
    const handlers = byName.get(name);
    if (!handlers) return;
    // A copy: who is added while these are called is not called for this event.
    for (const handler of [...handlers]) {
      if (!handlers.has(handler)) continue;
      try {
        handler(...values);
      } catch (cause) {
        if (name === faults) console.error('Switchboard: a handler of faults threw', cause);
        else tell({ kind: 'handler', message: `a handler of ${name} threw: ${reasonOf(cause)}`, cause });
      }
    }
  };

  const tell = (fault: Fault) => {
    if (byName.has(faults)) call(faults, fault);
    else console.warn(`Switchboard: ${fault.message}`);
  };

  return {
    add(name, handler) {
      let handlers = byName.get(name);
      if (!handlers) byName.set(name, handlers = new Set());
      handlers.add(handler);
      return () => {
        const found = byName.get(name);
        if (found?.delete(handler) && found.size === 0) byName.delete(name);
      };
    },
    has: (name) => byName.has(name),
    call,
    tell,
    clear() {
      // Those that are being called look into their own set.
      byName.forEach((handlers) => handlers.clear());
      byName.clear();
    },
  };
}
