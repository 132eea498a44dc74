// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { paychain, rangkai, rangkaiURL, rangkaiWelcome } from './support/watched.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

describe('a connection', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it('RNG-056 reconnects after a drop and subscribes its channels again', async () => {
    const { connection, all, last, welcome } = rangkai();
    const got: unknown[] = [];
    connection.on('order.shipped', (order) => got.push(order.orderNumber));
    connection.subscribe(['order:1', 'user:did:rangkai:alice']);
    await settle();
    assert.equal(last().url, `${rangkaiURL}?token=t`);
    const subscribe = { type: 'subscribe', channels: ['order:1', 'user:did:rangkai:alice'] };
    assert.deepEqual(await welcome(), [subscribe]);
    last().end(1006);
    assert.equal(connection.state, 'waiting');
    await time.pass(1200);
    assert.equal(all.length, 2);
    assert.deepEqual(await welcome(), [subscribe]);
    last().say({ event: 'order.shipped', data: { orderNumber: 'ORD-1' }, timestamp: rangkaiWelcome.timestamp });
    assert.deepEqual(got, ['ORD-1']);
    connection.close();
  });

  it('RNG-D16 waits 1 s, twice as long each time, at most 30 s, 20 % more or less, and starts anew after a welcome', async () => {
    const { connection, all, last, delay, welcome } = rangkai();
    const delays = new Set<number>();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await settle();
      last().end(1006);
      const even = Math.min(30_000, 1000 * 2 ** attempt);
      const waited = delay() ?? NaN;
      assert.ok(waited >= 0.8 * even && waited <= Math.min(30_000, 1.2 * even), `attempt ${attempt}: ${waited}`);
      delays.add(waited / even);
      await time.pass(waited - 1);
      assert.equal(all.length, attempt + 1);
      await time.pass(1);
      assert.equal(all.length, attempt + 2);
    }
    assert.ok(delays.size > 3, 'no two clients come at once');
    await welcome();
    last().end(1006);
    assert.ok((delay() ?? NaN) <= 1200);
    connection.close();
  });

  it('RNG-D16 all its numbers can be set', async () => {
    const schedule = { first: 10, factor: 3, most: 50, jitter: 0, attempts: 4 };
    const { connection, last, delay, states } = rangkai({ schedule });
    const delays = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await settle();
      last().end(1006);
      delays.push(delay());
      await time.pass(50);
    }
    last().end(1006);
    assert.deepEqual(delays, [10, 30, 50, 50]);
    assert.equal(states[states.length - 1][0], 'failed');
    connection.close();
  });

  it('PAY-037 PAY-038 PAY-D14 retries after 1, 2, 4, 8 and 16 s, then stops; a success resets the count', async () => {
    const { connection, all, last, delay, welcome } = paychain();
    await settle();
    const fail = async () => {
      const delays: (number | undefined)[] = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        last().end(1006);
        delays.push(delay());
        await time.pass(delays[attempt] ?? 100_000);
      }
      return delays;
    };
    assert.deepEqual(await fail(), [1000, 2000, 4000, 8000, 16_000, undefined]);
    assert.equal(connection.state, 'failed');
    assert.equal(connection.isConnected, false);
    assert.equal(all.length, 6);
    connection.reconnect();
    await settle();
    assert.equal(all.length, 7);
    last().end(1006);
    await time.pass(1000);
    await welcome();
    assert.deepEqual(await fail(), [1000, 2000, 4000, 8000, 16_000, undefined]);
    connection.close();
  });

  it('PAY-024 isConnected is true only while the socket is open', async () => {
    const { connection, last, welcome } = paychain();
    assert.equal(connection.isConnected, false);
    await settle();
    last().open();
    assert.equal(connection.isConnected, false);
    await welcome();
    assert.equal(connection.isConnected, true);
    last().end(1001);
    assert.equal(connection.isConnected, false);
    await time.pass(1000);
    await welcome();
    assert.equal(connection.isConnected, true);
    connection.close();
    assert.equal(connection.isConnected, false);
  });

  it('PAY-068 a server that is down is told as the browser does, without throwing and without the token', async () => {
    const { connection, faults, last } = paychain({ token: 'secret' });
    await settle();
    assert.match(last().url, /token=secret/);
    last().end(1006);
    assert.equal(faults[0].message, "WebSocket connection to 'ws://localhost:8080/ws' failed");
    connection.close();
  });

  it('RNG-061 close() closes the socket, stops every timer, removes every listener, and says nothing more', async () => {
    const scope = globalThis as unknown as { addEventListener: unknown; removeEventListener: unknown };
    const real = { add: scope.addEventListener, remove: scope.removeEventListener };
    const listening = new Set<unknown>();
    scope.addEventListener = (name: string, handler: unknown) => listening.add(`${name} ${handler}`);
    scope.removeEventListener = (name: string, handler: unknown) => listening.delete(`${name} ${handler}`);
    try {
      const before = time.timers;
      const { connection, all, last, welcome, states } = rangkai({ batch: { every: 20 } });
      const got: unknown[] = [];
      connection.onAny((event) => got.push(event));
      connection.subscribe('global');
      await welcome();
      last().say({ event: 'announcement', data: {}, timestamp: rangkaiWelcome.timestamp });
      connection.close(4123, 'enough');
      assert.equal(got.length, 1, 'what came before is handed over');
      assert.deepEqual(last().closed, { code: 4123, reason: 'enough' });
      assert.equal(last().isHeard, false);
      assert.equal(time.timers, before);
      assert.equal(listening.size, 0);
      assert.deepEqual(states[states.length - 1], ['closed', { code: 4123, reason: 'enough' }]);
      last().say({ event: 'announcement', data: {} });
      connection.close();
      connection.reconnect();
      connection.setToken('other');
      connection.subscribe('x');
      await time.pass(100_000);
      assert.equal(all.length, 1);
      assert.equal(got.length, 1);
      assert.equal(states.length, 3);
    } finally {
      scope.addEventListener = real.add;
      scope.removeEventListener = real.remove;
    }
  });

  it('RNG-061 close() in each state leaves nothing', async () => {
    const until: Record<string, (watched: ReturnType<typeof rangkai>) => Promise<unknown> | void> = {
      'before the first attempt': () => {},
      'while the socket connects': () => settle(),
      'before the welcome': async ({ last }) => {
        await settle();
        last().open();
      },
      'while it waits': async ({ last }) => {
        await settle();
        last().end(1006);
      },
      'while a pong is awaited': async ({ welcome }) => {
        await welcome();
        await time.pass(31_000);
      },
    };
    for (const [when, reach] of Object.entries(until)) {
      const watched = rangkai();
      await reach(watched);
      const count = watched.all.length;
      watched.connection.close();
      assert.equal(time.timers, 0, when);
      await time.pass(100_000);
      assert.equal(watched.all.length, count, when);
      for (const socket of watched.all) assert.equal(socket.isHeard, false, when);
    }
  });

  it('a server that accepts and never says welcome is given up after the deadline', async () => {
    const { connection, all, last, faults } = rangkai({ deadline: 5000 });
    await settle();
    last().open();
    await time.pass(4999);
    assert.equal(connection.state, 'connecting');
    await time.pass(1);
    assert.equal(connection.state, 'waiting');
    assert.match(faults[0].message, /no answer within 5000 ms/);
    assert.deepEqual(all[0].closed, { code: 1000, reason: '' });
    connection.close();
  });

  it('a server that closes at once makes no hot loop', async () => {
    const { connection, all, welcome, last } = rangkai();
    for (let turn = 0; turn < 20; turn += 1) {
      await welcome();
      last().end(1011);
      await time.pass(100);
      if (connection.state === 'waiting') await time.pass(1200);
    }
    assert.equal(all.length, 21);
    assert.ok(time.now >= 20 * 800);
    connection.close();
  });

  it('what cannot be an address, or no WebSocket at all, is told and thrown nowhere', async () => {
    for (
      const WebSocket of [
        undefined,
        class {
          constructor() {
            throw new SyntaxError('no such address');
          }
        },
      ]
    ) {
      const scope = globalThis as unknown as { WebSocket: unknown };
      const real = scope.WebSocket;
      scope.WebSocket = undefined;
      const { connection, faults } = rangkai({ WebSocket });
      await settle();
      scope.WebSocket = real;
      assert.equal(connection.state, 'waiting');
      assert.equal(faults[0].kind, 'connection');
      connection.close();
    }
  });

  it('an address that the constructor refuses is told without its token', async () => {
    const WebSocket = class {
      constructor(url: string) {
        throw new SyntaxError(`The URL '${url}' is invalid.`);
      }
    };
    const { connection, faults } = rangkai({ WebSocket }, 'secret');
    await settle();
    assert.match(faults[0].message, /The URL 'ws:\/\/localhost:3000\/ws' is invalid/);
    assert.doesNotMatch(JSON.stringify(faults), /secret/);
    connection.close();
  });
});
