// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createWebSocket, type WebSocketMessage, type WebSocketOptions } from '../src/bulkbuyer.ts';
import type { Fault } from '../src/types.ts';
import { fakeSockets } from './support/sockets.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

const at = (seconds: number) => new Date(Date.parse('2025-11-05T12:00:00Z') + 1000 * seconds).toISOString();
const message = (n: number) => ({ type: 'POOL_PROGRESS', id: `n-${n}`, timestamp: at(n), data: { n } });
const scope = globalThis as unknown as { location: unknown };

describe('createWebSocket', () => {
  let time: FakeTime;
  let location: unknown;
  beforeEach(() => {
    time = fakeTime();
    location = scope.location;
  });
  afterEach(() => {
    time.restore();
    Object.defineProperty(globalThis, 'location', { value: location, configurable: true, writable: true });
  });

  const onPage = (href: string) =>
    Object.defineProperty(globalThis, 'location', { value: { href }, configurable: true, writable: true });

  const create = (more: Partial<WebSocketOptions> = {}) => {
    const sockets = fakeSockets();
    const got: WebSocketMessage[] = [];
    const told: string[] = [];
    const faults: Fault[] = [];
    const socket = createWebSocket({
      endpoint: '/api/notifications/ws',
      onMessage: (one) => got.push(one),
      onError: (error) => {
        faults.push(error);
        told.push(error.kind);
      },
      onClose: () => told.push('close'),
      onOpen: () => told.push('open'),
      WebSocket: sockets.WebSocket,
      fetch: () => Promise.resolve(Response.json([])),
      ...more,
    });
    return { ...sockets, socket, got, told, faults };
  };

  it("BULK-023 the endpoint's path is resolved against the page's origin, wss where the page came by https", async () => {
    for (
      const [page, address] of [
        ['http://shop.example:3000/orders?x=1#top', 'ws://shop.example:3000/api/notifications/ws'],
        ['https://shop.example/orders', 'wss://shop.example/api/notifications/ws'],
      ]
    ) {
      onPage(page);
      const { last, socket } = create();
      await settle();
      assert.equal(last().url, address);
      socket.close();
    }
  });

  it('BULK-023 BULK-D05 BULK-D08 messages come parsed; the heartbeat is PING, and its PONG is hidden', async () => {
    onPage('http://localhost/');
    const { last, socket, got, faults } = create();
    await settle();
    last().open();
    assert.deepEqual(last().sent.splice(0), [{ type: 'PING' }]);
    last().say({ type: 'PONG', timestamp: at(0) });
    last().say(message(1));
    await time.pass(50);
    assert.deepEqual(got, [message(1)]);
    await time.pass(30_000);
    assert.deepEqual(last().sent, [{ type: 'PING' }]);
    assert.equal(faults.length, 0);
    await time.pass(10_000);
    assert.equal(socket.state, 'waiting');
    socket.close();
    assert.equal(socket.state, 'closed');
    assert.equal(time.timers, 0);
  });

  it('BULK-023 BULK-D09 onClose runs on every drop, before the retry, and at the end', async () => {
    onPage('http://localhost/');
    const { all, last, socket, told } = create();
    await settle();
    last().open();
    last().end(1006);
    assert.deepEqual(told.splice(0), ['open', 'connection', 'close']);
    assert.equal(all.length, 1);
    await time.pass(1000);
    last().end(1006);
    assert.deepEqual(told.splice(0), ['connection', 'close']);
    socket.close();
    assert.deepEqual(told, ['close']);
  });

  it('BULK-011 BULK-022 retries after 1000, 1500, 2250 … ms, at most 30000, and at 1000 again after an open', async () => {
    onPage('http://localhost/');
    const { all, last, socket } = create();
    await settle();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      const count = all.length;
      last().end(1006);
      const start = time.now;
      while (all.length === count) await time.pass(0.5);
      delays.push(time.now - start);
    }
    const wanted = Array.from({ length: 11 }, (_, attempt) => Math.min(30_000, 1000 * 1.5 ** attempt));
    delays.forEach((delay, attempt) =>
      assert.ok(Math.abs(delay - wanted[attempt]) < 1, `${delay} is not ${wanted[attempt]}`)
    );
    last().open();
    last().end(1006);
    const count = all.length;
    await time.pass(999);
    assert.equal(all.length, count);
    await time.pass(1);
    assert.equal(all.length, count + 1);
    socket.close();
  });

  it('BULK-D07 every close but our own is retried; after 4000 and 4001 onAuthRequired is asked and awaited first', async () => {
    onPage('http://localhost/');
    const codes: number[] = [];
    let logIn = () => {};
    const onAuthRequired = (code: number) => {
      codes.push(code);
      return new Promise<void>((resolve) => logIn = resolve);
    };
    const { all, last, socket } = create({ onAuthRequired });
    await settle();
    for (const code of [1000, 1001, 1011, 4002, 4999]) {
      const count = all.length;
      last().open();
      last().end(code);
      await time.pass(1000);
      assert.equal(all.length, count + 1, `${code}`);
    }
    assert.deepEqual(codes, []);
    for (const code of [4000, 4001, 4001, 4001]) {
      const count = all.length;
      last().open();
      last().end(code);
      await time.pass(100_000);
      assert.equal(all.length, count);
      logIn();
      await time.pass(1000);
      assert.equal(all.length, count + 1);
    }
    assert.deepEqual(codes, [4000, 4001, 4001, 4001]);
    socket.close();
  });

  it('BULK-019 BULK-012 missed notifications are fetched page by page with the session, and come first', async () => {
    onPage('http://localhost/');
    const asked: [string, unknown][] = [];
    const pages = [
      () =>
        Response.json([message(2), message(3)], {
          headers: { link: '</api/notifications?since=b&limit=2>; rel="next"' },
        }),
      () => Response.json([message(4)]),
    ];
    const { last, socket, got } = create({
      fetch: (address, options) => {
        asked.push([String(address), options?.credentials]);
        return Promise.resolve(pages[asked.length - 1]());
      },
    });
    await settle();
    last().open();
    last().say(message(1));
    last().end(1001);
    await time.pass(1000);
    last().open();
    last().say(message(5));
    await time.pass(100);
    assert.deepEqual(got.map((one) => one.id), ['n-1', 'n-2', 'n-3', 'n-4', 'n-5']);
    const since = encodeURIComponent(at(1));
    assert.deepEqual(asked, [
      [`http://localhost/api/notifications?since=${since}`, 'include'],
      ['http://localhost/api/notifications?since=b&limit=2', 'include'],
    ]);
    socket.close();
  });

  it('BULK-019 an answer that is no good is told; no other host is asked', async () => {
    onPage('http://localhost/');
    const answers = [
      () => new Response('', { status: 503 }),
      () => Response.json({}),
      () => Response.json([], { headers: { link: '<http://elsewhere/>; rel="next"' } }),
      () => Response.json([message(2)]),
    ];
    let asked = 0;
    const { last, socket, got, faults } = create({ fetch: () => Promise.resolve(answers[asked++]()) });
    await settle();
    last().open();
    last().say(message(1));
    last().end(1001);
    await time.pass(1000);
    last().open();
    last().say({ type: 'PONG', timestamp: at(3) });
    await time.pass(8000);
    assert.deepEqual(faults.map((fault) => fault.kind), ['connection', 'missed', 'missed', 'missed']);
    assert.deepEqual(got.map((one) => one.id), ['n-1', 'n-2']);
    assert.equal(asked, 4);
    socket.close();
  });

  it('BULK-021 send() waits for the connection, and the last notifications can be read while offline', async () => {
    onPage('http://localhost/');
    const { last, socket } = create();
    socket.send({ type: 'SEEN', id: 'n-0' });
    await settle();
    last().open();
    assert.deepEqual(last().sent[0], { type: 'SEEN', id: 'n-0' });
    last().say(message(1));
    last().end(1006);
    assert.deepEqual(socket.messages().map((one) => one.id), ['n-1']);
    socket.close();
    const kept = JSON.stringify([message(1), null, 7, { type: 'POOL_PROGRESS' }, { ...message(2), type: 'PONG' }]);
    const storage = {
      getItem: (key: string) => key === 'mine:events' ? kept : null,
      setItem: () => {},
      removeItem: () => {},
    };
    const again = create({ storage: () => storage, storageKey: 'mine' });
    assert.deepEqual(again.socket.messages(), [message(1)]);
    again.socket.close();
  });
});
