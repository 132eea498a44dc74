// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { rangkai } from './support/watched.ts';
import { type FakeTime, fakeTime } from './support/time.ts';

const pong = { type: 'pong', timestamp: '2025-11-05T12:00:30.000Z' };

describe('the heartbeat', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it('RNG-060 sends a ping every 30 s and goes on while pongs come', async () => {
    const { connection, all, last, welcome } = rangkai();
    await welcome();
    for (let beat = 1; beat <= 5; beat += 1) {
      await time.pass(29_999);
      assert.equal(last().sent.length, beat - 1);
      await time.pass(1);
      assert.deepEqual(last().sent[beat - 1], { type: 'ping' });
      last().say(pong);
    }
    assert.equal(all.length, 1);
    assert.equal(connection.state, 'open');
    connection.close();
  });

  it('RNG-060 RNG-D17 reconnects when no pong comes within 10 s: a half-open socket is dropped, not awaited', async () => {
    const { connection, all, last, welcome, kinds } = rangkai();
    await welcome();
    await time.pass(30_000);
    await time.pass(9_999);
    assert.equal(connection.state, 'open');
    await time.pass(1);
    assert.equal(connection.state, 'waiting');
    assert.deepEqual(kinds(), ['heartbeat', 'connection']);
    assert.notEqual(all[0].closed, undefined);
    assert.equal(all[0].isHeard, false);
    await time.pass(1200);
    assert.equal(all.length, 2);
    await welcome();
    assert.equal(last().sent.length, 0);
    assert.equal(connection.state, 'open');
    connection.close();
  });

  it('RNG-D17 both times can be set, and it can be left out', async () => {
    const quick = rangkai({ heartbeat: { every: 100, timeout: 20 } });
    await quick.welcome();
    await time.pass(120);
    assert.deepEqual(quick.kinds(), ['heartbeat', 'connection']);
    quick.connection.close();
    const none = rangkai({ heartbeat: false });
    await none.welcome();
    await time.pass(1_000_000);
    assert.deepEqual(none.last().sent, []);
    assert.equal(none.connection.state, 'open');
    none.connection.close();
  });
});
