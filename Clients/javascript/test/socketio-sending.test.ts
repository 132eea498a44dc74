// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The package's io with the stock client below, against the test kit's server: what goes out, and coming back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, RequestError } from '../src/socketio/index.ts';
import type { ServerSocket } from '../src/testing/index.ts';
import { bench, cut, next } from './support/bench.ts';
import { vendored } from './support/vendored.ts';

test(
  'without a connection emits wait or are refused, and the state is told; nothing throws (ROOM-073)',
  vendored,
  bench(async ({ server, open, joined }) => {
    server.on('connection', (each: ServerSocket) => each.on('ask', (value, answer) => answer(value)));
    const states: string[] = [];
    const dropped: unknown[] = [];
    const socket = open({ autoConnect: false, queue: 2, onError: ({ kind, event }) => dropped.push([kind, event]) });
    assert.equal(socket.state, 'closed');
    socket.onState((state) => states.push(state));
    const answers: unknown[] = [];
    socket.emit('ask', 1, (answer: unknown) => answers.push(answer));
    socket.emit('ask', 2, (answer: unknown) => answers.push(answer));
    socket.emit('ask', 3, (answer: unknown) => answers.push(answer));
    socket.emit('tell', 4);
    socket.volatile.emit('tell', 5);
    assert.deepEqual(dropped, [['dropped', 'tell']]);
    await Promise.resolve();
    assert.deepEqual(answers, [{
      success: false,
      error: { code: 'QUEUE_FULL', message: 'Too many events wait for a connection' },
    }]);
    socket.connect();
    await next(socket, 'connect');
    assert.equal(await socket.request('ask', 4), 4);
    assert.deepEqual(answers.slice(1), [1, 2]);
    const back = joined();
    cut(socket);
    await back;
    assert.deepEqual(states.slice(0, 4), ['connecting', 'open', 'waiting', 'connecting']);
    const rejecting = open({ offline: 'reject', autoConnect: false });
    const refused = await new Promise((resolve) => rejecting.emit('ask', 1, resolve));
    assert.deepEqual(refused, { success: false, error: { code: 'DISCONNECTED', message: 'Not connected' } });
    const error = await new Promise<Error>((resolve) => rejecting.timeout(1000).emit('ask', 1, resolve));
    assert.ok(error instanceof RequestError && error.code === 'disconnected');
    await assert.rejects(rejecting.emitWithAck('ask', 1), { code: 'disconnected' });
    rejecting.emit('ask', 1);
    rejecting.volatile.emit('ask', 1, () => assert.fail('volatile'));
  }),
);

test(
  'an answer that is lost with the connection is told where that was asked for (ROOM-073)',
  vendored,
  bench(async ({ open, joined }) => {
    const socket = open({ offline: 'reject' }), server = await joined();
    if (!socket.connected) await next(socket, 'connect');
    const asked = next(server, 'ask');
    const answer = new Promise((resolve) => socket.emit('ask', 1, resolve));
    await asked;
    cut(socket);
    assert.deepEqual(await answer, { success: false, error: { code: 'DISCONNECTED', message: 'Not connected' } });
  }),
);

test(
  'requests have answers, deadlines and errors (ROOM-074)',
  vendored,
  bench(async ({ server, open, joined }) => {
    server.on('connection', (each: ServerSocket) => {
      each.on('ask', (value, answer) => answer({ success: true, data: value }));
      each.on('refuse', (_, answer) => answer({ success: false, error: { code: 'PERMISSION_DENIED', message: 'no' } }));
      each.on('fail', (_, answer) => answer({ error: { code: 'NOT_FOUND', message: 'none' } }));
    });
    const socket = open();
    assert.deepEqual(await socket.request('ask', { a: 1 }), { success: true, data: { a: 1 } });
    await assert.rejects(socket.request('refuse', {}), {
      code: 'refused',
      serverCode: 'PERMISSION_DENIED',
      message: 'refuse: no',
    });
    await assert.rejects(socket.request('fail', {}), { code: 'refused', serverCode: 'NOT_FOUND' });
    await assert.rejects(socket.request('nobody answers', {}, { timeout: 20 }), {
      code: 'timeout',
      event: 'nobody answers',
    });
    const lost = socket.request('nobody answers', {});
    const back = joined();
    cut(socket);
    await assert.rejects(lost, { code: 'disconnected' });
    // While it is away: kept, or refused at once.
    const kept = socket.request('ask', 1);
    await assert.rejects(socket.request('ask', 1, { offline: 'reject' }), { code: 'disconnected' });
    await back;
    assert.deepEqual(await kept, { success: true, data: 1 });
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await assert.rejects(socket.request('ask', circular));
  }),
);

const rooms = {
  subscribe: 'room:subscribe',
  unsubscribe: 'room:unsubscribe',
  member: 'roomId',
  ended: { 'room:deleted': 'roomId' },
};

test(
  'rooms are subscribed again, but those that the program names itself or has left (ROOM-070)',
  vendored,
  bench(async ({ server, open, joined }) => {
    const asked: string[] = [];
    server.on('connection', (each: ServerSocket) => {
      each.on('room:subscribe', ({ roomId }, answer) => {
        asked.push(roomId);
        answer?.(
          roomId === 'secret'
            ? { success: false, error: { code: 'PERMISSION_DENIED', message: 'no' } }
            : { success: true },
        );
      });
      each.on('room:unsubscribe', () => {});
    });
    const socket = open({ subscriptions: [rooms] });
    const first = await joined();
    for (const roomId of ['one', 'two', 'left', 'gone']) await socket.emitWithAck('room:subscribe', { roomId });
    await assert.rejects(socket.request('room:subscribe', { roomId: 'secret' }));
    socket.emit('room:unsubscribe', { roomId: 'left' });
    first.emit('room:deleted', { roomId: 'gone' });
    await next(socket, 'room:deleted');
    assert.deepEqual(socket.subscribed, { 'room:subscribe': ['one', 'two'] });
    asked.length = 0;
    socket.once('connect', () => socket.emit('room:subscribe', { roomId: 'two' }));
    const back = joined();
    cut(socket);
    const second = await back;
    await next(second, 'room:subscribe');
    await socket.emitWithAck('room:subscribe', { roomId: 'last' });
    assert.deepEqual(asked, ['two', 'one', 'last']);
  }),
);

test(
  'lists of names are subscribed again in one event, with what was taken out of all (ROOM-070)',
  vendored,
  bench(async ({ server, open, joined }) => {
    const asked: unknown[] = [];
    server.on('connection', (each: ServerSocket) => {
      each.on('subscribe:health', ({ services }, answer) => {
        asked.push(['subscribe', services]);
        answer?.({ services });
      });
      each.on('unsubscribe:health', ({ services }) => asked.push(['unsubscribe', services]));
      each.on('settle', (answer) => answer());
    });
    const subscription = {
      subscribe: 'subscribe:health',
      unsubscribe: 'unsubscribe:health',
      member: 'services',
      all: '*',
    };
    const socket = open({ subscriptions: [subscription] });
    await joined();
    await socket.emitWithAck('subscribe:health', { services: ['auth', 'user'] });
    await socket.emitWithAck('subscribe:health', { services: ['*'] });
    socket.emit('unsubscribe:health', { services: ['noise'] });
    await socket.emitWithAck('settle');
    asked.length = 0;
    const back = next(socket, 'reconnect');
    cut(socket);
    await back;
    await socket.emitWithAck('settle');
    assert.deepEqual(asked, [['subscribe', ['*']], ['unsubscribe', ['noise']]]);
  }),
);

test(
  'a server that wants no more for now is asked again later, one that refuses for good is told of (ROOM-070)',
  vendored,
  bench(async ({ server, open, joined }) => {
    const asked: string[] = [];
    let isBusy = false;
    server.on('connection', (each: ServerSocket) => {
      each.on('room:subscribe', ({ roomId }, answer) => {
        asked.push(roomId);
        if (!isBusy) return answer({ success: true });
        if (roomId === '30') return answer({ success: false, error: { code: 'PERMISSION_DENIED', message: 'no' } });
        if (asked.length === 25) {
          return answer({ success: false, error: { code: 'RATE_LIMIT_EXCEEDED', message: 'wait', retryAfter: 0.01 } });
        }
        answer({ success: true });
      });
    });
    const socket = open({ subscriptions: [rooms] });
    await joined();
    for (let number = 0; number < 45; number++) await socket.emitWithAck('room:subscribe', { roomId: `${number}` });
    asked.length = 0;
    isBusy = true;
    const refused = new Promise<Fault>((resolve) => socket.onError(resolve));
    cut(socket);
    assert.deepEqual((await refused).kind, 'refused');
    while (asked.length < 46) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(new Set(asked).size, 45);
    assert.equal(asked.filter((room) => room === asked[24]).length, 2);
    assert.equal(socket.subscribed['room:subscribe'].includes('30'), false);
  }),
);

test(
  'a refusal that says when to come again is waited for (ORI-D17)',
  vendored,
  bench(async ({ server, open }) => {
    let refusals = 2;
    server.use((_, next) => {
      if (refusals-- <= 0) return next();
      next(Object.assign(new Error('rate limit exceeded'), { data: { code: 'RATE_LIMIT', retryAfter: 0.02 } }));
    });
    const socket = open(), states: string[] = [], errors: string[] = [];
    socket.onState((state) => states.push(state));
    socket.on('connect_error', (error) => errors.push(error.message));
    await next(socket, 'connect');
    assert.deepEqual(errors, ['rate limit exceeded', 'rate limit exceeded']);
    assert.deepEqual(states, ['waiting', 'connecting', 'waiting', 'connecting', 'open']);
    refusals = 1;
    const impatient = open({ waitWhenRefused: false });
    await next(impatient, 'connect_error');
    assert.equal(impatient.state, 'failed');
    refusals = 1;
    const leaving = open();
    await next(leaving, 'connect_error');
    leaving.disconnect();
    assert.equal(leaving.state, 'closed');
  }),
);

test(
  'a program may connect by itself when it is refused, with a new token (ORI-010)',
  vendored,
  bench(async ({ server, open }) => {
    server.use((socket, next) => socket.handshake.auth.token === 'new' ? next() : next(new Error('invalid token')));
    const socket = open({ auth: { token: 'old' } });
    const [error] = await next(socket, 'connect_error');
    assert.equal(error.message, 'invalid token');
    assert.equal(socket.state, 'failed');
    socket.auth = { token: 'new' };
    socket.connect();
    await next(socket, 'connect');
  }),
);

test(
  'a token is asked for anew for each attempt, and again where it cannot be had (ORI-048)',
  vendored,
  bench(async ({ open, joined }) => {
    let asked = 0;
    const faults: string[] = [];
    const socket = open({
      auth: { device: 'd' },
      token: async () => {
        asked += 1;
        if (asked === 2) throw new Error('offline');
        return await Promise.resolve(`token ${asked}`);
      },
      onError: ({ kind }) => faults.push(kind),
    });
    assert.deepEqual((await joined()).handshake.auth, { device: 'd', token: 'token 1' });
    if (!socket.connected) await next(socket, 'connect');
    const again = joined();
    cut(socket);
    assert.deepEqual((await again).handshake.auth, { device: 'd', token: 'token 3' });
    assert.deepEqual(faults, ['token']);
    const fixed = open({ token: 'fixed' });
    assert.deepEqual((await joined()).handshake.auth, { token: 'fixed' });
    fixed.disconnect();
  }),
);

test(
  'broken packets end the connection alone: it comes back, and nothing throws (ROOM-073)',
  vendored,
  bench(async ({ server, open, joined }) => {
    const faults: string[] = [];
    const socket = open({ onError: ({ kind }) => faults.push(kind) });
    for (
      const text of [
        'garbage',
        '2',
        '2{}',
        '2[]',
        '2[null]',
        '2["connect"]',
        '2[7',
        '51-["said",{"_placeholder":true,"num":9}]',
        '3["no id"]',
        '37["unasked"]',
      ]
    ) {
      if (!socket.connected) await next(socket, 'connect');
      const [session] = server.engine.sessions.values();
      const after = Promise.race([next(socket, 'disconnect'), next(socket, 'still here')]);
      session.send(text);
      session.send(new Uint8Array([1]));
      server.emit('still here');
      await after;
    }
    cut(socket);
    await joined();
    // Whatever the stock client lets through of them.
    assert.deepEqual([...new Set(faults)].filter((kind) => kind !== 'frame'), []);
  }),
);
