// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * The names that Jest gives to tests, on Node's own runner: `switchboard-client/testing/jest`. Import it first, and run the test
 * with `node --test`. Teams that have Jest or Vitest need none of it.
 * @module
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

// deno-lint-ignore no-explicit-any
type Work = (done: any) => void | Promise<void>;

/** Jest's functions ask for `done` by their first parameter, Node's by their second. */
function adapted(work: Work): (context: unknown, done: (error?: unknown) => void) => void | Promise<void> {
  if (work.length === 0) return Object.defineProperty(() => work(undefined), 'length', { value: 0 });
  return (_context, done) => {
    let isDone = false;
    return work((error?: unknown) => {
      // As a handler it may be called again.
      if (!isDone) done(error);
      isDone = true;
    });
  };
}

const isLike = (actual: unknown, expected: unknown): boolean => {
  try {
    assert.deepStrictEqual(actual, expected);
    return true;
  } catch {
    return false;
  }
};

const isPartOf = (part: unknown, whole: unknown): boolean =>
  typeof part === 'object' && part !== null && typeof whole === 'object' && whole !== null
    ? Object.entries(part).every(([key, value]) => isPartOf(value, (whole as Record<string, unknown>)[key]))
    : Object.is(part, whole);

/** What `expect` can say of a value; each has a `not`. */
const matchers: Record<string, (actual: never, ...expected: never[]) => boolean> = {
  toBe: (actual: unknown, expected: unknown) => Object.is(actual, expected),
  toEqual: isLike,
  toStrictEqual: isLike,
  toMatchObject: (actual: unknown, expected: unknown) => isPartOf(expected, actual),
  toBeTruthy: (actual: unknown) => Boolean(actual),
  toBeFalsy: (actual: unknown) => !actual,
  toBeNull: (actual: unknown) => actual === null,
  toBeDefined: (actual: unknown) => actual !== undefined,
  toBeUndefined: (actual: unknown) => actual === undefined,
  toBeInstanceOf: (actual: unknown, type: new () => unknown) => actual instanceof type,
  toBeGreaterThan: (actual: number, least: number) => actual > least,
  toBeLessThan: (actual: number, most: number) => actual < most,
  toContain: (actual: string & unknown[], item: string & unknown) => actual.includes(item),
  toHaveLength: (actual: { length: number }, length: number) => actual.length === length,
  toHaveProperty: (actual: object, name: string) => name in actual,
  toMatch: (actual: string, pattern: RegExp | string) => new RegExp(pattern).test(actual),
};

type Expectation = Record<string, (...expected: unknown[]) => void>;

/** Says what a value has to be: `expect(data.status).toBe('healthy')`. */
export function expect(actual: unknown): Expectation & { readonly not: Expectation } {
  const all = (isWanted: boolean): Expectation =>
    Object.fromEntries(
      Object.entries(matchers).map(([name, matches]) => [name, (...expected: unknown[]) => {
        if (matches(actual as never, ...expected as never[]) === isWanted) return;
        const message = `expected ${isWanted ? '' : 'not '}${name}(${
          expected.map((each) => JSON.stringify(each)).join(', ')
        })`;
        assert.fail(`${message}, got ${JSON.stringify(actual)}`);
      }]),
    );
  return Object.assign(all(true), { not: all(false) });
}

Object.assign(globalThis, {
  describe,
  expect,
  it: (name: string, work: Work) => it(name, adapted(work)),
  test: (name: string, work: Work) => it(name, adapted(work)),
  beforeAll: (work: Work) => before(adapted(work)),
  afterAll: (work: Work) => after(adapted(work)),
  beforeEach: (work: Work) => beforeEach(adapted(work)),
  afterEach: (work: Work) => afterEach(adapted(work)),
});
