// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Received } from '../src/types.ts';
import { rangkai } from './support/watched.ts';
import { type FakeTime, fakeTime } from './support/time.ts';

const at = (milliseconds: number) => new Date(Date.parse('2025-11-05T12:00:00Z') + milliseconds).toISOString();
const event = (n: number, time = n) => ({ event: 'announcement', data: { n }, timestamp: at(time) });

describe('order and batches', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it('BULK-020 events are handed over by their times, also when an earlier one comes later', async () => {
    const { connection, last, welcome } = rangkai({ order: 'time' });
    const got: unknown[] = [];
    connection.on('announcement', (data) => got.push(data.n));
    await welcome();
    for (const n of [3, 1, 2]) last().say(event(n));
    await time.pass(49);
    last().say(event(0));
    last().say(event(9));
    assert.deepEqual(got, []);
    await time.pass(1);
    assert.deepEqual(got, [0, 1, 2, 3], 'the ninth waits for earlier ones');
    last().say(event(8));
    last().say({ event: 'announcement', data: { n: 'without a time' } });
    await time.pass(100);
    assert.deepEqual(got.slice(4), [8, 'without a time', 9]);
    last().say(event(5));
    await time.pass(50);
    assert.deepEqual(got.slice(7), [5], 'late is better than never');
    connection.close();
  });

  it('a batch is handed over in order and complete', async () => {
    const batches: number[][] = [];
    const onBatch = (events: readonly Received[]) => {
      batches.push(events.map((one) => (one.data as { n: number }).n));
      throw new Error('mine');
    };
    const { connection, last, welcome, kinds } = rangkai({ batch: { every: 100, onBatch } });
    const got: unknown[] = [];
    connection.on('announcement', (data) => got.push(data.n));
    await welcome();
    for (let n = 0; n < 5; n += 1) last().say(event(n, 0));
    await time.pass(99);
    assert.deepEqual(got, []);
    await time.pass(1);
    assert.deepEqual(batches, [[0, 1, 2, 3, 4]]);
    assert.deepEqual(got, [0, 1, 2, 3, 4]);
    last().say(event(5));
    await time.pass(100);
    assert.deepEqual(batches[1], [5]);
    assert.deepEqual(kinds(), ['handler', 'handler']);
    connection.close();
    assert.equal(time.timers, 0);
  });

  it('no task goes on for long: the rest of a batch has its own', async () => {
    const { connection, last, welcome } = rangkai({ batch: { every: 20 } });
    const got: unknown[] = [];
    const starts = new Set<number>();
    let spent = 0;
    const real = performance.now;
    performance.now = () => real() + spent;
    connection.on('announcement', (data) => {
      got.push(data.n);
      spent += 3;
      starts.add(time.now);
    });
    await welcome();
    for (let n = 0; n < 9; n += 1) last().say(event(n));
    await time.pass(20);
    await time.pass(0);
    assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(spent, 27);
    connection.close();
  });

  it('a page in the background, whose timers sleep, hands over when the next message comes', async () => {
    const { connection, last, welcome } = rangkai({ batch: { every: 20 } });
    const got: unknown[] = [];
    connection.on('announcement', (data) => got.push(data.n));
    await welcome();
    const real = performance.now;
    last().say(event(1));
    performance.now = () => real() + 1000;
    last().say(event(2));
    assert.deepEqual(got, [1, 2]);
    connection.close();
  });
});
