// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The sockets of the room platform and of ORION: their options at work, and their types, which the check of this file proves.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { connectOrion, createResilientSocket, schemas as orionSchemas } from '../src/orion.ts';
import { connectRooms, schemas } from '../src/rooms.ts';
import type { Check, Fault } from '../src/socketio/index.ts';
import type { ServerSocket } from '../src/testing/index.ts';
import { bench, idAt, next } from './support/bench.ts';
import { vendored } from './support/vendored.ts';

const quick = { transports: ['websocket'], forceNew: true, reconnectionDelay: 5, reconnectionDelayMax: 10 };
const TIME = '2025-01-15T10:00:00Z';

test(
  'sockets of the room platform check, age, and subscribe again (ROOM-063, ROOM-070, ROOM-071)',
  vendored,
  bench(async ({ server, url, joined }) => {
    const asked: string[] = [];
    server.on('connection', (each: ServerSocket) =>
      each.on('room:subscribe', ({ roomId }, answer) => {
        asked.push(roomId);
        const room = { id: roomId, name: 'New Year Lottery 2025', status: 'active' };
        answer(
          roomId === 'r'
            ? { success: true, room, data: { room } }
            : { success: false, error: { code: 'ROOM_NOT_FOUND', message: 'none' } },
        );
      }));
    const socket = connectRooms(url, { ...quick, auth: { token: 't' } });
    const first = await joined();
    const { data } = await socket.request('room:subscribe', { roomId: 'r' });
    assert.equal(data.room.name satisfies string, 'New Year Lottery 2025');
    await assert.rejects(socket.request('room:subscribe', { roomId: 'x' }), { serverCode: 'ROOM_NOT_FOUND' });
    const faults: Fault[] = [], told: string[] = [];
    socket.onError((fault) => faults.push(fault));
    socket.on('prize:deleted', ({ prizeId }) => told.push(prizeId));
    const now = Date.now();
    const prize = { roomId: 'r', prizeId: 'p', timestamp: TIME };
    first.emit('prize:deleted', prize, idAt(now, 1));
    first.emit('prize:deleted', { ...prize, prizeId: 7 }, idAt(now, 2));
    first.emit('prize:deleted', prize, idAt(now - 301_000, 3));
    first.emit('prize:deleted', prize, idAt(now, 1));
    first.emit('lottery:draw_started', { totalPrizes: 10 });
    const [draw] = await next(socket, 'lottery:draw_started');
    assert.equal(draw.totalPrizes, 10);
    assert.deepEqual(told, ['p']);
    assert.deepEqual(faults.map(({ kind }) => kind), ['invalid', 'stale']);
    const back = joined();
    socket.io.engine.close();
    await next(await back, 'room:subscribe');
    assert.deepEqual(asked, ['r', 'x', 'r']);
    socket.disconnect();
  }),
);

test(
  'sockets of ORION ping and subscribe again (ORI-050, ROOM-070)',
  vendored,
  bench(async ({ server, url, joined }) => {
    server.on(
      'connection',
      (each: ServerSocket) =>
        each.on('subscribe:health', ({ services }, answer) => answer({ services, timestamp: TIME })),
    );
    const socket = createResilientSocket(url, quick);
    await joined();
    const { services } = await socket.request('subscribe:health', { services: ['*'] });
    assert.deepEqual(services satisfies readonly string[], ['*']);
    const back = joined();
    socket.io.engine.close();
    const [request] = await next(await back, 'subscribe:health');
    assert.deepEqual(request, { services: ['*'] });
    socket.disconnect();
  }),
);

/** The payloads that a platform's document prints, by event. */
function printed(name: string): Record<string, unknown> {
  return JSON.parse(
    readFileSync(new URL(`../../../Tests/blackbox/documents/${name}-payloads.json`, import.meta.url), 'utf8'),
  );
}

test('the documented payloads pass the checks, and not without any of their required members (ROOM-071)', () => {
  const platforms = [[printed('rooms'), schemas], [printed('orion'), orionSchemas]] as const;
  let count = 0;
  for (const [payloads, checks] of platforms) {
    for (const [event, payload] of Object.entries(payloads)) {
      const check = (checks as Record<string, Check>)[event];
      if (!check) continue;
      for (const each of [payload].flat()) {
        assert.equal(check(each), undefined, event);
        assert.match(check({}) ?? '', / is missing$/, event);
        count += 1;
      }
    }
  }
  assert.ok(count >= 16, `${count} payloads`);
  assert.equal(schemas['room:deleted']({ roomId: 'r', timestamp: 'yesterday' }), 'timestamp is no time');
  assert.equal(
    schemas['participant:joined']({ roomId: 'r', timestamp: TIME, participant: { id: 'p' } }),
    'participant.userId is missing',
  );
});

/** Never runs: it is the compiler that judges it. */
export function typed(): void {
  const socket = connectRooms('http://localhost', { autoConnect: false });
  socket.on('winner:selected', ({ winner }) => winner.prize.name satisfies string);
  socket.on('reconnect', (attempts) => attempts.toFixed()).once('reconnect_failed', () => {});
  // @ts-expect-error there is no such event
  socket.on('winnerselected', () => {});
  // @ts-expect-error a winner has no such field
  socket.on('winner:selected', ({ winner }) => winner.prizeName);
  // @ts-expect-error a room is named by a text
  socket.emit('room:subscribe', { roomId: 7 });
  // @ts-expect-error an answer has no such field
  socket.request('room:subscribe', { roomId: 'r' }).then(({ data }) => data.title);
  const orion = connectOrion('http://localhost', { autoConnect: false });
  orion.emit('subscribe:health', { services: ['*'] }, ({ services }) => services satisfies readonly string[]);
  // @ts-expect-error several services stand in a list
  orion.emit('subscribe:health', { services: 'auth' });
  // @ts-expect-error a service is healthy, unhealthy or degraded
  orion.on('health:update', ({ status }) => status === 'ill');
}
