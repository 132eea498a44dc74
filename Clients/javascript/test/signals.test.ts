// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bulkbuyer } from '../src/bulkbuyer.ts';
import { connect } from '../src/connection.ts';
import { paychain, rangkai, watch } from './support/watched.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

const pong = { type: 'pong', timestamp: '2025-11-05T12:00:30.000Z' };

describe('what a browser says of the network and the page', () => {
  let time: FakeTime;
  let signal: (name: string) => Promise<void>;
  let putBack: () => void;
  let page: { visibilityState: string };
  let handlers: Map<string, () => void>;
  beforeEach(() => {
    time = fakeTime();
    const scope = globalThis as unknown as Record<string, unknown>;
    handlers = new Map();
    const document = {
      visibilityState: 'visible',
      addEventListener: (name: string, handler: () => void) => handlers.set(name, handler),
      removeEventListener: (name: string) => handlers.delete(name),
    };
    const real = {
      addEventListener: scope.addEventListener,
      removeEventListener: scope.removeEventListener,
      document: scope.document,
    };
    const { addEventListener, removeEventListener } = document;
    page = document;
    Object.assign(scope, { addEventListener, removeEventListener, document });
    signal = (name) => {
      handlers.get(name)?.();
      return settle();
    };
    putBack = () => Object.assign(scope, real);
  });
  afterEach(() => {
    putBack();
    time.restore();
  });

  it('the network that is back, or a page looked at again, is reason to try at once; that costs none of the attempts', async () => {
    const { connection, all, last, delay, welcome } = paychain();
    await welcome();
    for (const name of ['online', 'visibilitychange', 'online', 'online', 'visibilitychange', 'online', 'online']) {
      last().end(1006);
      const count = all.length;
      page.visibilityState = 'hidden';
      await signal('visibilitychange');
      await signal('offline');
      assert.equal(all.length, count);
      page.visibilityState = 'visible';
      await signal(name);
      assert.equal(all.length, count + 1, name);
    }
    last().end(1006);
    assert.equal(delay(), 1000);
    await time.pass(1000);
    await welcome();
    await signal('offline');
    assert.deepEqual(last().sent, [{ type: 'ping' }], 'a line that may be cut is tried');
    connection.close();
    assert.equal(handlers.size, 0);
  });

  it('PAY-036 without a network a connection is lost within two seconds, unless it answers', async () => {
    const { connection, last, welcome, kinds } = paychain();
    await welcome();
    await signal('offline');
    assert.deepEqual(last().sent, [{ type: 'ping' }]);
    await time.pass(1999);
    last().say(pong);
    await time.pass(20_000);
    assert.equal(connection.state, 'open', 'a line may outlive it');
    await signal('offline');
    await time.pass(1999);
    assert.equal(connection.state, 'open');
    await time.pass(1);
    assert.equal(connection.state, 'waiting');
    assert.deepEqual(kinds(), ['heartbeat', 'connection']);
    connection.close();
  });

  it('a network that comes and goes does not put the end off', async () => {
    const { connection, last, welcome } = paychain();
    await welcome();
    // A pong is awaited already.
    await time.pass(30_000);
    await time.pass(5000);
    for (const passing of [1000, 500, 499]) {
      await signal('offline');
      await signal('online');
      await time.pass(passing);
      assert.equal(connection.state, 'open');
    }
    await signal('offline');
    await time.pass(1);
    assert.equal(connection.state, 'waiting');
    assert.equal(last().sent.length, 1, 'one ping is enough');
    connection.close();
  });

  it('a heartbeat that is quicker stays so', async () => {
    const { connection, welcome } = paychain({ heartbeat: { timeout: 500 } });
    await welcome();
    await signal('offline');
    await time.pass(500);
    assert.equal(connection.state, 'waiting');
    connection.close();
  });

  it('PAY-D14 attempts that ran out while there was no network begin anew when it is back', async () => {
    for (const name of ['online', 'visibilitychange']) {
      const { connection, all, last, delay, welcome } = paychain();
      await welcome();
      for (let attempt = 0; attempt < 6; attempt += 1) {
        last().end(1006);
        await time.pass(delay() ?? 0);
      }
      assert.equal(connection.state, 'failed');
      await time.pass(1_000_000);
      await signal('offline');
      assert.equal(all.length, 6);
      await signal(name);
      assert.equal(all.length, 7);
      last().end(1006);
      assert.equal(delay(), 1000);
      connection.close();
    }
  });

  it('a connection that was refused is not tried again for a network that is back', async () => {
    const { connection, all, last } = rangkai({}, 'stale');
    await settle();
    last().end(4001);
    assert.equal(connection.state, 'failed');
    await signal('online');
    await signal('visibilitychange');
    assert.equal(all.length, 1);
    connection.close();
  });

  it('BULK-D07 who is asked to log in is asked once, however often the page is looked at meanwhile', async () => {
    let asked = 0;
    let answer = () => {};
    const { connection, all, last, welcome } = watch((WebSocket) =>
      connect('ws://localhost/', {
        dialect: bulkbuyer,
        schedule: { jitter: 0 },
        refusals: { most: Infinity, ask: () => new Promise<void>((resolve) => [asked += 1, answer = resolve]) },
        WebSocket,
      }), undefined);
    await welcome();
    last().end(4001);
    await signal('visibilitychange');
    await signal('online');
    await time.pass(100_000);
    assert.equal(all.length, 1);
    assert.equal(asked, 1);
    answer();
    await time.pass(1000);
    assert.equal(all.length, 2);
    connection.close();
  });
});
