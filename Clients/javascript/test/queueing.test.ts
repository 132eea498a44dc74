// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueing } from '../src/queueing.ts';

class Stock {
  static OPEN = 1;
  readyState = 0;
  readonly sent: unknown[][] = [];
  #opened: (() => void)[] = [];
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
  addEventListener(_: 'open', handler: () => void): void {
    this.#opened.push(handler);
  }
  send(...values: unknown[]): void {
    if (this.readyState !== 1) throw new Error('InvalidStateError');
    this.sent.push(values);
  }
  open(): void {
    this.readyState = 1;
    for (const handler of this.#opened) handler();
  }
}

describe('a queueing socket', () => {
  it('PAY-D16 keeps what is sent before it is open, and sends it in order', () => {
    const Queueing = queueing(Stock);
    const socket = new Queueing('ws://localhost:8080/ws');
    socket.send('a', { compress: true });
    socket.send('b');
    assert.deepEqual(socket.sent, []);
    socket.open();
    socket.send('c');
    assert.deepEqual(socket.sent, [['a', { compress: true }], ['b'], ['c']]);
    assert.ok(socket instanceof Stock && socket.url === 'ws://localhost:8080/ws' && Queueing.OPEN === 1);
  });

  it('sends nothing twice when it is told twice that it is open', () => {
    const socket = new (queueing(Stock))('ws://localhost');
    socket.send('a');
    socket.open();
    socket.open();
    assert.deepEqual(socket.sent, [['a']]);
  });

  it('behaves as the stock one does once it is closed, or has kept a thousand messages', () => {
    const socket = new (queueing(Stock))('ws://localhost');
    for (let n = 0; n < 1000; n += 1) socket.send(n);
    assert.throws(() => socket.send('one more'), /InvalidStateError/);
    socket.readyState = 3;
    assert.throws(() => socket.send('late'), /InvalidStateError/);
  });
});
