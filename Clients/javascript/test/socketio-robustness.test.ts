// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bench, cut, next } from './support/bench.ts';

describe('a Socket.IO client whose program does what programs do', () => {
  it(
    'ROOM-072 a handler that ends the connection within a burst gets the rest of it once, in order',
    bench(async ({ server, open, joined }) => {
      for (const end of ['disconnect', 'cut'] as const) {
        const bursts: unknown[][] = [];
        const onBatch = (events: readonly { data: unknown }[]) => bursts.push(events.map((event) => event.data));
        const socket = open({ batch: { every: 20, onBatch }, reconnection: false });
        const there = await joined();
        const heard: unknown[] = [];
        const ended = next(socket, 'disconnect');
        socket.on('said', (number: number) => {
          heard.push(number);
          if (number === 2) end === 'disconnect' ? socket.disconnect() : cut(socket);
        });
        for (const number of [1, 2, 3, 4]) there.emit('said', number);
        await ended;
        await new Promise((resolve) => setTimeout(resolve, 40));
        assert.deepEqual(heard, [1, 2, 3, 4], end);
        assert.deepEqual(bursts, [[1, 2, 3, 4]], end);
      }
      void server;
    }),
  );

  it(
    'who is told of faults may throw, too',
    bench(async ({ open, joined }) => {
      const told: string[] = [];
      const socket = open({
        onError: (fault) => {
          told.push(fault.kind);
          throw new Error('while it is told');
        },
      });
      const there = await joined();
      socket.on('said', () => {
        throw new Error('in a handler');
      });
      const last = next(socket, 'last');
      const error = console.error;
      const printed: unknown[] = [];
      console.error = (...values: unknown[]) => printed.push(values[0]);
      try {
        there.emit('said');
        there.emit('last');
        await last;
      } finally {
        console.error = error;
      }
      assert.deepEqual(told, ['handler']);
      assert.equal(printed.length, 1);
      assert.equal(socket.state, 'open');
    }),
  );

  it(
    'ROOM-071 an event that has the name of what every object inherits is an event like others',
    bench(async ({ open, joined }) => {
      const faults: string[] = [];
      const socket = open({ schemas: { said: () => undefined }, onError: (fault) => void faults.push(fault.message) });
      const there = await joined();
      const heard: unknown[] = [];
      const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];
      for (const name of names) socket.on(name, () => heard.push(name));
      const last = next(socket, 'last');
      for (const name of names) there.emit(name, {});
      there.emit('last');
      await last;
      assert.deepEqual(heard, names);
      assert.deepEqual(faults, []);
    }),
  );

  it(
    'what is thrown may be no text, and an option may throw, too',
    bench(async ({ open, joined }) => {
      const faults: string[] = [];
      const eventId = (event: string) => {
        if (event === 'nameless') throw new Error('no id');
        return undefined;
      };
      const socket = open({ eventId, onError: (fault) => void faults.push(fault.message) });
      const there = await joined();
      socket.on('said', () => {
        throw Object.create(null);
      });
      const nameless = next(socket, 'nameless');
      const last = next(socket, 'last');
      for (const event of ['said', 'nameless', 'last']) there.emit(event, {});
      await nameless;
      await last;
      assert.deepEqual(faults, [
        'a handler of said has thrown: something that is no text',
        'eventId has thrown: no id',
      ]);
    }),
  );
});
