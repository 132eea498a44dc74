// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bulkbuyer } from '../src/bulkbuyer.ts';
import { connect } from '../src/connection.ts';
import { offlineStore, type StorageLike } from '../src/offline.ts';
import type { Since } from '../src/types.ts';
import { watch } from './support/watched.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

const at = (seconds: number) => new Date(Date.parse('2025-11-05T12:00:00Z') + 1000 * seconds).toISOString();
const message = (n: number) => ({ type: 'POOL_PROGRESS', id: `n-${n}`, timestamp: at(n), data: { n } });

/** A storage in memory that can be made to fail. */
function fakeStorage(): StorageLike & { values: Map<string, string>; fault: Error | undefined } {
  const values = new Map<string, string>();
  const storage = {
    values,
    fault: undefined as Error | undefined,
    getItem: (key: string) => use(() => values.get(key) ?? null),
    setItem: (key: string, value: string) => use(() => void values.set(key, value)),
    removeItem: (key: string) => use(() => void values.delete(key)),
  };
  const use = <Value>(work: () => Value): Value => {
    if (storage.fault) throw storage.fault;
    return work();
  };
  return storage;
}

describe('offline', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  /** A visit of a page that keeps what it got. */
  const visit = (storage: () => StorageLike, keep = 3) => {
    const store = offlineStore(storage, 'anna', keep);
    const asked: Since[] = [];
    const missed = (since: Since) => {
      asked.push(since);
      return [];
    };
    const watched = watch(
      (WebSocket) => connect('ws://localhost/', { dialect: bulkbuyer, store, missed, WebSocket }),
      undefined,
    );
    return { ...watched, store, asked };
  };
  const numbers = (frames: readonly unknown[]) => frames.map((frame) => (frame as { data: { n: number } }).data.n);

  it('BULK-021 the last messages stay available, also on the next visit, which fetches what came after them', async () => {
    const storage = fakeStorage();
    const first = visit(() => storage);
    await first.welcome();
    for (const n of [1, 2, 3, 4]) first.last().say(message(n));
    first.last().end(1006);
    assert.deepEqual(numbers(first.store.frames()), [2, 3, 4]);
    first.connection.close();
    const second = visit(() => storage);
    assert.deepEqual(numbers(second.store.frames()), [2, 3, 4]);
    const got: unknown[] = [];
    second.connection.onAny((event) => got.push(event.id));
    await second.welcome();
    await settle();
    assert.deepEqual(second.asked, [{ time: at(4), id: 'n-4' }]);
    second.last().say(message(4));
    second.last().say(message(5));
    assert.deepEqual(got, ['n-5']);
    await time.pass(250);
    assert.match(storage.values.get('anna:events') ?? '', /n-5/);
    second.connection.close();
  });

  it('BULK-021 actions made offline are sent later, in order and once, also on the next visit', async () => {
    const storage = fakeStorage();
    const first = visit(() => storage);
    await settle();
    first.last().end(1006);
    first.connection.send('MARK', { id: 1 });
    first.connection.send('MARK', { id: 2 });
    const second = visit(() => storage);
    const third = visit(() => storage);
    const pings = (sent: { type?: unknown }[]) => sent.filter((one) => one.type !== 'PING');
    assert.deepEqual(pings(await second.welcome()), [{ type: 'MARK', id: 1 }, { type: 'MARK', id: 2 }]);
    assert.deepEqual(pings(await third.welcome()), []);
    await time.pass(1000);
    assert.deepEqual(pings(await first.welcome()), [], 'the page that made them finds them sent');
    first.connection.close();
    assert.equal(storage.values.has('anna:commands'), false);
    second.connection.close();
    third.connection.close();
  });

  it('BULK-021 a storage that is full, forbidden or broken is told once, and everything goes on', async () => {
    const full = fakeStorage();
    const broken = fakeStorage();
    broken.values.set('anna:events', '{"not":"a list"}').set('anna:commands', 'no JSON');
    const forbidden = (): StorageLike => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    for (const [storage, count] of [[() => full, 1], [forbidden, 1], [() => broken, 0]] as const) {
      const { connection, last, welcome, faults, store } = visit(storage);
      full.fault = new DOMException('quota', 'QuotaExceededError');
      connection.send('MARK', { id: 1 });
      const sent = await welcome();
      assert.ok(sent.some((one) => one.type === 'MARK'));
      last().say(message(1));
      last().say(message(2));
      await time.pass(1000);
      assert.deepEqual(numbers(store.frames()), [1, 2]);
      assert.equal(faults.filter((fault) => fault.kind === 'storage').length, count);
      connection.close();
    }
  });

  it('what others left under its names does no harm', async () => {
    const storage = fakeStorage();
    storage.values.set('anna:events', '[null, 7, {"type":"A"}, {"type":"POOL_PROGRESS","timestamp":{},"id":[]}]');
    const { connection, store, welcome, faults } = visit(() => storage);
    assert.equal(store.frames().length, 3);
    storage.values.set('anna:commands', '[null, {}, 7]');
    assert.deepEqual(await welcome(), [{ type: 'PING' }]);
    assert.equal(faults.length, 0);
    connection.close();
  });
});
