// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { isFrame } from './frames.ts';
import { has } from './own.ts';
import type { Rule } from './schema.ts';

/** RFC 3339; the server's own times are like that, too. */
const dateTime =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const lengthOf = (text: string) => [...text].length;
const at = (path: string) => path || 'the payload';

/** The name that JSON Schema has for a value's type. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** Whether two values of JSON are equal, whatever the order of their members. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  }
  if (isFrame(one) && isFrame(other)) {
    const names = Object.keys(one);
    return names.length === Object.keys(other).length &&
      names.every((name) => has(other, name) && isEqual(one[name], other[name]));
  }
  return one === other;
}

/** The rules of one schema's own keywords. @param compile makes the rule of a schema within it */
export function compileKeywords(schema: Readonly<Record<string, unknown>>, compile: (schema: unknown) => Rule): Rule[] {
  const rules: Rule[] = [];
  const list = (name: string): unknown[] => {
    const value = schema[name];
    return Array.isArray(value) ? value : value === undefined ? [] : [value];
  };
  const add = (name: string, make: (limit: unknown) => Rule) => {
    if (has(schema, name)) rules.push(make(schema[name]));
  };
  /** A limit that holds for values of one kind only. */
  const limit = <Value>(
    name: string,
    of: (value: unknown) => Value | undefined,
    fits: (value: Value, limit: number) => boolean,
    words: string,
  ) =>
    add(name, (most) => (value, path) => {
      const measured = of(value);
      return measured === undefined || fits(measured, Number(most)) ? undefined : `${at(path)} ${words} ${most}`;
    });

  add('type', () => {
    const types = list('type');
    return (value, path) => {
      const type = typeOf(value);
      return types.includes(type) || (types.includes('integer') && Number.isInteger(value))
        ? undefined
        : `${at(path)} must be ${types.join(' or ')}`;
    };
  });
  add(
    'const',
    (wanted) => (value, path) => isEqual(value, wanted) ? undefined : `${at(path)} must be ${JSON.stringify(wanted)}`,
  );
  add('enum', () => {
    const values = list('enum');
    return (value, path) =>
      values.some((one) => isEqual(value, one)) ? undefined : `${at(path)} must be one of ${JSON.stringify(values)}`;
  });

  const number = (value: unknown) => typeof value === 'number' ? value : undefined;
  limit('minimum', number, (value, least) => value >= least, 'must be at least');
  limit('maximum', number, (value, most) => value <= most, 'must be at most');
  limit('exclusiveMinimum', number, (value, least) => value > least, 'must be more than');
  limit('exclusiveMaximum', number, (value, most) => value < most, 'must be less than');

  const length = (value: unknown) => typeof value === 'string' ? lengthOf(value) : undefined;
  limit('minLength', length, (value, least) => value >= least, 'must have a length of at least');
  limit('maxLength', length, (value, most) => value <= most, 'must have a length of at most');
  add('pattern', (pattern) => {
    const expression = new RegExp(String(pattern), 'u');
    return (value, path) =>
      typeof value !== 'string' || expression.test(value) ? undefined : `${at(path)} must match ${pattern}`;
  });
  if (schema.format === 'date-time') {
    rules.push((value, path) =>
      typeof value !== 'string' || dateTime.test(value) ? undefined : `${at(path)} must be a time`
    );
  }

  const items = (value: unknown) => Array.isArray(value) ? value.length : undefined;
  limit('minItems', items, (value, least) => value >= least, 'must have at least so many items:');
  limit('maxItems', items, (value, most) => value <= most, 'must have at most so many items:');
  add('items', (item) => {
    const rule = compile(item);
    return (value, path) => {
      if (!Array.isArray(value)) return undefined;
      for (let index = 0; index < value.length; index += 1) {
        const fault = rule(value[index], `${path}/${index}`);
        if (fault !== undefined) return fault;
      }
      return undefined;
    };
  });

  add('required', () => {
    const names = list('required').map(String);
    return (value, path) => {
      const missing = isFrame(value) && names.find((name) => !has(value, name));
      return missing ? `${path}/${missing} is missing` : undefined;
    };
  });
  if (isFrame(schema.properties) || has(schema, 'additionalProperties')) rules.push(members(schema, compile));

  add('allOf', () => {
    const all = list('allOf').map(compile);
    return (value, path) => {
      for (const rule of all) {
        const fault = rule(value, path);
        if (fault !== undefined) return fault;
      }
      return undefined;
    };
  });
  const passing = (some: Rule[], value: unknown, path: string) =>
    some.filter((rule) => rule(value, path) === undefined).length;
  add('anyOf', () => {
    const some = list('anyOf').map(compile);
    return (value, path) => passing(some, value, path) > 0 ? undefined : `${at(path)} is none of what it may be`;
  });
  add('oneOf', () => {
    const some = list('oneOf').map(compile);
    return (value, path) =>
      passing(some, value, path) === 1 ? undefined : `${at(path)} must be one of ${some.length} kinds`;
  });
  add('not', (excluded) => {
    const rule = compile(excluded);
    return (value, path) => rule(value, path) === undefined ? `${at(path)} is what it must not be` : undefined;
  });
  return rules;
}

/** The rule of `properties` and `additionalProperties`. */
function members(schema: Readonly<Record<string, unknown>>, compile: (schema: unknown) => Rule): Rule {
  const known = new Map<string, Rule>();
  const properties = isFrame(schema.properties) ? schema.properties : {};
  for (const name of Object.keys(properties)) known.set(name, compile(properties[name]));
  const others = has(schema, 'additionalProperties') ? compile(schema.additionalProperties) : undefined;
  return (value, path) => {
    if (!isFrame(value)) return undefined;
    for (const name of Object.keys(value)) {
      const fault = (known.get(name) ?? others)?.(value[name], `${path}/${name}`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}
