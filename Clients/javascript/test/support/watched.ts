// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { connectPaychain } from '../../src/paychain.ts';
import { connectRangkai, type RangkaiEvents } from '../../src/rangkai.ts';
import type { Connection, Fault, Options, State, StateDetail } from '../../src/types.ts';
import { type FakeSocket, fakeSockets } from './sockets.ts';
import { settle } from './time.ts';

/** A connection over fake sockets, and all that it told. */
export interface Watched<E extends object> {
  readonly connection: Connection<E>;
  /** Every socket it made, oldest first. */
  readonly all: FakeSocket[];
  readonly faults: Fault[];
  readonly states: [State, StateDetail][];
  last(): FakeSocket;
  kinds(): string[];
  /** The delay before the next attempt, as it was told. */
  delay(): number | undefined;
  /** Opens the last socket and welcomes the client; what the client sent until then is returned and forgotten. */
  welcome(): Promise<Record<string, unknown>[]>;
}

/** Rangkai's welcome at the time at which the fake clocks start. */
export const rangkaiWelcome = { type: 'connected', userId: 'did:rangkai:alice', timestamp: '2025-11-05T12:00:00.000Z' };
export const rangkaiURL = 'ws://localhost:3000/ws';

export function watch<E extends object>(
  open: (WebSocket: ReturnType<typeof fakeSockets>['WebSocket']) => Connection<E>,
  welcome: unknown,
): Watched<E> {
  const sockets = fakeSockets();
  const connection = open(sockets.WebSocket);
  const faults: Fault[] = [];
  const states: [State, StateDetail][] = [];
  connection.onError((fault) => faults.push(fault));
  connection.onState((state, detail) => states.push([state, detail]));
  return {
    connection,
    faults,
    states,
    ...sockets,
    kinds: () => faults.map((fault) => fault.kind),
    delay: () => states[states.length - 1]?.[1].delay,
    async welcome() {
      await settle();
      const socket = sockets.last();
      socket.open();
      if (welcome !== undefined) socket.say(welcome);
      await settle();
      return socket.sent.splice(0);
    },
  };
}

/** A connection in the dialect of Rangkai. */
export function rangkai(
  options: Partial<Options<RangkaiEvents>> = {},
  token: Options['token'] = 't',
): Watched<RangkaiEvents> {
  return watch((WebSocket) => connectRangkai(rangkaiURL, token, { WebSocket, ...options }), rangkaiWelcome);
}

/** A connection in the dialect of PayChain, with any events. */
export function paychain(options: Partial<Options> = {}): Watched<Record<string, unknown>> {
  const welcome = { type: 'connected', data: { connection_id: 'c' }, timestamp: '2025-11-05T12:00:00.000Z' };
  return watch((WebSocket) => connectPaychain<Record<string, unknown>>(undefined, { WebSocket, ...options }), welcome);
}
