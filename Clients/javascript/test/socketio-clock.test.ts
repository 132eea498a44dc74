// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// How old events are, whatever this machine's clock says. (ROOM-063, ROOM-D19)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock, timeOfId } from '../src/socketio/clock.ts';
import { idAt } from './support/bench.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

test('the time of an event id is read, and of no other text', () => {
  assert.equal(timeOfId(idAt(NOW, 7)), NOW);
  assert.equal(timeOfId(idAt(0)), 0);
  for (
    const text of [
      undefined,
      '',
      'notif_abc123',
      idAt(NOW).toLowerCase().replace('0', 'u'),
      idAt(NOW) + '0',
      'U000000000000000',
    ]
  ) {
    assert.equal(timeOfId(text), undefined);
  }
});

test('an answer of the server tells its clock; the quickest of the last ones is believed', () => {
  const clock = new ServerClock();
  assert.equal(clock.age(NOW - 5, NOW), 5);
  clock.learn(NOW - HOUR - 800, NOW);
  clock.learn(NOW - HOUR - 20, NOW);
  clock.learn(NaN, NOW);
  assert.equal(clock.age(NOW - HOUR - 20, NOW), 0);
  assert.equal(clock.age(NOW - HOUR - 1020, NOW), 1000);
  // This clock is set right.
  for (let count = 0; count < 8; count++) clock.learn(NOW, NOW);
  assert.equal(clock.age(NOW - 10, NOW), 10);
});

test('live events that all look equally old mean that the clock is wrong; a burst of old ones does not', () => {
  const clock = new ServerClock();
  // Missed events of the last hours come at once.
  for (let count = 0; count < 20; count++) assert.equal(clock.suspect(NOW - HOUR - count, NOW + count), false);
  const live = new ServerClock();
  const verdicts = [0, 3000, 6000, 9000].map((time) => live.suspect(NOW - HOUR + time, NOW + time));
  assert.deepEqual(verdicts, [false, false, true, false]);
  assert.equal(live.age(NOW - HOUR + 9000, NOW + 9000), 0);
  const interrupted = new ServerClock();
  assert.equal(interrupted.suspect(NOW - HOUR, NOW), false);
  assert.equal(interrupted.suspect(NOW - HOUR + 5000, NOW + 5000), false);
  interrupted.clear();
  assert.equal(interrupted.suspect(NOW - HOUR + 10_000, NOW + 10_000), false);
});
