// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// As socket.io-client has these types, which it does not export.

/** Event names with their handlers: `{ said: (text: string) => void }`. */
// deno-lint-ignore no-explicit-any
export type EventsMap = { [event: string]: any };

/** What a socket without types of its own has. */
export interface DefaultEventsMap {
  // deno-lint-ignore no-explicit-any
  [event: string]: (...args: any[]) => void;
}

/** The names of a map's events. */
export type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);
