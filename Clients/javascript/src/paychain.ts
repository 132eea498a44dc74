// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * PayChain's events: `switchboard-client/paychain`. Its React provider and hooks are `switchboard-client/react/paychain`.
 * @module
 */
import { connect } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { Schedule } from './schedule.ts';
import type { Connection, Options } from './types.ts';

/** How `Contracts/paychain.yaml` speaks. */
export const paychain: Dialect = {
  command: 'type',
  subscribe: { name: 'subscribe', channel: 'channel', channels: 'channels' },
  unsubscribe: { name: 'unsubscribe', channel: 'channel', channels: 'channels' },
  ping: 'ping',
  data: 'data',
  welcome: { is: { type: 'connected' } },
  subscribed: { is: { type: 'subscribed' }, channels: 'data.channels', recovered: 'data.recovered' },
  unsubscribed: { is: { type: 'unsubscribed' }, channels: 'data.channels' },
  pong: { is: { type: 'pong' } },
  error: { is: { type: 'error' }, message: 'data.message', code: 'data.code', channel: 'data.channel' },
  event: { name: 'type', data: 'data', time: 'timestamp', position: 'id' },
  token: 'token',
  positions: { query: 'ids', since: 'since' },
};

/** Retries after 1, 2, 4, 8 and 16 s; after the fifth the connection has failed until `reconnect()`. */
export const paychainSchedule: Schedule = { first: 1000, factor: 2, most: 30_000, jitter: 0, attempts: 5 };

/** An identifier as the platform's services write it. */
export type Id = number | string;

/** A job's identifiers, which every job event has; who posted it only where the service names him. */
export interface JobReference {
  job_id: Id;
  employer_id?: Id;
}

/** The events with their payloads. Broadcasts may have any other name. */
export interface PaychainEvents {
  /** A new job was posted. */
  job_created: JobReference & { title: string; pay_amount_usd: number; job_type?: string | null };
  /** A worker has accepted a job. */
  job_accepted: JobReference & { worker_id: Id };
  /** A job is done and its payment released. */
  job_completed: JobReference & { payment_released: boolean };
  /** An expired job's funds went back to the employer. */
  job_refunded: JobReference & { reason: string };
  /** A job has another status. For its parties. */
  job_status_changed: JobReference & { old_status: string; new_status: string };
  /** A payment has arrived. For who follows payments, and for the parties of the job. */
  payment_confirmed: JobReference & { payment_id: Id; amount_usd: number; status: string };
  /** The user has logged in somewhere. */
  user_logged_in: { user_id: Id };
  /** The user has logged out somewhere. */
  user_logged_out: { user_id: Id };
  /** A session of the user was ended. */
  session_revoked: { user_id: Id };
  /** Something that concerns everybody. */
  announcement: { title: string; message: string };
  /** One party of a job has written. */
  chat_message: JobReference & { id: string; from: Id; text: string; client_id?: Id };
  /** The other party is writing, or has stopped. Who says nothing more of it has stopped after six seconds. */
  typing: JobReference & { user_id: Id; is_typing: boolean };
  /** The other party has read all up to this message. */
  read_receipt: JobReference & { user_id: Id; up_to_id: string };
  /** Somebody who shares a job with the user came or went. */
  presence: { user_id: Id; status: 'online' | 'offline' };
}

/** The address of the WebSocket, from what `VITE_WS_URL` says: `ws://localhost:8080` if nothing. */
export function paychainAddress(base = 'ws://localhost:8080'): string {
  return `${base.replace(/\/+$/, '')}/ws`;
}

/**
 * Connects to PayChain, and asks for positions, so that a reconnect brings what was missed.
 * @param url of the WebSocket, as `paychainAddress` gives it
 */
export function connectPaychain<E extends object = PaychainEvents>(
  url: string = paychainAddress(),
  options: Partial<Options<E>> = {},
): Connection<E> {
  return connect<E>(url, { dialect: paychain, schedule: paychainSchedule, positions: true, ...options });
}
