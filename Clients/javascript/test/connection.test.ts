// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connectPaychain } from '../src/paychain.ts';
import { connectRangkai } from '../src/rangkai.ts';
import type { Connection, Fault, State, StateDetail } from '../src/types.ts';
import { fakeSockets } from './support/sockets.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

const welcome = { type: 'connected', userId: 'did:rangkai:alice', timestamp: '2025-11-05T12:00:00.000Z' };
const url = 'ws://localhost:3000/ws';

describe('a connection', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  /** A Rangkai connection over fake sockets, and all that it told. */
  const rangkai = (
    options: Parameters<typeof connectRangkai>[2] = {},
    token: Parameters<typeof connectRangkai>[1] = 't',
  ) => {
    const sockets = fakeSockets();
    const connection = connectRangkai(url, token, { WebSocket: sockets.WebSocket, ...options });
    return { ...watched(connection), ...sockets };
  };
  const paychain = (options: Parameters<typeof connectPaychain>[1] = {}) => {
    const sockets = fakeSockets();
    const connection = connectPaychain(undefined, { WebSocket: sockets.WebSocket, ...options });
    return { ...watched(connection), ...sockets };
  };
  const watched = <E extends object>(connection: Connection<E>) => {
    const faults: Fault[] = [];
    const states: [State, StateDetail][] = [];
    connection.onError((fault) => faults.push(fault));
    connection.onState((state, detail) => states.push([state, detail]));
    return { connection, faults, states, kinds: () => faults.map((fault) => fault.kind) };
  };

  it('RNG-056 reconnects after a drop and subscribes its channels again', async () => {
    const { connection, all, last } = rangkai();
    const got: unknown[] = [];
    connection.on('order.shipped', (order) => got.push(order.orderNumber));
    connection.subscribe(['order:1', 'user:did:rangkai:alice']);
    await settle();
    assert.equal(last().url, 'ws://localhost:3000/ws?token=t');
    last().open();
    assert.equal(connection.isConnected, false);
    assert.deepEqual(last().sent, []);
    last().say(welcome);
    assert.equal(connection.isConnected, true);
    const subscribe = { type: 'subscribe', channels: ['order:1', 'user:did:rangkai:alice'] };
    assert.deepEqual(last().sent, [subscribe]);
    last().end(1006);
    assert.equal(connection.state, 'waiting');
    await time.pass(1200);
    assert.equal(all.length, 2);
    last().open();
    last().say(welcome);
    assert.deepEqual(last().sent, [subscribe]);
    last().say({ event: 'order.shipped', data: { orderNumber: 'ORD-1' }, timestamp: welcome.timestamp });
    assert.deepEqual(got, ['ORD-1']);
    connection.close();
  });

  it('RNG-D16 waits 1 s, twice as long each time, at most 30 s, 20 % more or less, and starts anew after a welcome', async () => {
    const { connection, all, last, states } = rangkai();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await settle();
      last().end(1006);
      const delay = states[states.length - 1][1].delay ?? NaN;
      const even = Math.min(30_000, 1000 * 2 ** attempt);
      assert.ok(delay >= 0.8 * even && delay <= Math.min(30_000, 1.2 * even), `attempt ${attempt}: ${delay}`);
      await time.pass(delay);
      assert.equal(all.length, attempt + 2);
    }
    last().open();
    last().say(welcome);
    last().end(1006);
    assert.ok((states[states.length - 1][1].delay ?? NaN) <= 1200);
    connection.close();
  });

  it('PAY-037 PAY-038 retries after 1, 2, 4, 8 and 16 s, then stops; a success resets the count', async () => {
    const { connection, all, last, states } = paychain();
    await settle();
    const fail = async () => {
      const delays: (number | undefined)[] = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        last().end(1006);
        delays.push(states[states.length - 1][1].delay);
        await time.pass(delays[attempt] ?? 100_000);
      }
      return delays;
    };
    assert.deepEqual(await fail(), [1000, 2000, 4000, 8000, 16_000, undefined]);
    assert.equal(connection.state, 'failed');
    assert.equal(all.length, 6);
    connection.reconnect();
    await settle();
    assert.equal(all.length, 7);
    last().end(1006);
    await time.pass(1000);
    last().open();
    last().say({ type: 'connected', data: {} });
    assert.deepEqual(await fail(), [1000, 2000, 4000, 8000, 16_000, undefined]);
    connection.close();
  });
});
