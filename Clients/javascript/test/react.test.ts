// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What React's modules are made of that needs no React. The hooks themselves are tested in a browser.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fault, Options } from '../src/index.ts';
import { paychain } from '../src/paychain.ts';
import { LiveConnection } from '../src/react/live.ts';
import { toastOf, TOASTS, userTypeOf } from '../src/react/paychain-toasts.ts';
import { Invalidator } from '../src/react/queries.ts';
import { fakeSockets } from './support/sockets.ts';
import { fakeTime, settle } from './support/time.ts';

const welcome = { type: 'connected', data: { connection_id: '1' }, timestamp: '2025-11-01T12:00:00.000Z' };
const job = (id: number) => ({ type: 'job_created', data: { job_id: id }, timestamp: '2025-11-01T12:00:00.000Z' });

describe('a live connection', () => {
  const open = async () => {
    const sockets = fakeSockets();
    const live = new LiveConnection();
    const faults: Fault[] = [];
    const options: Options = { dialect: paychain, WebSocket: sockets.WebSocket, heartbeat: false };
    const hold = () => live.hold('ws://localhost:8080/ws', options, (fault) => faults.push(fault));
    const settled = async () => {
      await settle();
      sockets.last().open();
      sockets.last().say(welcome);
      await settle();
    };
    return await Promise.resolve({ sockets, live, faults, hold, settled });
  };

  it('connects once where it is let go and held again in one turn, as a strict React does', async () => {
    const { sockets, live, hold, settled } = await open();
    hold()();
    const release = hold();
    await settled();
    assert.equal(sockets.all.length, 1);
    assert.equal(live.state, 'open');
    release();
    assert.equal(live.state, 'closed');
    assert.equal(sockets.last().isHeard, false);
  });

  it('gives handlers and channels on to the next connection', async () => {
    const { sockets, live, hold, settled } = await open();
    const got: unknown[] = [];
    const handler = (data: unknown) => got.push(data);
    const stops = [live.on('job_created', handler), live.on('job_created', handler)];
    live.subscribe(['jobs', 'board']);
    live.send('ping');
    const release = hold();
    await settled();
    assert.deepEqual(sockets.last().sent, [{ type: 'subscribe', channels: ['jobs', 'board'] }, { type: 'ping' }]);
    sockets.last().say(job(1));
    release();
    live.unsubscribe('board');
    const again = hold();
    await settled();
    assert.deepEqual(sockets.last().sent, [{ type: 'subscribe', channels: ['jobs'] }]);
    sockets.last().say(job(2));
    // Called once for each event, until the last of both registrations has ended.
    stops[0]();
    stops[0]();
    sockets.last().say(job(3));
    stops[1]();
    sockets.last().say(job(4));
    assert.deepEqual(got, [{ job_id: 1 }, { job_id: 2 }, { job_id: 3 }]);
    again();
  });

  it('PAY-029 keeps what is sent before there is a connection, within bounds, and forgets it when it is reset', async () => {
    const { sockets, live, hold, settled } = await open();
    live.subscribe('jobs');
    live.send('lost');
    live.reset();
    for (let n = 0; n < 1005; n += 1) live.send('number', n);
    const release = hold();
    await settled();
    const { sent } = sockets.last();
    assert.equal(sent.length, 1000);
    assert.deepEqual([sent[0], sent[999]], [{ type: 'number', data: 0 }, { type: 'number', data: 999 }]);
    release();
  });

  it('PAY-026 ends a subscription at once when told to, however many calls there were', async () => {
    const { sockets, live, hold, settled } = await open();
    const release = hold();
    await settled();
    const one = live.subscribe('jobs');
    live.subscribe('jobs');
    live.unsubscribe(['jobs', 'jobs', 'never']);
    one();
    assert.deepEqual(sockets.last().sent, [
      { type: 'subscribe', channels: ['jobs'] },
      { type: 'unsubscribe', channels: ['jobs'] },
    ]);
    release();
  });

  it('a call that was taken back by an end for all takes back nothing of later ones', async () => {
    const { sockets, live, hold, settled } = await open();
    const release = hold();
    await settled();
    const first = live.subscribe('jobs');
    live.unsubscribe('jobs');
    const second = live.subscribe('jobs');
    sockets.last().sent.splice(0);
    first();
    assert.deepEqual(sockets.last().sent, []);
    second();
    assert.deepEqual(sockets.last().sent, [{ type: 'unsubscribe', channels: ['jobs'] }]);
    release();
  });

  it('what does not fit before there is a connection is told', async () => {
    const { live, hold, faults } = await open();
    for (let n = 0; n < 1002; n += 1) live.send('number', n);
    const release = hold();
    assert.deepEqual(faults.map(({ kind, message }) => [kind, message]), [
      ['dropped', '2 commands did not fit while there was no connection'],
    ]);
    release();
  });
});

describe("PayChain's toasts", () => {
  it('PAY-D12 are those of the event and the user', () => {
    const text = (event: string, userType?: string, data: unknown = {}) => {
      const toast = toastOf(TOASTS, event, data, userType);
      return toast && `${toast.icon} ${toast.text}`;
    };
    assert.equal(text('job_created', undefined, { title: 'Cook' }), '💼 New job: Cook');
    assert.equal(text('job_accepted', 'employer'), '🎉 Your job was accepted');
    assert.equal(text('job_accepted', 'worker'), undefined);
    assert.equal(text('job_completed', 'employer'), '🎊 Job completed, payment released');
    assert.equal(text('job_completed', 'worker'), '💰 Payment received');
    assert.equal(text('job_refunded', 'employer'), '🔄 Job expired, funds returned');
    assert.equal(text('job_refunded', 'admin'), undefined);
  });

  it('do not break with payloads and names of any kind', () => {
    for (const event of ['constructor', '__proto__', 'toString', '', 'unknown']) {
      assert.equal(toastOf(TOASTS, event, {}, 'employer'), undefined);
    }
    assert.equal(toastOf(TOASTS, 'job_completed', {}, 'constructor'), undefined);
    for (const data of [null, undefined, 7, 'text', [1], { title: { a: 1 } }, { title: null }]) {
      assert.equal(toastOf(TOASTS, 'job_created', data, undefined)?.text, 'New job: ');
    }
    const long = toastOf(TOASTS, 'job_created', { title: 'x'.repeat(10_000) }, undefined)?.text ?? '';
    assert.ok(long.length < 300);
  });

  it('know the user by the token, whatever it is', () => {
    const token = (claims: unknown) => {
      const bytes = new TextEncoder().encode(JSON.stringify(claims));
      const text = btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
      return `e30.${text}.signature`;
    };
    assert.equal(userTypeOf(token({ user_type: 'employer', role: 'x' })), 'employer');
    assert.equal(userTypeOf(token({ name: 'é€😀', role: 'worker' })), 'worker');
    assert.equal(userTypeOf(token({ roles: ['worker', 'other'] })), 'worker');
    for (
      const bad of [undefined, '', 'a', 'a.b.c', '..', token(null), token({}), token({ roles: [] }), token({ role: 7 })]
    ) {
      assert.equal(userTypeOf(bad), undefined);
    }
  });
});

describe('an invalidator', () => {
  it('PAY-035 tells of the first event at once, and of those that follow within its interval once more', async () => {
    const time = fakeTime();
    try {
      const told: unknown[] = [];
      const invalidator = new Invalidator(() => ({ invalidateQueries: ({ queryKey }) => told.push(queryKey) }));
      for (let n = 0; n < 50; n += 1) invalidator.invalidate([['jobs'], ['payments', 1]]);
      assert.deepEqual(told, [['jobs'], ['payments', 1]]);
      await time.pass(300);
      assert.deepEqual(told.length, 4);
      await time.pass(1000);
      assert.deepEqual(told.length, 4);
      invalidator.invalidate([['jobs']]);
      assert.equal(told.length, 5);
      invalidator.invalidate([['jobs']]);
      invalidator.clear();
      await time.pass(1000);
      assert.equal(told.length, 5);
    } finally {
      time.restore();
    }
  });
});
