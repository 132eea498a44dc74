// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bulkbuyer } from '../src/bulkbuyer.ts';
import { connect } from '../src/connection.ts';
import type { Options, Since } from '../src/types.ts';
import { watch } from './support/watched.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

const at = (seconds: number) => new Date(Date.parse('2025-11-05T12:00:00Z') + 1000 * seconds).toISOString();
const message = (n: number) => ({ type: 'POOL_PROGRESS', id: `n-${n}`, timestamp: at(n), data: { n } });

describe('missed messages', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  /** A connection that fetches what it missed; the test answers each fetch. */
  const fetching = (more: Partial<Options> = {}) => {
    const asked: { since: Since; answer(frames: unknown): void; fail(reason: unknown): void }[] = [];
    const got: unknown[] = [];
    const watched = watch(
      (WebSocket) =>
        connect('ws://localhost/', {
          dialect: bulkbuyer,
          schedule: { jitter: 0 },
          missed: (since) =>
            new Promise((resolve, reject) =>
              asked.push({ since, answer: (frames) => resolve(frames as []), fail: reject })
            ),
          WebSocket,
          ...more,
        }),
      undefined,
    );
    watched.connection.onAny((event) => got.push((event.data as { n: number }).n));
    return { ...watched, asked, got };
  };

  it('BULK-019 come after a reconnect and before live ones, each once', async () => {
    const { connection, last, welcome, asked, got, kinds } = fetching();
    await welcome();
    assert.equal(asked.length, 0, 'nothing was missed before the first connection');
    last().say(message(1));
    last().end(1006);
    await time.pass(1000);
    await welcome();
    assert.deepEqual(asked[0].since, { time: at(1), id: 'n-1' });
    last().say(message(4));
    last().say(message(5));
    assert.deepEqual(got, [1]);
    asked[0].answer([message(2), message(3), message(4)]);
    await settle();
    assert.deepEqual(got, [1, 2, 3, 4, 5]);
    last().say(message(6));
    last().say(message(3));
    assert.deepEqual(got, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(kinds(), ['connection']);
    connection.close();
  });

  it('BULK-019 a failing fetch is told and tried again; live messages come meanwhile', async () => {
    const { connection, last, welcome, asked, got, faults } = fetching();
    await welcome();
    last().say(message(1));
    last().end(1006);
    await time.pass(1000);
    await welcome();
    last().say(message(4));
    asked[0].fail(new Error('503'));
    await settle();
    assert.deepEqual(got, [1, 4]);
    assert.match(faults[1].message, /could not be fetched: 503/);
    await time.pass(1000);
    asked[1].answer({ no: 'list' });
    await time.pass(2000);
    assert.deepEqual(asked[2].since, { time: at(1), id: 'n-1' }, 'from the same point');
    asked[2].answer([message(2), 'broken', null, message(3), message(4)]);
    await settle();
    assert.deepEqual(got, [1, 4, 2, 3]);
    assert.deepEqual(faults.map((fault) => fault.kind), ['connection', 'missed', 'missed', 'frame', 'frame']);
    connection.close();
  });

  it('a fetch that is never answered holds live messages for ten seconds, and no pong', async () => {
    const { connection, last, welcome, asked, got, kinds } = fetching();
    await welcome();
    last().say({ type: 'PONG', timestamp: at(0) });
    last().end(1006);
    await time.pass(1000);
    await welcome();
    assert.deepEqual(asked[0].since, { time: at(0) }, 'no message came: the time of the first frame');
    last().say({ type: 'PONG', timestamp: at(1) });
    last().say(message(2));
    await time.pass(9_999);
    assert.deepEqual(got, []);
    await time.pass(1);
    assert.deepEqual(got, [2]);
    asked[0].answer([message(1)]);
    await time.pass(1000);
    assert.deepEqual(got, [2], 'what comes too late was given up');
    asked[1].answer([message(1), message(2)]);
    await settle();
    assert.deepEqual(got, [2, 1]);
    assert.deepEqual(kinds(), ['connection', 'missed']);
    connection.close();
  });

  it('a drop during the fetch asks again from the same point', async () => {
    const { connection, last, welcome, asked, got } = fetching();
    await welcome();
    last().say(message(1));
    last().end(1006);
    await time.pass(1000);
    await welcome();
    last().say(message(5));
    last().end(1006);
    assert.deepEqual(got, [1, 5], 'what came is not lost');
    asked[0].answer([message(2)]);
    await time.pass(1000);
    await welcome();
    assert.deepEqual(asked[1].since, { time: at(1), id: 'n-1' });
    asked[1].answer([message(2), message(5)]);
    await settle();
    assert.deepEqual(got, [1, 5, 2]);
    last().end(1006);
    await time.pass(1000);
    await welcome();
    assert.equal(asked.length, 3);
    connection.close();
    assert.equal(time.timers, 0);
  });

  it('a fetch that throws is told', async () => {
    const { connection, last, welcome, kinds } = fetching({
      missed: () => {
        throw new Error('mine');
      },
    });
    await welcome();
    last().end(1006);
    await time.pass(1000);
    await welcome();
    await settle();
    assert.deepEqual(kinds(), ['connection', 'missed']);
    connection.close();
    assert.equal(time.timers, 0);
  });
});
