// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** What went wrong on a socket without ending it: told to `onError`, never thrown. */
export interface Fault {
  /**
   * - `handler`: a handler has thrown `cause`; the others ran.
   * - `frame`: what came is no event.
   * - `invalid`: an event's payload is not what `schemas` says it is; it was dropped.
   * - `stale`: an event is older than `maximumAge`; it was dropped.
   * - `clock`: this machine's clock and the server's differ by more than `maximumAge`; ages are corrected from now on.
   * - `dropped`: an event without a callback did not fit into the queue while there is no connection.
   * - `token`: the option `token` gave none (`cause`); it is asked again for the next attempt.
   * - `refused`: a subscription could not be restored after a reconnect.
   */
  readonly kind: 'handler' | 'frame' | 'invalid' | 'stale' | 'clock' | 'dropped' | 'token' | 'refused';
  /** In words, for a log. */
  readonly message: string;
  /** The event's name. */
  readonly event?: string;
  /** What the event, or the server's answer, carried. */
  readonly data?: unknown;
  /** What a handler has thrown. */
  readonly cause?: unknown;
}

/** Tells of faults. */
export type Report = (fault: Fault) => void;
