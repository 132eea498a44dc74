// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Why a `request` has no good answer.
 *
 * - `timeout`: none came in time. It may have been done all the same.
 * - `disconnected`: the connection was lost before the answer, in which case it may have been done; or there was none.
 * - `full`: too many wait for a connection already.
 * - `refused`: the server's answer is an error; `answer` is what it said, `serverCode` its code.
 */
export class RequestError extends Error {
  readonly code: 'timeout' | 'disconnected' | 'full' | 'refused';
  /** The event that was sent. */
  readonly event: string;
  readonly serverCode?: string;
  readonly answer?: unknown;

  constructor(code: RequestError['code'], event: string, message: string, serverCode?: string, answer?: unknown) {
    super(`${event}: ${message}`);
    this.name = 'RequestError';
    this.code = code;
    this.event = event;
    this.serverCode = serverCode;
    this.answer = answer;
  }
}

/** The error in an answer of the server's, `{ success: false, error: { code, message } }` or `{ error }`; undefined in a good one. */
export function errorOf(
  answer: unknown,
): { readonly code?: string; readonly message?: string; readonly retryAfter?: number } | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { success, error } = answer as { success?: unknown; error?: unknown };
  if (success === true || (success === undefined && (typeof error !== 'object' || error === null))) return undefined;
  return typeof error === 'object' && error !== null ? error : success === false ? {} : undefined;
}
