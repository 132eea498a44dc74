// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { rangkai } from './support/watched.ts';
import { type FakeTime, fakeTime, settle } from './support/time.ts';

describe('the token', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it('is asked anew for each attempt', async () => {
    let asked = 0;
    const { connection, all, last, welcome } = rangkai({}, () => Promise.resolve(`t${asked += 1}`));
    await welcome();
    last().end(1006);
    await time.pass(1200);
    assert.deepEqual(all.map((socket) => new URL(socket.url).searchParams.get('token')), ['t1', 't2']);
    connection.close();
  });

  it('that expired while away is asked for once more, and the connection comes back', async () => {
    let asked = 0;
    const { connection, last, welcome, kinds } = rangkai({}, () => `t${asked += 1}`);
    await welcome();
    for (let turn = 0; turn < 3; turn += 1) {
      last().end(4001, 'Authentication required');
      assert.equal(connection.state, 'waiting');
      await time.pass(1200);
      await welcome();
      assert.equal(connection.state, 'open');
    }
    assert.equal(asked, 4);
    assert.deepEqual(kinds(), ['refused', 'refused', 'refused']);
    connection.close();
  });

  it('that is refused twice in a row ends the attempts until there is another', async () => {
    let asked = 0;
    const { connection, last, welcome, faults, states } = rangkai({}, () => `t${asked += 1}`);
    await settle();
    last().say({ type: 'error', message: 'Authentication required' });
    last().end(4001, 'Authentication required');
    await time.pass(1200);
    last().end(4001, 'Authentication required');
    assert.deepEqual(states[states.length - 1], ['failed', { code: 4001, reason: 'Authentication required' }]);
    assert.equal(faults[faults.length - 1].code, 4001);
    await time.pass(1_000_000);
    assert.equal(asked, 2);
    connection.setToken('good');
    await settle();
    assert.match(last().url, /token=good/);
    await welcome();
    assert.equal(connection.state, 'open');
    connection.close();
  });

  it('that never changes is not tried again once it was refused', async () => {
    const { connection, all, last } = rangkai({}, 'stale');
    await settle();
    last().end(4001);
    assert.equal(connection.state, 'failed');
    await time.pass(1_000_000);
    assert.equal(all.length, 1);
    connection.close();
  });

  it('that cannot be had is told, and asked for again by the schedule', async () => {
    const answers: (() => Promise<string>)[] = [
      () => Promise.reject(new Error('the login service is down')),
      () => new Promise(() => {}),
      () => {
        throw Object.create(null);
      },
      () => Promise.resolve('good'),
    ];
    let asked = 0;
    const { connection, all, last, kinds, faults } = rangkai({ deadline: 3000 }, () => answers[asked++]());
    await settle();
    assert.deepEqual(kinds(), ['token', 'connection']);
    assert.match(faults[0].message, /the login service is down/);
    await time.pass(1200);
    assert.equal(asked, 2);
    await time.pass(3000);
    assert.equal(connection.state, 'waiting');
    await time.pass(2400);
    assert.equal(asked, 3);
    await time.pass(4800);
    assert.equal(asked, 4);
    assert.equal(all.length, 1);
    assert.match(last().url, /token=good/);
    connection.close();
  });

  it('that comes after close() opens nothing', async () => {
    let give = (_: string) => {};
    const { connection, all } = rangkai({}, () => new Promise((resolve) => give = resolve));
    await settle();
    connection.close();
    give('late');
    await settle();
    assert.equal(all.length, 0);
  });
});
