// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * ORION: `switchboard-client/orion`: its events, with their payloads' types and checks, and sockets as its document asks for them.
 * @module
 */
import { io, type Options, type Socket } from './socketio/index.ts';
import { check } from './socketio/shapes.ts';

/** A text in RFC 3339: `2025-10-18T14:30:00Z`. */
export type Time = string;
export type Status = 'healthy' | 'unhealthy' | 'degraded';

export interface Check {
  readonly status: string;
  readonly responseTime?: number;
}
export interface HealthUpdate {
  readonly service: string;
  readonly status: Status;
  readonly timestamp: Time;
  readonly details: {
    readonly checks: {
      readonly database?: Check;
      readonly redis?: Check;
      readonly memory?: { readonly status: string; readonly used: number; readonly percentage: number };
    };
  };
}
export interface ServiceDiscovered {
  readonly service: string;
  readonly url: string;
  readonly port: number;
  readonly version: string;
  readonly timestamp: Time;
}
export interface ServiceRemoved {
  readonly service: string;
  readonly reason: string;
  readonly timestamp: Time;
}
export interface SystemEvent {
  readonly type: 'info' | 'warning' | 'error' | 'critical';
  readonly category: string;
  readonly message: string;
  readonly source: string;
  readonly timestamp: Time;
  readonly metadata?: Readonly<Record<string, unknown>>;
}
export interface MetricsUpdate {
  readonly service: string;
  readonly metrics: {
    readonly cpu?: number;
    readonly memory?: number;
    readonly requests?: number;
    readonly errors?: number;
    readonly latency?: { readonly avg: number; readonly p50: number; readonly p95: number; readonly p99: number };
  };
  readonly timestamp: Time;
}
interface OfNotification {
  readonly notificationId: string;
  readonly userId: string;
  readonly channel: 'email' | 'sms' | 'push';
  readonly timestamp: Time;
}
export interface NotificationDelivered extends OfNotification {
  readonly status: 'delivered';
}
export interface NotificationFailed extends OfNotification {
  readonly status: 'failed';
  readonly error: { readonly code: string; readonly message: string };
}
export interface SessionExpired {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiryReason: 'timeout' | 'logout' | 'revoked';
  readonly timestamp: Time;
}
export interface ProfileUpdated {
  readonly userId: string;
  readonly changes: readonly string[];
  readonly timestamp: Time;
}
/** An error of the server's, in the event `error`. */
export interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly timestamp: Time;
  readonly event?: string;
  readonly retryAfter?: number;
}
interface Services {
  readonly services: readonly string[];
}
type Subscribed = Services & { readonly timestamp: Time };
type HealthStatus = Readonly<Record<string, { readonly status: Status | 'unknown'; readonly timestamp: Time }>>;

/** The handler of an event. The id is the event's own; `io` uses it to hand over each event once. */
type Event<Payload> = (data: Payload, id?: string) => void;

/** What the server sends. */
export interface ServerToClientEvents {
  'health:update': Event<HealthUpdate>;
  'health:service-discovered': Event<ServiceDiscovered>;
  'health:service-removed': Event<ServiceRemoved>;
  'health:status': Event<HealthStatus>;
  'system:event': Event<SystemEvent>;
  'metrics:update': Event<MetricsUpdate>;
  'notification:delivered': Event<NotificationDelivered>;
  'notification:failed': Event<NotificationFailed>;
  'user:session-expired': Event<SessionExpired>;
  'user:profile-updated': Event<ProfileUpdated>;
  'admin:event': Event<Readonly<Record<string, unknown>>>;
  'subscribed': Event<Subscribed>;
  'unsubscribed': Event<Subscribed>;
  'pong': Event<{ readonly timestamp: Time }>;
  'error': Event<ServerError>;
}

/** What the client sends. */
export interface ClientToServerEvents {
  'subscribe:health': (payload: Services, answer?: (answer: Subscribed) => void) => void;
  'unsubscribe:health': (payload: Services, answer?: (answer: Subscribed) => void) => void;
  'request:health': (payload: Services, answer?: (answer: HealthStatus) => void) => void;
  'ping': (payload?: null, answer?: (answer: { readonly timestamp: Time }) => void) => void;
}

/** A socket of ORION. */
export type OrionSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const notification = {
  notificationId: 'text',
  userId: 'text',
  channel: 'text',
  status: 'text',
  timestamp: 'text',
} as const;

/** What the document says of the events' payloads, as checks. */
export const schemas = {
  'health:update': check({ service: 'text', status: 'text', timestamp: 'text', details: { checks: 'object' } }),
  'health:service-discovered': check({
    service: 'text',
    url: 'text',
    port: 'number',
    version: 'text',
    timestamp: 'text',
  }),
  'health:service-removed': check({ service: 'text', reason: 'text', timestamp: 'text' }),
  'system:event': check({ type: 'text', category: 'text', message: 'text', source: 'text', timestamp: 'text' }),
  'metrics:update': check({ service: 'text', metrics: 'object', timestamp: 'text' }),
  'notification:delivered': check(notification),
  'notification:failed': check({ ...notification, error: { code: 'text', message: 'text' } }),
  'user:session-expired': check({ userId: 'text', sessionId: 'text', expiryReason: 'text', timestamp: 'text' }),
  'user:profile-updated': check({ userId: 'text', changes: ['text'], timestamp: 'text' }),
} as const;

/** What the document asks of clients: all services subscribed again after a reconnect, waiting when there were too many attempts. */
export const orionOptions = {
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  clockEvents: ['subscribed', 'unsubscribed', 'pong'],
  schemas,
  subscriptions: [{
    subscribe: 'subscribe:health',
    unsubscribe: 'unsubscribe:health',
    member: 'services',
    all: '*',
  }],
} as const satisfies Options;

/** Opens a socket to ORION with `orionOptions`, which the given ones win over: `connectOrion(url, { auth: { token } })`. */
export function connectOrion(url: string, options: Options = {}): OrionSocket {
  return io<ServerToClientEvents, ClientToServerEvents>(url, { ...orionOptions, ...options });
}

/** The same with the document's heartbeat: the event `ping` every 25 seconds while connected. */
export function createResilientSocket(url: string, options: Options = {}): OrionSocket {
  const socket = connectOrion(url, options);
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  socket.on('connect', () => {
    clearInterval(heartbeat);
    heartbeat = setInterval(() => socket.emit('ping'), 25_000);
  });
  socket.on('disconnect', () => clearInterval(heartbeat));
  return socket;
}
