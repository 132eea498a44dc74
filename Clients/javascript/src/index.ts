// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Switchboard's client for plain WebSockets: `connect` for any contract, given its dialect.
 * @module
 */
export { connect } from './connection.ts';
export type { ChannelCommand, Dialect, Path, Shape } from './dialect.ts';
export { offlineStore, type StorageLike } from './offline.ts';
export type { Schedule } from './schedule.ts';
export type {
  Check,
  Connection,
  EventMap,
  Fault,
  FaultKind,
  OfflineStore,
  Options,
  Received,
  Release,
  Since,
  State,
  StateDetail,
  WebSocketConstructor,
} from './types.ts';
