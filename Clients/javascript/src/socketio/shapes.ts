// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Check } from './options.ts';

/**
 * What a payload must be: a type; a list of it in brackets; or an object's members, those with a `?` behind their names
 * not having to be there. `text?` also lets null pass. Members that are not named are not looked at.
 */
export type Shape = 'text' | 'text?' | 'number' | 'boolean' | 'object' | 'time' | readonly [Shape] | {
  readonly [member: string]: Shape;
};

/**
 * Makes a check of payloads, for `schemas`: `check({ roomId: 'text', prize: { name: 'text', 'imageUrl?': 'text?' } })`.
 * What it finds is told with the place: `prize.name is no text`.
 */
export function check(shape: Shape): Check {
  return (payload) => faultOf(payload, shape, 'the payload');
}

function faultOf(value: unknown, shape: Shape, place: string): string | undefined {
  if (typeof shape === 'string') return isOfType(value, shape) ? undefined : `${place} is no ${shape.replace('?', '')}`;
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${place} is no list`;
    return first(value.keys(), (index) => faultOf(value[index], shape[0], `${place}[${index}]`));
  }
  if (!isObject(value)) return `${place} is no object`;
  return first(Object.keys(shape), (key) => {
    const name = key.replace('?', '');
    const member = place === 'the payload' ? name : `${place}.${name}`;
    if (value[name] === undefined) return key.endsWith('?') ? undefined : `${member} is missing`;
    return faultOf(value[name], (shape as Record<string, Shape>)[key], member);
  });
}

function first<Item>(items: Iterable<Item>, find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOfType(value: unknown, type: Shape & string): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'text?':
      return value === null || typeof value === 'string';
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'object':
      return isObject(value);
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return typeof value === 'number';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
