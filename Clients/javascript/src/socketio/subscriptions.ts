// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Report } from './fault.ts';
import type { Subscription } from './options.ts';
import { errorOf } from './request-error.ts';

/** So many are asked for at once; the next when all of them are answered. */
const AT_ONCE = 20;
/** Milliseconds until it is tried again where the server refuses more for now and does not say how long. */
const PAUSE = 10000;

type Emit = (event: string, payload: unknown, answered: (answer: unknown) => void) => void;

/** What one pair of events has subscribed to. */
interface Held {
  readonly rule: Subscription;
  /** By name, with the payload that named it. */
  readonly names: Map<string, Record<string, unknown>>;
  /** Taken out again while all are subscribed to. */
  readonly without: Set<string>;
  /** Named since the connection was lost: the program does it itself. */
  readonly touched: Set<string>;
}

/** Remembers what a client subscribed to, and does it again. */
export class Subscriptions {
  private readonly held: readonly Held[];
  private readonly emit: Emit;
  private readonly report: Report;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(rules: readonly Subscription[], emit: Emit, report: Report) {
    this.held = rules.map((rule) => ({ rule, names: new Map(), without: new Set(), touched: new Set() }));
    this.emit = emit;
    this.report = report;
  }

  /** What would be subscribed to again, by event. */
  get names(): Record<string, readonly string[]> {
    return Object.fromEntries(this.held.map(({ rule, names }) => [rule.subscribe, [...names.keys()]]));
  }

  /**
   * Takes note of an event that the program sends. Gives what has to see the answer, where one is asked for; without an
   * answer it counts as done.
   */
  sent(event: string, payload: unknown, isAnswered: boolean): ((answer: unknown) => void) | undefined {
    for (const held of this.held) {
      const isSubscribe = event === held.rule.subscribe;
      if (!isSubscribe && event !== held.rule.unsubscribe) continue;
      const names = namesIn(payload, held.rule.member);
      for (const name of names) held.touched.add(name);
      const done = () => names.forEach((name) => isSubscribe ? add(held, name, payload) : remove(held, name));
      if (!isSubscribe || !isAnswered) done();
      return (answer) => {
        if (isSubscribe && !errorOf(answer)) done();
      };
    }
    return undefined;
  }

  /** Takes note of an event of the server's. */
  received(event: string, data: unknown): void {
    for (const held of this.held) {
      const member = held.rule.ended?.[event];
      if (member !== undefined) { for (const name of namesIn(data, member)) held.names.delete(name); }
    }
  }

  /** The connection is lost: what the program names from now on it does by itself. */
  lost(): void {
    clearTimeout(this.timer);
    for (const { touched } of this.held) touched.clear();
  }

  /** Subscribes again to what the program has not. */
  restore(): void {
    for (const held of this.held) {
      const names = [...held.names.keys()].filter((name) => !held.touched.has(name));
      if (names.length === 0) continue;
      if (isList(held)) this.restoreList(held, names);
      else this.restoreEach(held, names);
    }
  }

  private restoreList({ rule, names, without }: Held, wanted: string[]): void {
    this.emit(rule.subscribe, { ...names.get(wanted[0]), [rule.member]: wanted }, (answer) => {
      const error = errorOf(answer);
      if (!error) return;
      if (isForNow(error)) return this.later(error, () => this.restore());
      for (const name of wanted) names.delete(name);
      this.tell(rule, wanted.join(', '), error);
    });
    if (without.size > 0 && rule.unsubscribe) this.emit(rule.unsubscribe, { [rule.member]: [...without] }, () => {});
  }

  private restoreEach(held: Held, names: string[]): void {
    const now = names.slice(0, AT_ONCE);
    let open = now.length;
    const again: string[] = [];
    let wait: ReturnType<typeof errorOf>;
    for (const name of now) {
      this.emit(held.rule.subscribe, held.names.get(name), (answer) => {
        const error = errorOf(answer);
        if (error && isForNow(error)) {
          again.push(name);
          wait = error;
        } else if (error) {
          held.names.delete(name);
          this.tell(held.rule, name, error);
        }
        open -= 1;
        if (open > 0) return;
        const rest = [...again, ...names.slice(AT_ONCE)].filter((each) => held.names.has(each));
        if (wait) this.later(wait, () => this.restoreEach(held, rest));
        else if (rest.length > 0) this.restoreEach(held, rest);
      });
    }
  }

  private later(error: { readonly retryAfter?: number }, work: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, error.retryAfter === undefined ? PAUSE : error.retryAfter * 1000);
  }

  private tell(rule: Subscription, names: string, error: { readonly message?: string }): void {
    this.report({
      kind: 'refused',
      event: rule.subscribe,
      data: error,
      message: `${rule.subscribe} of ${names} was refused after a reconnect: ${error.message ?? 'no reason given'}`,
    });
  }
}

/** Whether the server refuses more for now, and not for good. */
function isForNow(error: { readonly code?: string }): boolean {
  return error.code?.startsWith('RATE_LIMIT') === true;
}

function namesIn(payload: unknown, member: string): string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const value = (payload as Record<string, unknown>)[member];
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string');
}

function isList({ rule, names }: Held): boolean {
  for (const payload of names.values()) return Array.isArray(payload[rule.member]);
  return false;
}

function add({ rule, names, without }: Held, name: string, payload: unknown): void {
  if (name === rule.all) {
    names.clear();
    without.clear();
  }
  without.delete(name);
  names.set(name, payload as Record<string, unknown>);
}

function remove({ rule, names, without }: Held, name: string): void {
  names.delete(name);
  if (name === rule.all) {
    names.clear();
    without.clear();
  } else if (rule.all !== undefined && names.has(rule.all)) {
    without.add(name);
  }
}
