// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { rangkaiChecks } from '../src/rangkai-schemas.ts';
import { payloadChecks, type Schema } from '../src/schema.ts';
import { rangkai } from './support/watched.ts';
import { type FakeTime, fakeTime } from './support/time.ts';

const order = {
  orderId: 'o-1',
  orderNumber: 'ORD-1',
  status: 'shipped',
  buyerDid: 'did:rangkai:alice',
  vendorDid: 'did:rangkai:bob',
  timestamp: '2025-11-06T09:30:00Z',
};

describe('payload checks', () => {
  let time: FakeTime;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(() => time.restore());

  it('RNG-059 payloads that break the published schema go to the error handler instead of the listener', async () => {
    const kept: unknown[] = [];
    const store = {
      frames: () => [],
      keep: (frame: unknown) => kept.push(frame),
      addCommand: () => true,
      takeCommands: () => [],
      close: () => {},
      onFault: () => {},
    };
    const { connection, last, welcome, faults } = rangkai({ schemas: rangkaiChecks, store });
    const got: unknown[] = [];
    const unknown: string[] = [];
    connection.on('order.shipped', (data) => got.push(data));
    connection.onUnknown((event) => unknown.push(event.event));
    await welcome();
    const { buyerDid: _, ...without } = order;
    for (
      const data of [order, without, { ...order, status: 'paid' }, { ...order, timestamp: 'today' }, null, 'text', {
        ...order,
        more: 1,
      }]
    ) {
      last().say({ event: 'order.shipped', data, timestamp: order.timestamp });
    }
    assert.deepEqual(got, [order, { ...order, more: 1 }]);
    assert.deepEqual(faults.map((fault) => [fault.kind, fault.message]), [
      ['invalid', 'order.shipped: /buyerDid is missing'],
      ['invalid', 'order.shipped: /status must be "shipped"'],
      ['invalid', 'order.shipped: /timestamp must be a time'],
      ['invalid', 'order.shipped: the payload must be object'],
      ['invalid', 'order.shipped: the payload must be object'],
    ]);
    assert.equal(faults[0].event?.event, 'order.shipped');
    assert.equal(kept.length, 2, 'nor is it kept');
    last().say({ event: 'order.exploded', data: 7, timestamp: order.timestamp });
    assert.deepEqual(unknown, ['order.exploded']);
    connection.close();
  });

  it('RNG-059 a check that throws is a payload that breaks it', async () => {
    const check = () => {
      throw new Error('mine');
    };
    const { connection, last, welcome, faults } = rangkai({ schemas: { announcement: check } });
    connection.on('announcement', () => assert.fail('no handler gets it'));
    await welcome();
    last().say({ event: 'announcement', data: {} });
    assert.deepEqual(faults.map((fault) => fault.message), ['announcement: mine']);
    connection.close();
  });

  it('every keyword says what is wrong, and nothing of what is right', () => {
    const cases: [Schema, unknown[], [unknown, string][]][] = [
      [true, [1, null], []],
      [false, [], [[1, 'it must not be there']]],
      [{ type: 'integer' }, [1, -2, 3.0], [[1.5, 'the payload must be integer'], ['1', 'the payload must be integer']]],
      [{ type: ['string', 'null'] }, ['', null], [[1, 'the payload must be string or null'], [
        [],
        'the payload must be string or null',
      ]]],
      [{ enum: ['a', { b: [1] }] }, ['a', { b: [1] }], [['b', 'the payload must be one of ["a",{"b":[1]}]'], [{
        b: [2],
      }, 'the payload must be one of ["a",{"b":[1]}]']]],
      [{ minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, 'text'], [[0, 'the payload must be at least 1'], [
        3,
        'the payload must be less than 3',
      ]]],
      [{ maximum: 1, exclusiveMinimum: 0 }, [1], [[2, 'the payload must be at most 1'], [
        0,
        'the payload must be more than 0',
      ]]],
      [{ minLength: 2, maxLength: 3 }, ['ab', '💼💼💼', 7], [['💼', 'the payload must have a length of at least 2'], [
        'abcd',
        'the payload must have a length of at most 3',
      ]]],
      [{ pattern: '^[^:]*$' }, ['job', 7], [['a:b', 'the payload must match ^[^:]*$']]],
      [{ format: 'date-time' }, ['2025-11-05T12:00:00.123Z', '2025-11-05t12:00:00+01:00', 1], [[
        '2025-13-05T12:00:00Z',
        'the payload must be a time',
      ]]],
      [
        { items: { type: 'string' }, minItems: 1, maxItems: 2 },
        [['a'], {}],
        [[[], 'the payload must have at least so many items: 1'], [
          ['a', 'b', 'c'],
          'the payload must have at most so many items: 2',
        ], [['a', 1], '/1 must be string']],
      ],
      [{ properties: { a: { properties: { b: { const: null } } } } }, [{}, { a: { b: null } }, { c: 1 }], [[{
        a: { b: 0 },
      }, '/a/b must be null']]],
      [{ properties: { a: true }, additionalProperties: false }, [{ a: 1 }], [[
        { a: 1, b: 2 },
        '/b must not be there',
      ]]],
      [{ required: ['toString'] }, [{ toString: 1 }], [[{}, '/toString is missing']]],
      [{ allOf: [{ type: 'number' }, { minimum: 2 }] }, [2], [[1, 'the payload must be at least 2']]],
      [{ anyOf: [{ type: 'number' }, { type: 'null' }] }, [2, null], [['', 'the payload is none of what it may be']]],
      [{ oneOf: [{ minimum: 0 }, { maximum: 0 }] }, [1, -1], [[0, 'the payload must be one of 2 kinds']]],
      [{ not: { type: 'null' } }, [1], [[null, 'the payload is what it must not be']]],
    ];
    for (const [schema, good, bad] of cases) {
      const { it: check } = payloadChecks({ it: schema });
      for (const value of good) {
        assert.equal(check(value), undefined, `${JSON.stringify(schema)} ${JSON.stringify(value)}`);
      }
      for (const [value, fault] of bad) {
        assert.equal(check(value), fault, `${JSON.stringify(schema)} ${JSON.stringify(value)}`);
      }
    }
  });

  it('schemas may name themselves, and no payload is deep enough to take the stack', () => {
    const checks = payloadChecks({ tree: { $ref: '#/schemas/Tree' } }, {
      Tree: { type: 'object', properties: { child: { $ref: '#/schemas/Tree' } }, required: ['n'] },
    });
    assert.equal(checks.tree({ n: 1, child: { n: 2 } }), undefined);
    assert.equal(checks.tree({ n: 1, child: { child: {} } }), '/child/n is missing');
    const deep = JSON.parse('{"n":1,"child":'.repeat(50_000) + 'null' + '}'.repeat(50_000));
    assert.match(checks.tree(deep) ?? '', /nested too deep/);
    assert.equal(checks.tree({ n: 1 }), undefined);
    assert.throws(() => payloadChecks({ a: { $ref: '#/schemas/None' } }), /there is no schema/);
  });
});
