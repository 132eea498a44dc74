// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect } from '../src/connection.ts';
import { bulkbuyer } from '../src/bulkbuyer.ts';
import { paychain, rangkai, watch } from './support/watched.ts';
import { type FakeTime, fakeTime } from './support/time.ts';

const at = (seconds: number) => new Date(Date.parse('2025-11-05T12:00:00Z') + 1000 * seconds).toISOString();

describe('events', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it("PAY-027 PAY-030 on() gets the frame's data until its function is called", async () => {
    const { connection, last, welcome } = paychain();
    const got: unknown[] = [];
    const off = connection.on('job_created', (data, event) => got.push(data, event.time));
    await welcome();
    last().say({ type: 'job_created', data: { job_id: 1, title: 'Developer' }, timestamp: at(1) });
    off();
    off();
    last().say({ type: 'job_created', data: { job_id: 2 }, timestamp: at(2) });
    assert.deepEqual(got, [{ job_id: 1, title: 'Developer' }, at(1)]);
    connection.close();
  });

  it('PAY-040 handlers from before a drop get events after it', async () => {
    const { connection, last, welcome } = paychain();
    const got: unknown[] = [];
    connection.on('job_created', (data) => got.push(data));
    await welcome();
    last().end(1006);
    await time.pass(1000);
    await welcome();
    last().say({ type: 'job_created', data: 1, timestamp: at(3) });
    assert.deepEqual(got, [1]);
    connection.close();
  });

  it('the same function twice counts once', async () => {
    const { connection, last, welcome } = rangkai();
    let calls = 0;
    const handler = () => calls += 1;
    connection.on('announcement', handler);
    const off = connection.on('announcement', handler);
    await welcome();
    last().say({ event: 'announcement', data: {} });
    assert.equal(calls, 1);
    off();
    last().say({ event: 'announcement', data: {} });
    assert.equal(calls, 1);
    connection.close();
  });

  it('RNG-058 there is a catch-all, and names that nobody knows throw nothing', async () => {
    const { connection, last, welcome, faults } = rangkai();
    const any: string[] = [];
    const unknown: string[] = [];
    connection.on('order.paid', () => {});
    connection.onAny((event) => any.push(event.event));
    connection.onUnknown((event) => unknown.push(event.event));
    await welcome();
    const names = ['order.paid', 'order.exploded', '__proto__', 'constructor', 'toString', 'faults', 'state', ''];
    for (const event of names) last().say({ event, data: {}, timestamp: at(1) });
    assert.deepEqual(any, names);
    assert.deepEqual(unknown, names.slice(1));
    assert.deepEqual(faults, []);
    connection.close();
  });

  it('frames of every broken kind are told, and the next good one is handed over', async () => {
    const { connection, last, welcome, kinds } = rangkai({ longestFrame: 1000 });
    const got: unknown[] = [];
    connection.onAny((event) => got.push(event.data));
    await welcome();
    const broken = [
      '',
      'no JSON',
      '{"event":"order.paid"',
      'null',
      '[]',
      '17',
      '"text"',
      '{}',
      '{"event":7}',
      '{"event":null,"data":{}}',
      '{"event":{"event":"x"}}',
      '{"type":["connected"]}',
      '{"__proto__":{"event":"order.paid"}}',
      '{"event":"x","data":"' + 'y'.repeat(1000) + '"}',
      '['.repeat(900),
    ];
    for (const frame of broken) last().say(frame);
    last().sayBinary();
    assert.deepEqual(kinds(), Array(broken.length + 1).fill('frame'));
    last().say(
      '{"event":"order.paid","data":{"n":1,"__proto__":{"polluted":true}},"timestamp":17,"constructor":{"prototype":{"polluted":true}}}',
    );
    assert.equal(got.length, 1);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    for (
      const frame of [{ type: 'error' }, { type: 'error', message: {} }, { type: 'subscribed' }, {
        type: 'unsubscribed',
        channel: null,
      }]
    ) {
      last().say(frame);
    }
    last().say({ type: 'connected', timestamp: 'never' });
    assert.equal(connection.state, 'open');
    last().say({ event: 'order.paid', data: 2, timestamp: at(1) });
    assert.equal(got[1], 2);
    connection.close();
  });

  it('handlers that throw are told of, and keep nothing from the others', async () => {
    const { connection, last, welcome, faults } = rangkai();
    const got: string[] = [];
    connection.on('announcement', () => {
      throw new Error('mine');
    });
    connection.on('announcement', () => {
      throw Object.create(null);
    });
    connection.on('announcement', () => got.push('second'));
    connection.onAny(() => got.push('any'));
    connection.onState(() => {
      throw new Error('state');
    });
    connection.onError(() => {
      throw new Error('faults');
    });
    const real = console.error;
    console.error = () => {};
    try {
      await welcome();
      last().say({ event: 'announcement', data: {} });
      connection.close();
    } finally {
      console.error = real;
    }
    assert.deepEqual(got, ['second', 'any']);
    assert.deepEqual(faults.filter((fault) => fault.kind === 'handler').map((fault) => fault.message.split(': ')[1]), [
      'state',
      'state',
      'mine',
      'something that is no text',
      'state',
    ]);
  });

  it('handlers may add and remove handlers, and close the connection, while they are called', async () => {
    const { connection, last, welcome } = rangkai();
    const got: string[] = [];
    const second = () => got.push('second');
    connection.on('announcement', () => {
      got.push('first');
      off();
      connection.on('announcement', () => got.push('added'));
    });
    const off = connection.on('announcement', second);
    await welcome();
    last().say({ event: 'announcement', data: {} });
    assert.deepEqual(got.splice(0), ['first']);
    connection.onAny(() => connection.close());
    connection.onAny(() => got.push('after close'));
    last().say({ event: 'announcement', data: {} });
    last().say({ event: 'announcement', data: {} });
    assert.deepEqual(got, ['first', 'added']);
  });

  it('an event is handed over once for its id; events without ids are all handed over', async () => {
    const { connection, last, welcome } = watch(
      (WebSocket) => connect('ws://localhost/', { dialect: bulkbuyer, deduplicate: 3, WebSocket }),
      undefined,
    );
    const got: unknown[] = [];
    connection.onAny((event) => got.push(event.id ?? 'none'));
    await welcome();
    for (const id of ['a', 'b', 'a', undefined, undefined, 'c', 'd', 'a', 7, 7, { id: 'x' }]) {
      last().say({ type: 'POOL_PROGRESS', id, data: {}, timestamp: at(1) });
    }
    assert.deepEqual(got, ['a', 'b', 'none', 'none', 'c', 'd', 'a', '7', 'none']);
    connection.close();
  });

  it("events older than the limit are told instead, by the server's clock: one that is wrong by hours drops nothing", async () => {
    for (const skew of [-7200, 0, 7200]) {
      const { connection, last, kinds } = rangkai({ maximumAge: 60_000 });
      const got: unknown[] = [];
      connection.onAny((event) => got.push(event.data));
      await time.pass(0);
      const now = (Date.now() - Date.parse('2025-11-05T12:00:00Z')) / 1000 + skew;
      last().open();
      last().say({ type: 'connected', timestamp: at(now) });
      last().say({ event: 'a', data: 'new', timestamp: at(now) });
      last().say({ event: 'a', data: 'young', timestamp: at(now - 59) });
      last().say({ event: 'a', data: 'old', timestamp: at(now - 61) });
      last().say({ event: 'a', data: 'without a time' });
      await time.pass(5000);
      last().say({ event: 'a', data: 'grown old', timestamp: at(now - 56) });
      assert.deepEqual(got, ['new', 'young', 'without a time']);
      assert.deepEqual(kinds(), ['stale', 'stale']);
      connection.close();
    }
  });

  it('before any frame tells the time, the newest event does', async () => {
    const { connection, last, welcome, kinds } = watch(
      (WebSocket) => connect('ws://localhost/', { dialect: bulkbuyer, maximumAge: 60_000, WebSocket }),
      undefined,
    );
    const got: unknown[] = [];
    connection.onAny((event) => got.push(event.data));
    await welcome();
    for (const [data, seconds] of [[1, -7200], [2, -7210], [3, -7300], [4, 0], [5, -61]]) {
      last().say({ type: 'A', data, timestamp: at(seconds) });
    }
    assert.deepEqual(got, [1, 2, 4]);
    assert.deepEqual(kinds(), ['stale', 'stale']);
    connection.close();
  });

  it('PAY-028 send() puts the data where the dialect has it', async () => {
    const first = paychain();
    await first.welcome();
    first.connection.send('ping');
    first.connection.send('chat_message', { job_id: 1, text: 'hi' });
    assert.deepEqual(first.last().sent, [{ type: 'ping' }, { type: 'chat_message', data: { job_id: 1, text: 'hi' } }]);
    first.connection.close();
    const second = rangkai();
    await second.welcome();
    second.connection.send('note', { text: 'hi', type: 'something else' });
    assert.deepEqual(second.last().sent, [{ type: 'note', text: 'hi' }]);
    second.connection.close();
  });

  it('what cannot be sent, and what no longer fits into the queue, is told', async () => {
    const { connection, last, welcome, kinds, faults } = paychain({ queue: 3 });
    const circle: { self?: unknown } = {};
    circle.self = circle;
    connection.send('circle', circle);
    connection.send('big', 1n);
    for (let n = 1; n <= 5; n += 1) connection.send('count', n);
    assert.deepEqual(kinds(), ['dropped', 'dropped', 'dropped', 'dropped']);
    assert.match(faults[3].message, /"data":5/);
    assert.deepEqual(await welcome(), [1, 2, 3].map((data) => ({ type: 'count', data })));
    last().end(1006);
    connection.send('count', 6);
    await time.pass(1000);
    assert.deepEqual(await welcome(), [{ type: 'count', data: 6 }]);
    connection.close();
    const other = rangkai();
    other.connection.send('list', [1]);
    assert.deepEqual(other.kinds(), ['dropped']);
    other.connection.close();
  });

  it('faults that nobody listens for go to the console', async () => {
    const real = console.warn;
    const lines: unknown[] = [];
    console.warn = (line: unknown) => lines.push(line);
    const connection = connect('ws://localhost:1/ws', { dialect: bulkbuyer, WebSocket: class {} });
    await time.pass(15_000);
    connection.close();
    console.warn = real;
    assert.deepEqual(lines, [
      "Switchboard: WebSocket connection to 'ws://localhost:1/ws' failed: no answer within 15000 ms",
    ]);
  });
});
