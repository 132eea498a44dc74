// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Dialect, Path, Shape } from './dialect.ts';
import { has } from './own.ts';
import type { Received } from './types.ts';

/** A parsed frame: an object of JSON. Its members may have any name, `__proto__` among them. */
export type Frame = Readonly<Record<string, unknown>>;

/** What a frame is. */
export type Kind = 'welcome' | 'subscribed' | 'unsubscribed' | 'pong' | 'error' | 'event';

const kinds = ['welcome', 'subscribed', 'unsubscribed', 'pong', 'error'] as const;

/** Whether a value of JSON is an object and no array. */
export function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const split = new Map<Path, readonly string[]>();

/** The names of a path. Paths are those of dialects, so there are few, and each is taken apart once. */
function namesOf(path: Path): readonly string[] {
  let names = split.get(path);
  if (!names) split.set(path, names = path.split('.'));
  return names;
}

/** The value at a path; undefined where there is none. What objects inherit is not theirs. */
export function valueAt(frame: unknown, path: Path | undefined): unknown {
  if (path === undefined) return undefined;
  let value = frame;
  for (const name of namesOf(path)) {
    if (!isFrame(value) || !has(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A text, or a number as text; undefined for everything else. */
export function textAt(frame: unknown, path: Path | undefined): string | undefined {
  const value = valueAt(frame, path);
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

/** The names of channels that a frame carries in one member or another. */
export function channelsOf(frame: Frame, paths: { channel?: Path; channels?: Path } | undefined): string[] {
  const several = valueAt(frame, paths?.channels);
  return [valueAt(frame, paths?.channel), ...(Array.isArray(several) ? several : [])]
    .filter((name) => typeof name === 'string');
}

/** What this frame is in the dialect; undefined when it is nothing that the dialect knows. */
export function kindOf(frame: Frame, dialect: Dialect): Kind | undefined {
  const fits = (shape: Shape) => Object.keys(shape.is).every((path) => valueAt(frame, path) === shape.is[path]);
  for (const kind of kinds) {
    const shape = dialect[kind];
    if (shape && fits(shape)) return kind;
  }
  return typeof valueAt(frame, dialect.event.name) === 'string' ? 'event' : undefined;
}

/** The event that a frame of the kind `event` carries. */
export function eventOf(frame: Frame, { event: paths }: Dialect): Received {
  return {
    event: valueAt(frame, paths.name) as string,
    data: valueAt(frame, paths.data),
    id: textAt(frame, paths.id),
    time: textAt(frame, paths.time),
    position: textAt(frame, paths.position),
    frame,
  };
}
