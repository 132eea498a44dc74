// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Checks of payloads against the JSON Schemas of a contract: `switchboard-client/schema`.
 * @module
 */
import { isFrame } from './frames.ts';
import { compileKeywords } from './keywords.ts';
import { has } from './own.ts';
import type { Check } from './types.ts';

/** A JSON Schema (2020-12) as JSON. `$ref` names one of the same map, as `#/schemas/NAME`. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

/** Says where and what is wrong with a value, such as `/total/amount must be a number`; undefined when nothing is. */
export type Rule = (value: unknown, path: string) => string | undefined;

/** Values nested deeper than this are wrong: no schema may take the stack. */
const deepest = 200;

/**
 * Makes checks for the option `schemas` of `connect`.
 *
 * It knows `$ref`, `type`, `enum`, `const`, `required`, `properties`, `additionalProperties`, `items`, `allOf`, `anyOf`, `oneOf`,
 * `not`, the limits of numbers, texts and lists, `pattern`, and of the formats `date-time`. The server has checked the rest.
 * @param events the schema of each event's payload
 * @param schemas those that `$ref` may name
 * @throws Error when a `$ref` names none of them, or a pattern is none
 */
export function payloadChecks<Name extends string>(
  events: { readonly [event in Name]: Schema },
  schemas: { readonly [name: string]: Schema } = {},
): { [event in Name]: Check } {
  const compiled = new Map<string, Rule>();
  let depth = 0;

  const named = (reference: string): Rule => {
    const name = reference.replace(/^#\/(schemas|\$defs|components\/schemas)\//, '');
    if (!has(schemas, name)) throw new Error(`there is no schema ${reference}`);
    const found = compiled.get(name);
    if (found) return found;
    let rule: Rule = () => undefined;
    // A schema may name itself, so there is something to call before it is compiled.
    compiled.set(name, (value, path) => rule(value, path));
    return rule = compile(schemas[name]);
  };

  const compile = (schema: unknown): Rule => {
    if (schema === false) return (_, path) => `${path || 'it'} must not be there`;
    if (!isFrame(schema)) return () => undefined;
    const rules = compileKeywords(schema, compile);
    if (typeof schema.$ref === 'string') rules.unshift(named(schema.$ref));
    return (value, path) => {
      if (depth >= deepest) return `${path.slice(0, 40)}… is nested too deep`;
      depth += 1;
      try {
        for (const rule of rules) {
          const fault = rule(value, path);
          if (fault !== undefined) return fault;
        }
        return undefined;
      } finally {
        depth -= 1;
      }
    };
  };

  const checks = {} as { [event in Name]: Check };
  for (const event of Object.keys(events) as Name[]) {
    const rule = compile(events[event]);
    checks[event] = (payload) => rule(payload, '');
  }
  return checks;
}
