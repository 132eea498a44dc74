// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** Whether an object has a member itself; what it inherits is not its own. Servers choose names, `constructor` too. */
export function has(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/** A member that an object has itself, whatever the name. */
export function ownOf<Value>(object: { readonly [name: string]: Value } | undefined, name: string): Value | undefined {
  return object && has(object, name) ? object[name] : undefined;
}
