// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * The room platform: `switchboard-client/rooms`: its events, with their payloads' types and checks, and sockets as its document
 * asks for them.
 * @module
 */
import { io, type Options, type Socket } from './socketio/index.ts';
import { check } from './socketio/shapes.ts';

/** A text in RFC 3339: `2025-01-15T10:00:00Z`. */
export type Time = string;

export interface User {
  readonly id: string;
  readonly name: string | null;
  readonly avatar?: string | null;
}
export interface Room {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly ownerId?: string;
}
export interface Participant {
  readonly id: string;
  readonly userId: string;
  readonly role: string;
  readonly user: User;
  readonly joinedAt?: Time;
}
export interface Prize {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly imageUrl?: string | null;
  readonly quantity: number;
  readonly quantityRemaining: number;
  readonly createdAt?: Time;
}
export interface Winner {
  readonly id: string;
  readonly participantId: string;
  readonly prizeId: string;
  readonly participant: { readonly id: string; readonly user: User };
  readonly prize: { readonly id: string; readonly name: string; readonly imageUrl?: string | null };
  readonly createdAt: Time;
}
export interface Notification {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly read: boolean;
  readonly createdAt: Time;
  readonly data?: Readonly<Record<string, unknown>>;
}
/** An error of the server's, in the event `error`. */
export interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly details?: { readonly action?: string; readonly roomId?: string };
}

interface OfRoom {
  readonly roomId: string;
  readonly timestamp: Time;
}
/** The handler of an event. The id is the event's own; `io` uses it to hand over each event once. */
type Event<Payload> = (data: Payload, id?: string) => void;
type Changes = Readonly<Record<string, unknown>>;

/** What the server sends. Apps' events, such as `lottery:draw_started`, come under names of their own. */
export interface ServerToClientEvents {
  'room:created': Event<OfRoom & { readonly room: Room }>;
  'room:updated': Event<OfRoom & { readonly changes: Changes; readonly room: Room }>;
  'room:status_changed': Event<OfRoom & { readonly oldStatus: string; readonly newStatus: string }>;
  'room:deleted': Event<OfRoom>;
  'room:subscribed': Event<OfRoom>;
  'room:unsubscribed': Event<OfRoom>;
  'participant:joined': Event<OfRoom & { readonly participant: Participant }>;
  'participant:left': Event<OfRoom & { readonly participantId: string; readonly userId: string }>;
  'participant:updated': Event<
    OfRoom & { readonly participantId: string; readonly changes: Changes; readonly participant: Participant }
  >;
  'prize:created': Event<OfRoom & { readonly prize: Prize }>;
  'prize:updated': Event<OfRoom & { readonly prizeId: string; readonly changes: Changes; readonly prize: Prize }>;
  'prize:deleted': Event<OfRoom & { readonly prizeId: string }>;
  'winner:selected': Event<OfRoom & { readonly winner: Winner }>;
  'winner:removed': Event<
    OfRoom & { readonly winnerId: string; readonly participantId: string; readonly prizeId: string }
  >;
  'presence:user_online': Event<OfRoom & { readonly userId: string; readonly user: User }>;
  'presence:user_offline': Event<OfRoom & { readonly userId: string }>;
  'notification:received': Event<Notification>;
  'platform:announcement': Event<{ readonly title: string; readonly message: string; readonly timestamp: Time }>;
  'token:expired': Event<{ readonly timestamp: Time }>;
  'error': Event<ServerError>;
  // deno-lint-ignore no-explicit-any -- the app says what it sends
  [appEvent: `${string}:${string}`]: Event<any>;
}

/** The answer to an event of the client's. */
export type Answer<Data> =
  | ({ readonly success: true; readonly data: Data })
  | { readonly success: false; readonly error: { readonly code: string; readonly message: string } };

type Command<Payload, Data> = (payload: Payload, answer?: (answer: Answer<Data>) => void) => void;

/** What the client sends. */
export interface ClientToServerEvents {
  'room:subscribe': Command<{ readonly roomId: string }, { readonly room: Room }>;
  'room:unsubscribe': Command<{ readonly roomId: string }, { readonly roomId: string }>;
  'presence:get_online': Command<
    { readonly roomId: string },
    { readonly roomId: string; readonly users: readonly User[]; readonly count: number }
  >;
  'notification:mark_read': Command<{ readonly notificationId: string }, { readonly notificationId: string }>;
  // deno-lint-ignore no-explicit-any -- the app says what it takes and answers
  [appEvent: `${string}:${string}`]: Command<any, any>;
}

/** A socket of the room platform. */
export type RoomSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const ofRoom = { roomId: 'text', timestamp: 'time' } as const;
const user = { id: 'text', name: 'text?', 'avatar?': 'text?' } as const;
const room = { id: 'text', name: 'text', status: 'text' } as const;
const participant = { id: 'text', userId: 'text', role: 'text', user } as const;
const prize = { id: 'text', name: 'text', quantity: 'number', quantityRemaining: 'number' } as const;

/** What the document says of the events' payloads, as checks. */
export const schemas = {
  'room:created': check({ ...ofRoom, room }),
  'room:updated': check({ ...ofRoom, changes: 'object', room }),
  'room:status_changed': check({ ...ofRoom, oldStatus: 'text', newStatus: 'text' }),
  'room:deleted': check(ofRoom),
  'participant:joined': check({ ...ofRoom, participant }),
  'participant:left': check({ ...ofRoom, participantId: 'text', userId: 'text' }),
  'participant:updated': check({ ...ofRoom, participantId: 'text', changes: 'object', participant }),
  'prize:created': check({ ...ofRoom, prize }),
  'prize:updated': check({ ...ofRoom, prizeId: 'text', changes: 'object', prize }),
  'prize:deleted': check({ ...ofRoom, prizeId: 'text' }),
  'winner:selected': check({
    ...ofRoom,
    winner: {
      id: 'text',
      participantId: 'text',
      prizeId: 'text',
      participant: { id: 'text', user },
      prize: { id: 'text', name: 'text' },
      createdAt: 'time',
    },
  }),
  'winner:removed': check({ ...ofRoom, winnerId: 'text', participantId: 'text', prizeId: 'text' }),
  'presence:user_online': check({ ...ofRoom, userId: 'text', user }),
  'presence:user_offline': check({ ...ofRoom, userId: 'text' }),
  'notification:received': check({
    id: 'text',
    type: 'text',
    title: 'text',
    message: 'text',
    read: 'boolean',
    createdAt: 'time',
  }),
  'platform:announcement': check({ title: 'text', message: 'text', timestamp: 'time' }),
} as const;

/** What the document asks of clients: events once, no older than five minutes and checked, rooms subscribed again. */
export const roomOptions = {
  maximumAge: 300_000,
  clockEvents: ['room:subscribed', 'room:unsubscribed', 'token:expired'],
  schemas,
  subscriptions: [{
    subscribe: 'room:subscribe',
    unsubscribe: 'room:unsubscribe',
    member: 'roomId',
    ended: { 'room:deleted': 'roomId' },
  }],
} as const satisfies Options;

/** Opens a socket to the room platform with `roomOptions`, which the given ones win over: `connectRooms(url, { auth: { token } })`. */
export function connectRooms(url: string, options: Options = {}): RoomSocket {
  return io<ServerToClientEvents, ClientToServerEvents>(url, { ...roomOptions, ...options });
}
