// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Remembers the last ids.
 * @param most how many; 0 remembers none
 * @returns whether an id is new, which it then no longer is
 */
export function createRecent(most: number): (id: string) => boolean {
  const ids = new Set<string>();
  return (id) => {
    if (most <= 0) return true;
    if (ids.has(id)) return false;
    ids.add(id);
    // A set gives its oldest member first.
    if (ids.size > most) ids.delete(ids.values().next().value as string);
    return true;
  };
}
