// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The test kit's server, with the stock client over a real connection and with the kit's own in this process. (ORI-053)

import assert from 'node:assert/strict';
import { createServer, type Server as HTTPServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { io as stock, type Socket } from 'socket.io-client';
import { vendored } from './support/vendored.ts';
import { type ClientSocket, Server, type ServerSocket } from '../src/testing/index.ts';

type Client = ClientSocket | Socket;

async function serve(): Promise<{ io: Server; url: string }> {
  const http: HTTPServer = createServer((_, response) => response.end('a page'));
  const io = new Server(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { io, url: `http://127.0.0.1:${(http.address() as { port: number }).port}` };
}

/** What a client is told next under this name. */
// deno-lint-ignore no-explicit-any
const next = (client: any, event: string): Promise<any[]> =>
  new Promise((resolve) => client.once(event, (...args: unknown[]) => resolve(args)));

const kinds: Record<string, (io: Server, url: string, options?: object) => Client> = {
  'the stock client': (_, url, options) => stock(url, { transports: ['websocket'], forceNew: true, ...options }),
  'the own client': (io, url, options) => io(url, options as Record<string, unknown>),
};

for (const [kind, open] of Object.entries(kinds)) {
  test(`${kind} connects, sends and is sent events and answers`, vendored, async () => {
    const { io, url } = await serve();
    const connected = next(io, 'connection');
    const client = open(io, url, { auth: { token: 't' } });
    await next(client, 'connect');
    const [server] = await connected as [ServerSocket];
    assert.equal(server.id, client.id);
    assert.deepEqual(server.handshake.auth, { token: 't' });
    const told = next(client, 'health:update');
    server.emit('health:update', { service: 'auth' }, new Uint8Array([1, 2, 255]));
    const [data, bytes] = await told;
    assert.deepEqual(data, { service: 'auth' });
    assert.deepEqual([...new Uint8Array(bytes)], [1, 2, 255]);
    server.on('echo', (value, answer) => answer(value, 'ä'));
    const echoed = await client.emitWithAck('echo', { deep: [new Uint8Array([7])] }) as { deep: ArrayBuffer[] };
    assert.deepEqual([...new Uint8Array(echoed.deep[0])], [7]);
    client.on('question', (value, answer) => answer(value + 1));
    assert.equal(await server.emitWithAck('question', 41), 42);
    const left = next(server, 'disconnect');
    client.close();
    await left;
    assert.equal(io.sockets.sockets.size, 0);
    await io.close();
  });

  test(`${kind} is refused by middleware, and leaves when the server says so`, vendored, async () => {
    const { io, url } = await serve();
    io.use((socket, next) => {
      if (socket.handshake.auth.token === 'good') return next();
      next(Object.assign(new Error('invalid token'), { data: { code: 'UNAUTHORIZED' } }));
    });
    const refused = open(io, url, { auth: { token: 'bad' } });
    const [error] = await next(refused, 'connect_error');
    assert.equal(error.message, 'invalid token');
    assert.deepEqual(error.data, { code: 'UNAUTHORIZED' });
    const client = open(io, url, { auth: { token: 'good' } });
    await next(client, 'connect');
    const gone = next(client, 'disconnect');
    io.disconnectSockets();
    assert.deepEqual((await gone)[0], 'io server disconnect');
    refused.close();
    client.close();
    await io.close();
  });

  test(`${kind} is in rooms and namespaces`, vendored, async () => {
    const { io, url } = await serve();
    io.of(/^\/rooms\/\w+$/).on('connection', (socket: ServerSocket) => socket.emit('welcome', socket.nsp.name));
    const inside = open(io, `${url}/rooms/a1`);
    assert.deepEqual(await next(inside, 'welcome'), ['/rooms/a1']);
    const nowhere = open(io, `${url}/none`);
    assert.equal((await next(nowhere, 'connect_error'))[0].message, 'Invalid namespace');
    io.on(
      'connection',
      (socket: ServerSocket) => socket.on('join', (room, answer) => answer(socket.join(room) ?? true)),
    );
    const [one, two] = [open(io, url), open(io, url)];
    await Promise.all([next(one, 'connect'), next(two, 'connect')]);
    await one.emitWithAck('join', 'r');
    const heard: string[] = [];
    one.on('said', (text) => heard.push(`one ${text}`));
    two.on('said', (text) => heard.push(`two ${text}`));
    io.to('r').emit('said', 'to the room');
    io.except('r').emit('said', 'to the others');
    const last = Promise.all([next(one, 'last'), next(two, 'last')]);
    io.emit('last');
    await last;
    assert.deepEqual(heard.sort(), ['one to the room', 'two to the others']);
    for (const client of [inside, nowhere, one, two]) client.close();
    await io.close();
  });
}

test('other requests reach the server below, and what is no packet ends the connection alone', vendored, async () => {
  const { io, url } = await serve();
  assert.equal(await (await fetch(`${url}/page`)).text(), 'a page');
  assert.equal((await fetch(`${url}/socket.io/?EIO=3&transport=polling`)).status, 400);
  for (const text of ['garbage', '42{', '42[]', '4251-["x",{"_placeholder":true,"num":0}]', '40']) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await new Promise((resolve) => socket.onopen = resolve);
    socket.send(text);
    if (text !== '40') socket.send('4no packet');
    if (text === '40') socket.close();
    await new Promise((resolve) => socket.onclose = resolve);
  }
  const client = stock(url, { transports: ['websocket'], forceNew: true });
  await next(client, 'connect');
  client.close();
  await io.close();
});
