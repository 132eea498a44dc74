// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWebSocket, type WebSocketMessage } from '../src/bulkbuyer.ts';
import { connectPaychain } from '../src/paychain.ts';
import { connectRangkai } from '../src/rangkai.ts';
import { eventually, startServer, tokenFor } from './support/server.ts';

const soon = { first: 50, factor: 1, jitter: 0 };

describe('against the server', () => {
  it('RNG-056 RNG-D16 the connection comes back after the server was killed, with its channels', async () => {
    const server = await startServer('rangkai');
    const connection = connectRangkai(`${server.sockets}/ws`, () => tokenFor('did:rangkai:alice'), { schedule: soon });
    const faults: string[] = [];
    const got: unknown[] = [];
    connection.onError((fault) => faults.push(fault.kind));
    connection.on('announcement', (data) => got.push(data.n));
    connection.subscribe('global');
    try {
      await eventually(() => connection.isConnected, 'the connection');
      connection.subscribe('order:not-mine');
      await eventually(() => faults.includes('server'), 'the refusal');
      await server.publish('announcement', { n: 1 });
      await eventually(() => got.length === 1, 'the first announcement');
      await server.kill();
      await eventually(() => !connection.isConnected, 'the drop');
      await server.start();
      await eventually(() => connection.isConnected, 'the reconnect');
      // The subscription's answer came before: the server takes messages in their order.
      connection.subscribe('order:not-mine-either');
      await eventually(() => faults.filter((kind) => kind === 'server').length >= 3, 'the second refusals');
      await server.publish('announcement', { n: 2 });
      await eventually(() => got.length === 2, 'the second announcement');
      assert.deepEqual(got, [1, 2]);
    } finally {
      connection.close();
      await server.end();
    }
  });

  it('PAY-039 PAY-040 what was missed comes after the reconnect, once, to the handlers from before', async () => {
    const server = await startServer('paychain');
    const connection = connectPaychain(`${server.sockets}/ws`, { schedule: soon });
    const got: unknown[] = [];
    const faults: string[] = [];
    connection.onError((fault) => faults.push(`${fault.kind}: ${fault.message}`));
    connection.onAny((event) => got.push((event.data as { n: number }).n));
    connection.subscribe(['jobs']);
    const broadcast = (n: number) => server.publish('test_message', { n }, { to: ['jobs'] });
    const subscribed = async () => {
      let stats: { by_channel?: Record<string, number> } = {};
      while (stats.by_channel?.jobs !== 1) stats = await (await fetch(`${server.origin}/stats`)).json();
    };
    try {
      await eventually(() => connection.isConnected, 'the connection');
      await subscribed();
      await broadcast(1);
      await eventually(() => got.length === 1, 'the first message');
      // A reconnect whose token takes as long as the test wants.
      let goOn = (_: string | undefined) => {};
      connection.setToken(() => new Promise((resolve) => goOn = resolve));
      connection.reconnect();
      await broadcast(2);
      await broadcast(3);
      goOn(undefined);
      await eventually(() => got.length >= 3, 'what was missed');
      await broadcast(4);
      await eventually(() => got.length >= 4, 'the last message');
      assert.deepEqual(got, [1, 2, 3, 4]);
      assert.deepEqual(faults, []);
    } finally {
      connection.close();
      await server.end();
    }
  });

  it('RNG-060 RNG-061 the server answers pings, and keeps no connection after close()', async () => {
    const server = await startServer('rangkai');
    const connections = async () => {
      const answer = await server.ask('GET', '/connections') as { connections: unknown[] };
      return answer.connections.length;
    };
    const faults: string[] = [];
    const sent: string[] = [];
    class Watched extends WebSocket {
      override send(text: string): void {
        sent.push(text);
        super.send(text);
      }
    }
    const connection = connectRangkai(`${server.sockets}/ws`, () => tokenFor('did:rangkai:alice'), {
      heartbeat: { every: 20, timeout: 10_000 },
      WebSocket: Watched,
    });
    connection.onError((fault) => faults.push(fault.message));
    try {
      await eventually(() => sent.length >= 5, 'five pings, each after a pong');
      assert.deepEqual(new Set(sent), new Set(['{"type":"ping"}']));
      assert.deepEqual(faults, []);
      assert.equal(await connections(), 1);
      connection.close();
      const end = Date.now() + 20_000;
      while (await connections() > 0) assert.ok(Date.now() < end, 'the server still has a connection');
    } finally {
      connection.close();
      await server.end();
    }
  });

  it('a token that expired while the page was away is asked for anew', async () => {
    const server = await startServer('rangkai');
    const tokens = [() => tokenFor('did:rangkai:alice', -60), () => tokenFor('did:rangkai:alice')];
    const faults: [string, unknown][] = [];
    const connection = connectRangkai(`${server.sockets}/ws`, () => (tokens.shift() ?? tokens[0])(), {
      schedule: soon,
    });
    connection.onError((fault) => faults.push([fault.kind, fault.code]));
    const hopeless = connectRangkai(`${server.sockets}/ws`, () => tokenFor('did:rangkai:alice', -60), {
      schedule: soon,
    });
    hopeless.onError(() => {});
    try {
      await eventually(() => connection.isConnected, 'the connection');
      assert.deepEqual(faults.filter(([kind]) => kind === 'refused'), [['refused', 4001]]);
      await eventually(() => hopeless.state === 'failed', 'the end of the attempts');
    } finally {
      connection.close();
      hopeless.close();
      await server.end();
    }
  });

  it('PAY-068 a server that is down is told, /health cannot be asked, and the client comes when it is up', async () => {
    const server = await startServer('paychain');
    await server.kill();
    await assert.rejects(fetch(`${server.origin}/health`));
    const faults: string[] = [];
    const connection = connectPaychain(`${server.sockets}/ws`, { schedule: soon });
    connection.onError((fault) => faults.push(fault.message));
    try {
      await eventually(() => faults.length >= 2, 'two failed attempts');
      assert.equal(faults[0], `WebSocket connection to '${server.sockets}/ws' failed`);
      await server.start();
      await eventually(() => connection.isConnected, 'the connection');
    } finally {
      connection.close();
      await server.end();
    }
  });

  it('BULK-019 BULK-023 missed notifications are fetched with the session and come before live ones, each once', async () => {
    const server = await startServer('bulkbuyer');
    const { id } = await server.ask('POST', '/sessions', { user: 'anna' }) as { id: string };
    // What a browser does by itself.
    const headers = { authorization: `Bearer ${id}` };
    const WebSocketWithSession = class {
      constructor(url: string) {
        return new WebSocket(url, { headers } as unknown as string[]);
      }
    };
    const got: WebSocketMessage[] = [];
    let drops = 0;
    const socket = createWebSocket({
      endpoint: `${server.sockets}/api/notifications/ws`,
      onMessage: (message) => got.push(message),
      onClose: () => drops += 1,
      onError: () => {},
      schedule: soon,
      WebSocket: WebSocketWithSession,
      fetch: (address, options) => fetch(address, { ...options, headers }),
    });
    const notify = (title: string) => server.publish('SYSTEM_NOTIFICATION', { title, message: 'm', severity: 'INFO' });
    try {
      await eventually(() => socket.state === 'open', 'the socket');
      await notify('first');
      await eventually(() => got.length === 1, 'the first notification');
      await server.kill();
      await eventually(() => drops > 0, 'the drop');
      await server.start();
      await notify('second');
      await eventually(() => got.length === 2, 'the missed one');
      await eventually(() => socket.state === 'open', 'the socket, again');
      await notify('third');
      await eventually(() => got.length === 3, 'the live one');
      const titles = got.map((message) => message.type === 'SYSTEM_NOTIFICATION' && message.data.title);
      assert.deepEqual(titles, ['first', 'second', 'third']);
    } finally {
      socket.close();
      await server.end();
    }
    assert.equal(socket.state, 'closed');
  });
});
