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
  subscribed: { is: { type: 'subscribed' }, channel: 'channel', recovered: 'recovered' },
  unsubscribed: { is: { type: 'unsubscribed' }, channel: 'channel' },
  pong: { is: { type: 'pong' } },
  error: { is: { type: 'error' }, message: 'message' },
  event: { name: 'event', data: 'data', time: 'timestamp', position: 'position' },
  token: 'token',
  positions: { query: 'positions', since: 'since' },
};

/** An order, as its events carry it. */
export interface Order<Status extends string> {
  orderId: string;
  orderNumber: string;
  status: Status;
  buyerDid: string;
  vendorDid: string;
  timestamp: string;
}

/** A shipment of an order; its parties are those of the order. */
export interface Shipment {
  shipmentId: string;
  orderId: string;
  trackingNumber: string;
  status: string;
  timestamp: string;
}

/** A dispute about an order. */
export interface Dispute {
  disputeId: string;
  disputeNumber: string;
  orderId: string;
  buyerDid: string;
  vendorDid: string;
  status: string;
  timestamp: string;
}

/** One party's rating of the other. */
export interface Rating<Revealed extends boolean> {
  ratingId: string;
  orderId: string;
  buyerDid: string;
  vendorDid: string;
  revealed: Revealed;
  timestamp: string;
}

/** A governance proposal. */
export interface Proposal {
  proposalId: string;
  proposalNumber: string;
  title: string;
  status: string;
  timestamp: string;
}

/** The documented events with their payloads. */
export interface RangkaiEvents {
  /** A new order has been created. */
  'order.created': Order<'payment_pending'> & { total: { amount: number; currency: string } };
  /** The order's payment is confirmed. */
  'order.paid': Order<'paid'>;
  /** The vendor has shipped the order. */
  'order.shipped': Order<'shipped'>;
  /** The order is marked as delivered. */
  'order.delivered': Order<'delivered'>;
  /** The order is completed and its escrow released. */
  'order.completed': Order<'completed'>;
  /** The order is cancelled. */
  'order.cancelled': Order<'cancelled'>;
  /** A shipment of an order has been created. */
  'shipment.created': Shipment;
  /** The shipment's tracking information has changed. */
  'shipment.tracking_updated': Shipment & { currentLocation: string; estimatedDelivery: string };
  /** The shipment has arrived. */
  'shipment.delivered': Shipment;
  /** The buyer has filed a dispute about an order. */
  'dispute.filed': Dispute & { status: 'open'; disputeType: string };
  /** The vendor has responded to a dispute. */
  'dispute.vendor_responded': Dispute;
  /** A dispute is resolved. */
  'dispute.resolved': Dispute;
  /** One party has rated the other. */
  'rating.submitted': Rating<false>;
  /** Both parties have rated, or one has and the other has not for seven days. */
  'rating.revealed': Rating<true>;
  /** A governance proposal has been created. */
  'proposal.created': Proposal;
  /** A signer has voted on a proposal. */
  'proposal.voted': Proposal & { voterDid: string; vote: string };
  /** A proposal has reached its quorum. */
  'proposal.approved': Proposal & { approvals: number; quorum: number };
  /** An approved proposal has been executed. */
  'proposal.executed': Proposal;
  /** Something that concerns everybody. Announcements may have any other event name, too. */
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
