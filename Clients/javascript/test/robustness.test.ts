// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { paychain, rangkai } from './support/watched.ts';
import { type FakeTime, fakeTime } from './support/time.ts';

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const frames = [
  '{"type":"connected","userId":"u","timestamp":"2025-11-05T12:00:00.000Z"}',
  '{"type":"connected","data":{"connection_id":"c"},"timestamp":"2025-11-05T12:00:00.000Z"}',
  '{"type":"subscribed","channel":"order:1","timestamp":"2025-11-05T12:00:00.000Z"}',
  '{"type":"subscribed","data":{"channels":["jobs"],"recovered":false}}',
  '{"type":"unsubscribed","data":{"channels":["jobs",7,null]}}',
  '{"type":"pong"}',
  '{"type":"error","data":{"code":403,"message":"Not authorized","channel":"jobs"}}',
  '{"event":"order.shipped","data":{"orderId":"o","__proto__":{"x":1}},"timestamp":"2025-11-05T12:00:00.000Z"}',
  '{"type":"job_created","id":"p-1","data":{"job_id":1},"timestamp":"2025-11-05T12:00:00.000Z"}',
  '[[[[{"type":{"type":"connected"}}]]]]',
  '"\\ud800"',
];
const pieces = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  '-1e999',
  '\\u0000',
  '"type"',
  '"data"',
  '"__proto__"',
  '💼',
  '0',
  'true',
];

describe('whatever a server sends and does', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  for (const [name, make] of [['rangkai', rangkai], ['paychain', paychain]] as const) {
    it(`nothing is thrown, and the client comes back: ${name}`, async () => {
      const random = numbers(name.length);
      const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)];
      const broken = () => {
        const text = pick(frames);
        const at = Math.floor(random() * text.length);
        const more = pick([pick(pieces), '', text.slice(0, at)]);
        return pick([text, text.slice(0, at) + more + text.slice(at + Math.floor(random() * 3)), more]);
      };
      const store = {
        order: 'time',
        batch: { every: 10 },
        maximumAge: 1000,
        queue: 5,
        longestFrame: 500,
        schedule: { first: 10, most: 100 },
        missed: () =>
          pick<() => Promise<unknown[]>>([() => Promise.resolve([7, null, {}]), () => Promise.reject(broken())])(),
      } as const;
      const { connection, all, last, faults, welcome } = make(store, () => pick(['t', 'u']));
      let events = 0;
      connection.onAny(() => {
        events += 1;
        if (random() < 0.01) throw broken();
      });
      const actions: (() => unknown)[] = [
        () => last().open(),
        () => last().end(pick([1000, 1001, 1006, 1011, 4000, 4002]), broken()),
        () => last().sayBinary(),
        () => connection.subscribe(broken()),
        () => connection.unsubscribe(broken()),
        () => connection.send(broken(), { text: broken() }),
        () => connection.reconnect(),
        () => connection.setToken(pick(['t', () => pick(['t', 'u']), undefined])),
        () => time.pass(pick([1, 10, 1000])),
      ];
      await time.pass(0);
      for (let step = 0; step < 20_000; step += 1) {
        if (random() < 0.9) last().say(broken());
        else await pick(actions)();
      }
      assert.ok(events > 100, `${events} events`);
      assert.ok(faults.length > 1000, `${faults.length} faults`);
      assert.ok(all.length > 50, `${all.length} connections`);
      assert.equal(({} as { x?: number }).x, undefined);
      // However it stands, a working server gets it back.
      connection.setToken('t');
      connection.reconnect();
      await time.pass(20_000);
      await welcome();
      assert.equal(connection.state, 'open');
      connection.close();
      await time.pass(0);
      assert.equal(time.timers, 0);
    });
  }
});
