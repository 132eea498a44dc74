// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The package's io with the stock client below, against the test kit's server: what comes in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, type Fault, Manager, type Received } from '../src/socketio/index.ts';
import { bench, cut, idAt, next } from './support/bench.ts';
import { vendored } from './support/vendored.ts';

test(
  "all of the Manager's events reach the socket, reconnect behind connect (ALL-D10, ROOM-056, ORI-048)",
  vendored,
  bench(async ({ server, open }) => {
    let isUp = true;
    server.use((_, next) => isUp ? next() : next(new Error('down')));
    const socket = open({ reconnectionAttempts: 2 });
    await next(socket, 'connect');
    const told: unknown[] = [];
    for (
      const event of ['connect', 'disconnect', 'reconnect_attempt', 'reconnect_error', 'reconnect_failed', 'reconnect']
    ) {
      socket.on(event, (value) => told.push([event, typeof value === 'object' ? 'error' : value]));
    }
    const back = next(socket, 'reconnect');
    cut(socket);
    await back;
    assert.deepEqual(told.splice(0), [
      ['disconnect', 'forced close'],
      ['reconnect_attempt', 1],
      ['connect', undefined],
      ['reconnect', 1],
    ]);
    const failed = next(socket, 'reconnect_failed');
    const closed = server.close();
    await failed;
    await closed;
    assert.deepEqual(told.slice(1), [
      ['reconnect_attempt', 1],
      ['reconnect_error', 'error'],
      ['reconnect_attempt', 2],
      ['reconnect_error', 'error'],
      ['reconnect_failed', undefined],
    ]);
    assert.equal(socket.state, 'failed');
    socket.connect();
    assert.equal(socket.state, 'connecting');
    await next(socket, 'reconnect_failed');
    isUp = false;
  }),
);

test(
  'the same function counts once, and is taken out once (ROOM-D22)',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open(), server = await joined();
    let count = 0;
    const handler = () => count += 1;
    socket.on('said', handler).on('said', handler);
    socket.once('said', handler);
    assert.deepEqual(socket.listeners('said'), [handler]);
    server.emit('said');
    server.emit('said');
    server.emit('last');
    await next(socket, 'last');
    assert.equal(count, 2);
    socket.off('said', handler);
    assert.equal(socket.hasListeners('said'), false);
  }),
);

test(
  'once is called once, off without a handler takes all, any-handlers see names and arguments',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open(), server = await joined();
    const told: unknown[] = [];
    socket.once('said', (value) => told.push(['once', value]));
    socket.onAny((event, ...args) => told.push([event, ...args]));
    socket.on('gone', () => told.push('gone'));
    socket.off('gone');
    server.emit('said', 1);
    server.emit('said', 2);
    server.emit('gone');
    server.emit('last');
    await next(socket, 'last');
    assert.deepEqual(told, [['said', 1], ['once', 1], ['said', 2], ['gone'], ['last']]);
  }),
);

test(
  'handlers that throw stop no others, and are told (ROOM-073)',
  vendored,
  bench(async ({ open, joined }) => {
    const faults: Fault[] = [];
    const socket = open(), server = await joined();
    socket.onError((fault) => faults.push(fault));
    socket.on('said', () => {
      throw new Error('mine');
    });
    const second = next(socket, 'said');
    server.emit('said');
    await second;
    assert.deepEqual(faults.map(({ kind, event }) => [kind, event]), [['handler', 'said']]);
    server.on('ask', (answer) => answer(1));
    socket.emit('ask', () => {
      throw new Error('mine');
    });
    await socket.emitWithAck('ask');
    assert.equal(faults.length, 2);
  }),
);

test(
  'an event id that was seen is ignored, over reconnects too (ROOM-064)',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open({ deduplicate: 2 }), server = await joined();
    const told: string[] = [];
    socket.on('said', (text) => told.push(text));
    const ids = [1, 2, 3].map((number) => idAt(Date.now(), number));
    server.emit('said', 'a', ids[0]);
    server.emit('said', 'a again', ids[0]);
    server.emit('said', 'without an id');
    server.emit('said', 'without an id');
    server.emit('settled');
    await next(socket, 'settled');
    const again = joined();
    cut(socket);
    const later = await again;
    later.emit('said', 'a after a reconnect', ids[0]);
    later.emit('said', 'b', ids[1]);
    later.emit('said', 'c', ids[2]);
    // Two are remembered.
    later.emit('said', 'a once more', ids[0]);
    later.emit('last');
    await next(socket, 'last');
    assert.deepEqual(told, ['a', 'without an id', 'without an id', 'b', 'c', 'a once more']);
  }),
);

test(
  'events that are too old are dropped and told (ROOM-063)',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open({ maximumAge: 300_000 }), server = await joined();
    const told: string[] = [], faults: Fault[] = [];
    socket.onError((fault) => faults.push(fault));
    socket.on('said', ({ text }) => told.push(text));
    const now = Date.now();
    const at = (ago: number) => new Date(now - ago).toISOString();
    server.emit('said', { text: 'by its id', timestamp: at(900_000) }, idAt(now));
    server.emit('said', { text: 'old by its id', timestamp: at(0) }, idAt(now - 301_000, 1));
    server.emit('said', { text: 'fresh', timestamp: at(200_000) });
    server.emit('said', { text: 'old', timestamp: at(301_000) });
    server.emit('said', { text: 'without a time' });
    server.emit('last');
    await next(socket, 'last');
    assert.deepEqual(told, ['by its id', 'fresh', 'without a time']);
    assert.deepEqual(faults.map(({ kind, event, data }) => [kind, event, (data as { text: string }).text]), [
      ['stale', 'said', 'old by its id'],
      ['stale', 'said', 'old'],
    ]);
  }),
);

test(
  'a clock that is wrong drops nothing once the server has told its time (ROOM-063)',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open({ maximumAge: 300_000, clockEvents: ['subscribed'] }), server = await joined();
    const told: string[] = [];
    socket.onError(() => {});
    socket.on('said', ({ text }) => told.push(text));
    // The server's clock is an hour behind.
    const at = (ago: number) => new Date(Date.now() - 3_600_000 - ago).toISOString();
    server.emit('subscribed', { timestamp: at(0) });
    server.emit('said', { text: 'fresh', timestamp: at(0) });
    server.emit('said', { text: 'old', timestamp: at(400_000) });
    server.emit('last');
    await next(socket, 'last');
    assert.deepEqual(told, ['fresh']);
  }),
);

test(
  'what is not what it should be is dropped and told (ROOM-071)',
  vendored,
  bench(async ({ open, joined }) => {
    const schemas = {
      said: check({ text: 'text', 'by?': { id: 'text', 'avatar?': 'text?' }, 'tags?': ['text'] }),
      broken: () => {
        throw new Error('mine');
      },
    };
    const socket = open({ schemas }), server = await joined();
    const told: unknown[] = [], faults: string[] = [];
    socket.onError((fault) => faults.push(fault.message));
    socket.on('said', (data) => told.push(data.text));
    for (
      const data of [{ text: 'good', by: { id: 'u', avatar: null }, tags: [] }, null, 7, [], {}, { text: 7 }, {
        text: 'a',
        by: {},
      }, { text: 'a', tags: ['b', 7] }]
    ) {
      server.emit('said', data);
    }
    server.emit('said');
    server.emit('broken', {});
    server.emit('last');
    await next(socket, 'last');
    assert.deepEqual(told, ['good']);
    assert.deepEqual(faults, [
      'said: the payload is no object',
      'said: the payload is no object',
      'said: the payload is no object',
      'said: text is missing',
      'said: text is no text',
      'said: by.id is missing',
      'said: tags[1] is no text',
      'said: the payload is no object',
      'broken: mine',
    ]);
  }),
);

test(
  'bursts come in batches, in order and complete (ROOM-072)',
  vendored,
  bench(async ({ open, joined }) => {
    const batches: number[][] = [];
    const socket = open({
      batch: { every: 30, onBatch: (events) => batches.push(events.map(({ data }: Received) => data as number)) },
    });
    const server = await joined();
    const told: number[] = [];
    socket.on('said', (number) => told.push(number));
    const all = Array.from({ length: 1000 }, (_, index) => index);
    for (const number of all) server.emit('said', number);
    // What is held comes before the program hears that the connection is lost.
    server.emit('last', -1);
    await next(socket, 'last');
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(told, all);
    assert.deepEqual(batches.flat().filter((number) => number >= 0), all);
    assert.ok(batches.length < 500, `${batches.length} batches`);
    server.emit('said', 1000);
    server.emit('said', 1001);
    const order: unknown[] = [];
    socket.on('said', (number) => order.push(number));
    const gone = next(socket, 'disconnect').then(([reason]) => order.push(reason));
    server.disconnect();
    await gone;
    assert.deepEqual(order, [1000, 1001, 'io server disconnect']);
  }),
);

test(
  'events without a handler are told',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open(), server = await joined();
    const unknown: Received[] = [];
    socket.onUnknown((received) => unknown.push(received));
    server.emit('new:event', { a: 1 }, 'x');
    server.emit('new:event', { a: 1 }, 'x');
    server.emit('last');
    await next(socket, 'last');
    const received = { event: 'new:event', data: { a: 1 }, args: [{ a: 1 }, 'x'] };
    // A second argument that is no id of the server's has no meaning.
    assert.deepEqual(unknown, [received, received]);
  }),
);

test(
  'a Manager gives sockets like these, one for each namespace',
  vendored,
  bench(async ({ server, url }) => {
    server.of('/admin');
    const manager = new Manager(url, { transports: ['websocket'], reconnectionDelay: 5 });
    const [one, two] = [manager.socket('/'), manager.socket('/admin')];
    await Promise.all([next(one, 'connect'), next(two, 'connect')]);
    assert.equal(manager.socket('/admin'), two);
    const back = Promise.all([next(one, 'reconnect'), next(two, 'reconnect')]);
    cut(one);
    assert.deepEqual(await back, [[1], [1]]);
    two.disconnect();
    const told: unknown[] = [];
    two.on('reconnect', () => told.push('left'));
    const alone = next(one, 'reconnect');
    cut(one);
    await alone;
    assert.deepEqual(told, []);
    one.disconnect();
  }),
);
