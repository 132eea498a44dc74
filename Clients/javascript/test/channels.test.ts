// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { paychain, rangkai } from './support/watched.ts';
import { type FakeTime, fakeTime } from './support/time.ts';

describe('channels', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it('RNG-057 the server is told to unsubscribe when the last listener is gone, and only then', async () => {
    const { connection, last, welcome } = rangkai();
    await welcome();
    const first = connection.subscribe('order:1');
    const second = connection.subscribe(['order:1', 'order:2']);
    assert.deepEqual(last().sent.splice(0), [
      { type: 'subscribe', channels: ['order:1'] },
      { type: 'subscribe', channels: ['order:2'] },
    ]);
    second();
    second();
    assert.deepEqual(last().sent.splice(0), [{ type: 'unsubscribe', channels: ['order:2'] }]);
    first();
    assert.deepEqual(last().sent.splice(0), [{ type: 'unsubscribe', channels: ['order:1'] }]);
    connection.unsubscribe('order:1');
    assert.deepEqual(last().sent, []);
    connection.close();
  });

  it('RNG-057 what nobody wants any more is not subscribed again after a reconnect', async () => {
    const { connection, last, welcome } = rangkai();
    connection.subscribe(['order:1', 'order:2']);
    await welcome();
    last().end(1006);
    connection.unsubscribe('order:1');
    const release = connection.subscribe('order:3');
    release();
    await time.pass(1200);
    assert.deepEqual(await welcome(), [{ type: 'subscribe', channels: ['order:2'] }]);
    connection.close();
  });

  it('PAY-025 PAY-026 several channels go in one message', async () => {
    const { connection, last, welcome } = paychain();
    await welcome();
    connection.subscribe(['jobs', 'payments']);
    connection.unsubscribe(['jobs']);
    assert.deepEqual(last().sent, [
      { type: 'subscribe', channels: ['jobs', 'payments'] },
      { type: 'unsubscribe', channels: ['jobs'] },
    ]);
    connection.close();
  });

  it('PAY-029 PAY-030 what is said before the connection is open waits for the welcome', async () => {
    const { connection, last, welcome } = paychain();
    connection.subscribe(['jobs']);
    connection.subscribe('payments');
    connection.unsubscribe('payments');
    connection.send('ping');
    last()?.open();
    assert.deepEqual(await welcome(), [{ type: 'subscribe', channels: ['jobs'] }, { type: 'ping' }]);
    connection.close();
  });

  it('PAY-039 all channels are subscribed again after a reconnect, from the last position', async () => {
    const { connection, last, welcome } = paychain();
    connection.subscribe(['jobs', 'payments']);
    await welcome();
    assert.match(last().url, /\?ids=1$/);
    last().say({ type: 'job_created', id: 'p-7', data: {}, timestamp: '2025-11-05T12:00:01Z' });
    last().say({ type: 'chat_typing', data: {}, timestamp: '2025-11-05T12:00:01Z' });
    last().end(1006);
    await time.pass(1000);
    assert.deepEqual(await welcome(), [
      { type: 'subscribe', channels: ['jobs', 'payments'], since: 'p-7' },
      { type: 'ping' },
    ]);
    connection.subscribe('more');
    assert.deepEqual(last().sent, [{ type: 'subscribe', channels: ['more'] }]);
    connection.close();
  });

  it('a connection that ends before all that was missed has come is taken up from where it was before', async () => {
    const { connection, last, welcome } = paychain();
    const heard: unknown[] = [];
    connection.onAny((event) => heard.push(event.position));
    connection.subscribe(['jobs', 'payments']);
    await welcome();
    const say = (id: string) => last().say({ type: 'job_created', id, data: {}, timestamp: '2025-11-05T12:00:01Z' });
    const since = async () => {
      last().end(1006);
      await time.pass(1000);
      return (await welcome() as { since?: string }[])[0].since;
    };
    say('p-1');
    assert.equal(await since(), 'p-1');
    // The past of the first channel; that of the second does not come any more.
    say('p-9');
    assert.equal(await since(), 'p-1');
    say('p-5');
    say('p-9');
    last().say({ type: 'pong', timestamp: '2025-11-05T12:00:02Z' });
    assert.equal(await since(), 'p-9');
    assert.deepEqual(heard, ['p-1', 'p-9', 'p-5']);
    connection.close();
  });

  it('a gap that the server could not fill is told', async () => {
    const { connection, last, welcome, kinds } = paychain();
    await welcome();
    last().say({ type: 'subscribed', data: { channels: ['jobs'], recovered: true } });
    assert.deepEqual(kinds(), []);
    last().say({ type: 'subscribed', data: { channels: ['jobs'], recovered: false } });
    assert.deepEqual(kinds(), ['gap']);
    connection.close();
  });

  it('a subscription that the server ends is told; the answer to our own unsubscribe is not', async () => {
    const { connection, last, welcome, faults } = rangkai();
    connection.subscribe(['order:1', 'order:2']);
    await welcome();
    connection.unsubscribe('order:1');
    connection.subscribe('order:1');
    last().say({ type: 'unsubscribed', channel: 'order:1' });
    assert.equal(faults.length, 0);
    last().say({ type: 'unsubscribed', channel: 'order:2' });
    last().say({ type: 'unsubscribed', channel: 7 });
    assert.deepEqual(faults.map((fault) => [fault.kind, fault.channel]), [['unsubscribed', 'order:2']]);
    connection.close();
  });

  it('many channels go in messages of a hundred', async () => {
    const { connection, welcome } = rangkai();
    connection.subscribe(Array.from({ length: 250 }, (_, index) => `order:${index}`));
    const sizes = (await welcome()).map((message) => (message.channels as string[]).length);
    assert.deepEqual(sizes, [100, 100, 50]);
    connection.close();
  });
});
