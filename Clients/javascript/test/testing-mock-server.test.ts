// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The mock of a contract's whole server, in a process of its own, led by the test.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectRooms } from '../src/rooms.ts';
import { MockError, mockServer } from '../src/testing/index.ts';
import { next } from './support/bench.ts';
import { vendored } from './support/vendored.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = `${process.env.SWITCHBOARD_BIN_DIR ?? `${root}.build/debug`}/switchboard`;
const needed = existsSync(binary) ? vendored : { skip: `there is no ${binary}` };
const contract = `${root}Contracts/rooms.yaml`;

test('a test leads the mock of the room platform, and sees its client through an outage', needed, async () => {
  const server = await mockServer(contract, { binary, scenario: `${root}Examples/scenarios/rooms.yaml`, paused: true });
  try {
    const { users } = await server.status();
    const socket = connectRooms(server.address, {
      auth: { token: await server.token(users[0].id) },
      transports: ['websocket'],
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
    });
    await next(socket, 'connect');
    await server.publish('room:created', {
      roomId: 'room_mine',
      room: { id: 'room_mine', name: 'Mine', status: 'active', ownerId: users[0].id },
      timestamp: new Date().toISOString(),
    });
    const { data } = await socket.request('room:subscribe', { roomId: 'room_mine' });
    assert.equal(data.room.name, 'Mine');
    const gone = next(socket, 'disconnect');
    await server.break({ refuse: 'connections', close: 1012 });
    await gone;
    assert.equal(socket.state, 'waiting');
    const back = next(socket, 'reconnect');
    await server.mend();
    await back;
    const told = next(socket, 'prize:deleted');
    await server.publish('prize:deleted', { roomId: 'room_mine', prizeId: 'p', timestamp: new Date().toISOString() });
    assert.equal((await told)[0].prizeId, 'p');
    socket.disconnect();
    await assert.rejects(server.token('nobody'), MockError);
    await assert.rejects(server.publish('no such event', {}), /MockError: POST events: 4\d\d /);
  } finally {
    await server.stop();
  }
  await assert.rejects(server.status(), /not running/);
});

test('what keeps the mock from starting is said', needed, async () => {
  await assert.rejects(mockServer(`${root}none.yaml`, { binary }), /none\.yaml cannot be read/);
  await assert.rejects(mockServer(`${root}LICENSE`, { binary }), /is no contract/);
  await assert.rejects(mockServer(contract, { binary: '/nonexistent/switchboard' }), /cannot be started/);
  await assert.rejects(
    mockServer(contract, { binary, scenario: `${root}README.md` }),
    /the server ended with \d+:\n.*README/s,
  );
});
