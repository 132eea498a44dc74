// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Hooks for any contract's plain WebSocket: `switchboard-client/react`. React is the app's own, imported as `react`.
 * @module
 */
export {
  type ConnectionOptions,
  type EventListOptions,
  useChannels,
  useConnection,
  useConnectionState,
  useEvent,
  useEventList,
} from './hooks.ts';
export type { Channels, Handler, LiveConnection } from './live.ts';
