// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WebSocketMessage } from '../src/bulkbuyer.ts';
import { connect } from '../src/index.ts';
import { paychain, type PaychainEvents } from '../src/paychain.ts';
import { connectRangkai } from '../src/rangkai.ts';

// What the compiler refuses is part of the interface: each expected error below is one that it would not forgive to be gone.
// deno-lint-ignore require-await -- it is never called
async function refused(): Promise<void> {
  const rangkai = connectRangkai('ws://localhost:3000/ws', 'token');
  rangkai.on('order.created', (order) => {
    const amount: number = order.total.amount;
    // @ts-expect-error -- it is a number
    const text: string = order.total.amount;
    // @ts-expect-error -- an order has none
    order.trackingNumber;
    // @ts-expect-error -- a created order waits for its payment
    if (order.status === 'shipped') return;
    return [amount, text];
  });
  // @ts-expect-error -- there is no such event
  rangkai.on('order.exploded', () => {});
  // @ts-expect-error -- the handler takes another payload
  rangkai.on('order.paid', (order: { total: number }) => order);
  // @ts-expect-error -- channels are texts
  rangkai.subscribe([7]);
  const own = connect<PaychainEvents>('ws://localhost:8080/ws', { dialect: paychain });
  own.on('job_created', (job) => job.title.toUpperCase());
  // @ts-expect-error -- a dialect is needed
  connect('ws://localhost:8080/ws', {});
  const any = connect('ws://localhost:8080/ws', { dialect: paychain });
  any.on('whatever', (data) => {
    // @ts-expect-error -- nothing is known of it
    data.title;
  });
}

function handle(message: WebSocketMessage): string {
  switch (message.type) {
    case 'ORDER_STATUS_CHANGE':
      return message.data.toStatus;
    case 'POOL_PROGRESS':
      return String(message.data.progress);
    case 'SYSTEM_NOTIFICATION':
      return message.data.severity satisfies 'INFO' | 'WARNING' | 'ERROR';
  }
}

describe('types', () => {
  it('RNG-071 events are typed: a wrong name or payload is refused by the compiler, which checks this file', () => {
    assert.equal(typeof refused, 'function');
  });

  it('BULK-024 each type of message has its own data', () => {
    const data = { orderId: 'o', fromStatus: 'PENDING', toStatus: 'PROCESSING' };
    assert.equal(handle({ type: 'ORDER_STATUS_CHANGE', id: '1', timestamp: '', data }), 'PROCESSING');
  });
});
