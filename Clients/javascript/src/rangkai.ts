// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * The Rangkai protocol's events: `switchboard-client/rangkai`.
 * @module
 */
import { connect } from './connection.ts';
import type { Dialect } from './dialect.ts';
import type { Connection, Options } from './types.ts';

/** How `Contracts/rangkai.yaml` speaks. */
export const rangkai: Dialect = {
  command: 'type',
  subscribe: { name: 'subscribe', channel: 'channel', channels: 'channels' },
  unsubscribe: { name: 'unsubscribe', channel: 'channel', channels: 'channels' },
  ping: 'ping',
  welcome: { is: { type: 'connected' } },
  subscribed: { is: { type: 'subscribed' }, channel: 'channel' },
  unsubscribed: { is: { type: 'unsubscribed' }, channel: 'channel' },
  pong: { is: { type: 'pong' } },
  error: { is: { type: 'error' }, message: 'message' },
  event: { name: 'event', data: 'data', time: 'timestamp' },
  token: 'token',
};

export interface Order<Status extends string> {
  orderId: string;
  orderNumber: string;
  status: Status;
  buyerDid: string;
  vendorDid: string;
  timestamp: string;
}

export interface Shipment {
  shipmentId: string;
  orderId: string;
  trackingNumber: string;
  status: string;
  timestamp: string;
}

export interface Dispute {
  disputeId: string;
  disputeNumber: string;
  orderId: string;
  buyerDid: string;
  vendorDid: string;
  status: string;
  timestamp: string;
}

export interface Rating<Revealed extends boolean> {
  ratingId: string;
  orderId: string;
  buyerDid: string;
  vendorDid: string;
  revealed: Revealed;
  timestamp: string;
}

export interface Proposal {
  proposalId: string;
  proposalNumber: string;
  title: string;
  status: string;
  timestamp: string;
}

/** The documented events with their payloads. */
export interface RangkaiEvents {
  'order.created': Order<'payment_pending'> & { total: { amount: number; currency: string } };
  'order.paid': Order<'paid'>;
  'order.shipped': Order<'shipped'>;
  'order.delivered': Order<'delivered'>;
  'order.completed': Order<'completed'>;
  'order.cancelled': Order<'cancelled'>;
  'shipment.created': Shipment;
  'shipment.tracking_updated': Shipment & { currentLocation: string; estimatedDelivery: string };
  'shipment.delivered': Shipment;
  'dispute.filed': Dispute & { status: 'open'; disputeType: string };
  'dispute.vendor_responded': Dispute;
  'dispute.resolved': Dispute;
  'rating.submitted': Rating<false>;
  'rating.revealed': Rating<true>;
  'proposal.created': Proposal;
  'proposal.voted': Proposal & { voterDid: string; vote: string };
  'proposal.approved': Proposal & { approvals: number; quorum: number };
  'proposal.executed': Proposal;
  announcement: Record<string, unknown>;
}

/**
 * Connects to the Rangkai protocol: retries after 1 s, doubled to 30 s, 20 % more or less, without end; pings every 30 s and takes
 * a server for dead that does not answer within 10 s.
 * @param url `ws://localhost:3000/ws`
 * @param token a JSON Web Token, or what gives one; asked anew for each attempt
 */
export function connectRangkai(
  url: string,
  token: Options['token'],
  options: Partial<Options<RangkaiEvents>> = {},
): Connection<RangkaiEvents> {
  return connect<RangkaiEvents>(url, { dialect: rangkai, token, ...options });
}
