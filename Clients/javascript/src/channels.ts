// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { ChannelCommand, Dialect } from './dialect.ts';

/** So many channels are named in one message. */
const most = 100;

/** The channels that a connection wants, counted, and the messages that say so. */
export interface Channels {
  /** Wants them once more. */
  hold(names: readonly string[]): void;
  /** Wants them once less; those that nobody wants any more are left. */
  release(names: readonly string[]): void;
  /** Asks for all that are wanted, on a new connection. @param position the last one that came, to be handed what followed */
  renew(position: string | undefined): void;
  /** The server has ended these subscriptions. @returns those that are wanted all the same */
  ended(names: readonly string[]): string[];
}

/**
 * @param isOpen whether messages may be sent now
 * @param send sends a message of these members
 */
export function createChannels(
  dialect: Dialect,
  isOpen: () => boolean,
  send: (message: Record<string, unknown>) => void,
): Channels {
  const counts = new Map<string, number>();
  // Answers to our own `unsubscribe` that have not come yet.
  const leaving = new Map<string, number>();

  const tell = (command: ChannelCommand | undefined, names: readonly string[], more: Record<string, unknown> = {}) => {
    if (!command || !isOpen()) return;
    const { name, channel, channels } = command;
    const size = channels ? most : 1;
    for (let start = 0; start < names.length; start += size) {
      const some = names.slice(start, start + size);
      const named = channels ? { [channels]: some } : { [channel ?? 'channel']: some[0] };
      send({ [dialect.command]: name, ...named, ...more });
    }
  };

  return {
    hold(names) {
      const fresh = names.filter((name) => !counts.has(name));
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
      tell(dialect.subscribe, [...new Set(fresh)]);
    },
    release(names) {
      const left: string[] = [];
      for (const name of names) {
        const count = counts.get(name);
        if (count === undefined) continue;
        if (count > 1) counts.set(name, count - 1);
        else {
          counts.delete(name);
          left.push(name);
          if (dialect.unsubscribed && isOpen()) leaving.set(name, (leaving.get(name) ?? 0) + 1);
        }
      }
      tell(dialect.unsubscribe, left);
    },
    renew(position) {
      leaving.clear();
      const since = dialect.positions?.since;
      tell(dialect.subscribe, [...counts.keys()], since && position ? { [since]: position } : {});
    },
    ended(names) {
      return names.filter((name) => {
        const answers = leaving.get(name) ?? 0;
        if (answers > 1) leaving.set(name, answers - 1);
        else leaving.delete(name);
        return answers === 0 && counts.has(name);
      });
    },
  };
}
