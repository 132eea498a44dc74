// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The Rangkai protocol with Node's `ws`, run by `npm run test:websocket`. It starts a server of its own.
// SWITCHBOARD_BIN_DIR says where the program is; without it the release build is taken, else the debug build.

'use strict';

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { createHmac, randomUUID } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const WebSocket = require('ws');

const root = path.resolve(__dirname, '..', '..');
const secret = `a-secret-of-the-node-tests-${randomUUID()}`;
const apiKey = `key-${randomUUID()}`;
const deadline = 20_000;
let server;
let data;
let port;
let adminPort;
const sockets = new Set();

function binary() {
  const folders = process.env.SWITCHBOARD_BIN_DIR
    ? [process.env.SWITCHBOARD_BIN_DIR]
    : [path.join(root, '.build', 'release'), path.join(root, '.build', 'debug')];
  const found = folders.map((folder) => path.join(folder, 'switchboard')).find((file) => fs.existsSync(file));
  assert.ok(found, `there is no switchboard in ${folders.join(' or ')}: run make build`);
  return found;
}

async function freePort() {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: free } = listener.address();
  listener.close();
  await once(listener, 'close');
  return free;
}

async function eventually(condition, what) {
  const end = Date.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < end, `${what} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function token(user, claims = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = { sub: user, exp: Math.floor(Date.now() / 1000) + 3600, ...claims };
  const start = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(content)}`;
  return `${start}.${createHmac('sha256', secret).update(start).digest('base64url')}`;
}

// A socket with a queue of what came: `next()` gives messages one by one, `closed` the code and reason.
function connect(credentials) {
  const query = credentials === undefined ? '' : `?token=${credentials}`;
  const socket = new WebSocket(`ws://localhost:${port}/ws${query}`);
  sockets.add(socket);
  const waiting = [];
  const queue = [];
  socket.on('message', (frame, isBinary) => {
    const message = isBinary ? new Error('a binary frame') : JSON.parse(frame);
    const resolve = waiting.shift();
    if (resolve) resolve(message);
    else queue.push(message);
  });
  socket.closed = new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  socket.next = () =>
    queue.length > 0
      ? Promise.resolve(queue.shift())
      : new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error('no message came')), deadline);
          waiting.push((message) => {
            clearTimeout(timer);
            resolve(message);
          });
        });
  socket.ask = (message) => {
    socket.send(JSON.stringify(message));
    return socket.next();
  };
  return socket;
}

async function open(user, claims) {
  const socket = connect(token(user, claims));
  assert.strictEqual((await socket.next()).type, 'connected');
  return socket;
}

async function publish(event, payload) {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/v1/platforms/rangkai/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event, data: payload }),
  });
  assert.strictEqual(answer.status, 200, await answer.clone().text());
  return answer.json();
}

function order() {
  const id = randomUUID();
  const payload = {
    orderId: id,
    orderNumber: 'ORD-2025-001',
    status: 'payment_pending',
    buyerDid: `did:rangkai:buyer-${id}`,
    vendorDid: `did:rangkai:vendor-${id}`,
    total: { amount: 100.0, currency: 'USD' },
    timestamp: '2025-11-05T12:00:00Z',
  };
  return { id, channel: `order:${id}`, buyer: payload.buyerDid, vendor: payload.vendorDid, payload };
}

before(async () => {
  port = await freePort();
  adminPort = await freePort();
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'switchboard-'));
  server = spawn(binary(), ['serve', path.join(root, 'Contracts', 'rangkai.yaml'), '--data', data], {
    env: {
      ...process.env,
      RANGKAI_PORT: String(port),
      RANGKAI_JWT_SECRET: secret,
      SWITCHBOARD_ADMIN_PORT: String(adminPort),
      SWITCHBOARD_API_KEY: apiKey,
    },
    stdio: 'ignore',
  });
  await eventually(async () => {
    assert.strictEqual(server.exitCode, null, 'the server ended at start');
    return fetch(`http://127.0.0.1:${adminPort}/health/ready`).then((answer) => answer.ok, () => false);
  }, 'readiness');
});

after(async () => {
  for (const socket of sockets) socket.terminate();
  if (server && server.exitCode === null) {
    server.kill();
    await once(server, 'exit');
  }
  if (data) fs.rmSync(data, { recursive: true, force: true });
});

test('RNG-005 a valid token is welcomed with its user', async () => {
  const socket = connect(token('did:rangkai:alice'));
  const welcome = await socket.next();
  assert.deepStrictEqual(Object.keys(welcome).sort(), ['timestamp', 'type', 'userId']);
  assert.strictEqual(welcome.userId, 'did:rangkai:alice');
  socket.close(1000);
  assert.strictEqual((await socket.closed).code, 1000);
});

test('RNG-008 RNG-009 a missing and a bad token get the documented error and 4001', async () => {
  const forged = `${token('did:rangkai:alice').slice(0, -4)}AAAA`;
  for (const credentials of [undefined, 'garbage', forged, token('did:rangkai:alice', { exp: 1 })]) {
    const socket = connect(credentials);
    assert.deepStrictEqual(await socket.next(), { type: 'error', message: 'Authentication required' });
    assert.deepStrictEqual(await socket.closed, { code: 4001, reason: 'Authentication required' });
  }
});

test('RNG-010 RNG-011 one channel and several are subscribed', async () => {
  const { channel, buyer, payload } = order();
  await publish('order.created', payload);
  const socket = await open(buyer);
  assert.strictEqual((await socket.ask({ type: 'subscribe', channel })).channel, channel);
  const first = await socket.ask({ type: 'subscribe', channels: ['global', `user:${buyer}`] });
  assert.deepStrictEqual([first.type, first.channel], ['subscribed', 'global']);
  assert.strictEqual((await socket.next()).channel, `user:${buyer}`);
});

test('RNG-027 RNG-028 a malformed and a foreign channel are refused by name and the connection stays', async () => {
  const { channel, payload } = order();
  await publish('order.created', payload);
  const socket = await open('did:rangkai:stranger');
  assert.deepStrictEqual(await socket.ask({ type: 'subscribe', channel: 'invalid-channel' }), {
    type: 'error',
    message: 'Invalid channel format: invalid-channel',
  });
  assert.deepStrictEqual(await socket.ask({ type: 'subscribe', channel }), {
    type: 'error',
    message: `Not authorized to subscribe to: ${channel}`,
  });
  assert.strictEqual((await socket.ask({ type: 'ping' })).type, 'pong');
});

test('RNG-030 one event reaches buyer and vendor once on each connection', async () => {
  const { channel, buyer, vendor, payload } = order();
  await publish('order.created', payload);
  const connections = [await open(buyer), await open(buyer), await open(vendor)];
  for (const [index, user] of [buyer, buyer, vendor].entries()) {
    await connections[index].ask({ type: 'subscribe', channel });
    await connections[index].ask({ type: 'subscribe', channel: `user:${user}` });
  }
  const { total, ...base } = payload;
  const paid = { ...base, status: 'paid' };
  const receipt = await publish('order.paid', paid);
  assert.strictEqual(receipt.receivers, 3);
  for (const socket of connections) {
    const frame = await socket.next();
    assert.deepStrictEqual(Object.keys(frame).sort(), ['data', 'event', 'timestamp']);
    assert.deepStrictEqual([frame.event, frame.data], ['order.paid', paid]);
    assert.strictEqual((await socket.ask({ type: 'ping' })).type, 'pong', 'a second copy came');
  }
});

test('RNG-013 an unsubscribed channel is silent', async () => {
  const { channel, buyer, payload } = order();
  await publish('order.created', payload);
  const socket = await open(buyer);
  await socket.ask({ type: 'subscribe', channel });
  assert.strictEqual((await socket.ask({ type: 'unsubscribe', channel })).type, 'unsubscribed');
  const receipt = await publish('order.created', payload);
  assert.strictEqual(receipt.receivers, 0);
  assert.strictEqual((await socket.ask({ type: 'ping' })).type, 'pong');
});

test('RNG-049 a ping message gets a pong with a time', async () => {
  const socket = await open('did:rangkai:pinger');
  const pong = await socket.ask({ type: 'ping' });
  assert.deepStrictEqual(Object.keys(pong).sort(), ['timestamp', 'type']);
  assert.match(pong.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
});
