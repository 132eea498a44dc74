// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bulkbuyer } from '../src/bulkbuyer.ts';
import { connect } from '../src/connection.ts';
import type { Options } from '../src/types.ts';
import { rangkai, rangkaiURL, rangkaiWelcome, watch } from './support/watched.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

const at = (seconds: number) => new Date(Date.parse('2025-11-05T12:00:00Z') + 1000 * seconds).toISOString();
const message = (n: number) => ({ type: 'POOL_PROGRESS', id: `n-${n}`, timestamp: at(n), data: { n } });
const shipped = (n: number) => ({ event: 'order.shipped', data: { n }, timestamp: rangkaiWelcome.timestamp });

describe('things that happen at once', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  /** A connection whose fetch of what was missed never ends. */
  const fetching = (more: Partial<Options> = {}) =>
    watch((WebSocket) =>
      connect('ws://localhost/', {
        dialect: bulkbuyer,
        schedule: { jitter: 0 },
        missed: () => new Promise(() => {}),
        WebSocket,
        ...more,
      }), undefined);

  /** One that holds a live event while it fetches what was missed. */
  const holding = async () => {
    const watched = fetching({ heartbeat: false });
    await watched.welcome();
    watched.last().say(message(1));
    watched.last().end(1006);
    await time.pass(1000);
    await watched.welcome();
    watched.last().say(message(2));
    return watched;
  };

  it('a handler that closes the connection when it is handed what was held at a drop has closed it for good', async () => {
    const { connection, all, last, states } = await holding();
    const got: unknown[] = [];
    connection.onAny((event) => {
      got.push(event.id);
      connection.close();
    });
    last().end(1006);
    await time.pass(100_000);
    assert.deepEqual(got, ['n-2']);
    assert.equal(connection.state, 'closed');
    assert.equal(all.length, 2);
    assert.equal(states[states.length - 1][0], 'closed');
    assert.equal(time.timers, 0);
  });

  it('a handler that reconnects when it is handed what was held at a drop makes one socket', async () => {
    const { connection, all, last, welcome } = await holding();
    connection.onAny(() => connection.reconnect());
    last().end(1006);
    await welcome();
    await time.pass(20_000);
    assert.equal(all.length, 3);
    assert.equal(connection.state, 'open');
    connection.close();
    assert.equal(all.filter((socket) => socket.isHeard).length, 0);
    assert.equal(time.timers, 0);
  });

  it('a handler that closes the connection while reconnect() hands over what was held has closed it', async () => {
    const { connection, all } = await holding();
    connection.onAny(() => connection.close());
    connection.reconnect();
    await time.pass(100_000);
    assert.equal(connection.state, 'closed');
    assert.equal(all.length, 2);
    assert.equal(time.timers, 0);
  });

  for (const more of [{ batch: { every: 20 } }, { order: 'time' }] as const) {
    it(`a handler that closes the connection gets the rest of a burst once, in order: ${JSON.stringify(more)}`, async () => {
      const bursts: number[][] = [];
      const onBatch = (events: readonly { data: unknown }[]) =>
        bursts.push(events.map((event) => (event.data as { n: number }).n));
      const options = 'batch' in more ? { batch: { every: 20, onBatch } } : more;
      const { connection, last, welcome, kinds } = rangkai(options);
      const got: unknown[] = [];
      connection.on('order.shipped', (order) => {
        got.push((order as unknown as { n: number }).n);
        if (got.length === 2) connection.close();
      });
      await welcome();
      for (const n of [1, 2, 3, 4]) last().say(shipped(n));
      await time.pass(100);
      assert.deepEqual(got, [1, 2, 3, 4]);
      assert.deepEqual(bursts, 'batch' in more ? [[1, 2, 3, 4]] : []);
      assert.deepEqual(kinds(), []);
      assert.equal(connection.state, 'closed');
      assert.equal(time.timers, 0);
    });
  }

  it('BULK-020 close() hands over what is held by its times', async () => {
    const { connection, last, welcome } = fetching({ order: 'time', missed: undefined });
    const got: unknown[] = [];
    connection.onAny((event) => got.push(event.id));
    await welcome();
    for (const n of [3, 1, 2]) last().say(message(n));
    connection.close();
    assert.deepEqual(got, ['n-1', 'n-2', 'n-3']);
  });

  it('a token that was replaced before the server refused the old one is tried', async () => {
    const { connection, all, last, welcome } = rangkai({}, 'old');
    await welcome();
    connection.setToken('new');
    last().end(4001);
    assert.equal(connection.state, 'waiting');
    await time.pass(1200);
    assert.match(last().url, /token=new/);
    // The same while an attempt is under way.
    connection.setToken('newer');
    last().end(4001);
    await time.pass(2400);
    assert.match(last().url, /token=newer/);
    last().end(4001);
    assert.equal(connection.state, 'failed');
    assert.equal(all.length, 3);
    connection.close();
  });

  it('a token function that comes later may be asked twice, as one that was there from the start', async () => {
    const { connection, last } = rangkai({}, 'old');
    await settle();
    last().end(4001);
    assert.equal(connection.state, 'failed');
    connection.setToken(() => 'given');
    await settle();
    last().end(4001);
    assert.equal(connection.state, 'waiting');
    await time.pass(1200);
    last().end(4001);
    assert.equal(connection.state, 'failed');
    connection.close();
  });

  it('no token is sent where there is none, whatever a storage calls that', async () => {
    const { connection, last } = rangkai({}, () => null);
    await settle();
    assert.equal(last().url, rangkaiURL);
    connection.close();
  });

  it('an address may be a URL object', async () => {
    const { connection, all, kinds, last } = watch(
      (WebSocket) => connect(new URL('http://localhost:3000/ws?a=1'), { dialect: bulkbuyer, WebSocket }),
      undefined,
    );
    await settle();
    assert.equal(all[0].url, 'ws://localhost:3000/ws?a=1');
    last().end(1006);
    assert.deepEqual(kinds(), ['connection']);
    connection.close();
  });

  it('times without an end are long, and not none', async () => {
    const { connection, all, last, delay, welcome } = rangkai({
      deadline: Infinity,
      heartbeat: { every: Infinity },
      schedule: { most: Infinity, jitter: 0 },
    });
    const longest = 2 ** 31 - 1;
    const real = globalThis.setTimeout as unknown as (work: () => void, delay?: number) => unknown;
    const asked: unknown[] = [];
    (globalThis as unknown as Record<string, unknown>).setTimeout = (work: () => void, delay?: number) => {
      asked.push(delay);
      return real(work, delay);
    };
    await welcome();
    for (let turn = 0; turn < 30; turn += 1) {
      last().end(1006);
      await time.pass(delay() ?? 0);
    }
    assert.equal(all.length, 31);
    for (const one of asked) assert.ok(Number(one) <= longest, `${one} ms is what timers take for none`);
    connection.close();
  });
});
