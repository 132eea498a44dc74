// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Checks of the Rangkai protocol's payloads: `switchboard-client/rangkai-schemas`. The schemas are those of `Contracts/rangkai.yaml`.
 * @module
 */
import type { RangkaiEvents } from './rangkai.ts';
import type { Check } from './types.ts';
import { payloadChecks, type Schema } from './schema.ts';

/** The schema of each event's payload. */
export const rangkaiPayloads: { readonly [event in keyof RangkaiEvents]: Schema } = {
  'order.created': { '$ref': '#/schemas/OrderCreated' },
  'order.paid': { '$ref': '#/schemas/OrderPaid' },
  'order.shipped': { '$ref': '#/schemas/OrderShipped' },
  'order.delivered': { '$ref': '#/schemas/OrderDelivered' },
  'order.completed': { '$ref': '#/schemas/OrderCompleted' },
  'order.cancelled': { '$ref': '#/schemas/OrderCancelled' },
  'shipment.created': { '$ref': '#/schemas/Shipment' },
  'shipment.tracking_updated': { '$ref': '#/schemas/ShipmentTrackingUpdated' },
  'shipment.delivered': { '$ref': '#/schemas/Shipment' },
  'dispute.filed': { '$ref': '#/schemas/DisputeFiled' },
  'dispute.vendor_responded': { '$ref': '#/schemas/Dispute' },
  'dispute.resolved': { '$ref': '#/schemas/Dispute' },
  'rating.submitted': { '$ref': '#/schemas/RatingSubmitted' },
  'rating.revealed': { '$ref': '#/schemas/RatingRevealed' },
  'proposal.created': { '$ref': '#/schemas/Proposal' },
  'proposal.voted': { '$ref': '#/schemas/ProposalVoted' },
  'proposal.approved': { '$ref': '#/schemas/ProposalApproved' },
  'proposal.executed': { '$ref': '#/schemas/Proposal' },
  'announcement': { 'type': 'object' },
};

/** What they name. */
export const rangkaiSchemas: { readonly [name: string]: Schema } = {
  'Id': { 'type': 'string', 'minLength': 1, 'maxLength': 128 },
  'Did': { 'type': 'string', 'minLength': 1, 'maxLength': 200 },
  'Number': { 'type': 'string', 'minLength': 1 },
  'Time': { 'type': 'string', 'format': 'date-time' },
  'Order': {
    'type': 'object',
    'required': ['orderId', 'orderNumber', 'status', 'buyerDid', 'vendorDid', 'timestamp'],
    'properties': {
      'orderId': { '$ref': '#/schemas/Id' },
      'orderNumber': { '$ref': '#/schemas/Number' },
      'status': { 'type': 'string' },
      'buyerDid': { '$ref': '#/schemas/Did' },
      'vendorDid': { '$ref': '#/schemas/Did' },
      'timestamp': { '$ref': '#/schemas/Time' },
    },
  },
  'OrderCreated': {
    '$ref': '#/schemas/Order',
    'required': ['total'],
    'properties': {
      'status': { 'const': 'payment_pending' },
      'total': {
        'type': 'object',
        'required': ['amount', 'currency'],
        'properties': {
          'amount': { 'type': 'number', 'minimum': 0 },
          'currency': { 'type': 'string', 'minLength': 1 },
        },
      },
    },
  },
  'OrderPaid': { '$ref': '#/schemas/Order', 'properties': { 'status': { 'const': 'paid' } } },
  'OrderShipped': { '$ref': '#/schemas/Order', 'properties': { 'status': { 'const': 'shipped' } } },
  'OrderDelivered': { '$ref': '#/schemas/Order', 'properties': { 'status': { 'const': 'delivered' } } },
  'OrderCompleted': { '$ref': '#/schemas/Order', 'properties': { 'status': { 'const': 'completed' } } },
  'OrderCancelled': { '$ref': '#/schemas/Order', 'properties': { 'status': { 'const': 'cancelled' } } },
  'Shipment': {
    'type': 'object',
    'required': ['shipmentId', 'orderId', 'trackingNumber', 'status', 'timestamp'],
    'properties': {
      'shipmentId': { '$ref': '#/schemas/Id' },
      'orderId': { '$ref': '#/schemas/Id' },
      'trackingNumber': { '$ref': '#/schemas/Number' },
      'status': { 'type': 'string', 'minLength': 1 },
      'timestamp': { '$ref': '#/schemas/Time' },
    },
  },
  'ShipmentTrackingUpdated': {
    '$ref': '#/schemas/Shipment',
    'required': ['currentLocation', 'estimatedDelivery'],
    'properties': { 'currentLocation': { 'type': 'string' }, 'estimatedDelivery': { '$ref': '#/schemas/Time' } },
  },
  'Dispute': {
    'type': 'object',
    'required': ['disputeId', 'disputeNumber', 'orderId', 'buyerDid', 'vendorDid', 'status', 'timestamp'],
    'properties': {
      'disputeId': { '$ref': '#/schemas/Id' },
      'disputeNumber': { '$ref': '#/schemas/Number' },
      'orderId': { '$ref': '#/schemas/Id' },
      'buyerDid': { '$ref': '#/schemas/Did' },
      'vendorDid': { '$ref': '#/schemas/Did' },
      'status': { 'type': 'string', 'minLength': 1 },
      'timestamp': { '$ref': '#/schemas/Time' },
    },
  },
  'DisputeFiled': {
    '$ref': '#/schemas/Dispute',
    'required': ['disputeType'],
    'properties': { 'status': { 'const': 'open' }, 'disputeType': { 'type': 'string', 'minLength': 1 } },
  },
  'Rating': {
    'type': 'object',
    'required': ['ratingId', 'orderId', 'buyerDid', 'vendorDid', 'revealed', 'timestamp'],
    'properties': {
      'ratingId': { '$ref': '#/schemas/Id' },
      'orderId': { '$ref': '#/schemas/Id' },
      'buyerDid': { '$ref': '#/schemas/Did' },
      'vendorDid': { '$ref': '#/schemas/Did' },
      'revealed': { 'type': 'boolean' },
      'timestamp': { '$ref': '#/schemas/Time' },
    },
  },
  'RatingSubmitted': { '$ref': '#/schemas/Rating', 'properties': { 'revealed': { 'const': false } } },
  'RatingRevealed': { '$ref': '#/schemas/Rating', 'properties': { 'revealed': { 'const': true } } },
  'Proposal': {
    'type': 'object',
    'required': ['proposalId', 'proposalNumber', 'title', 'status', 'timestamp'],
    'properties': {
      'proposalId': { '$ref': '#/schemas/Id' },
      'proposalNumber': { '$ref': '#/schemas/Number' },
      'title': { 'type': 'string' },
      'status': { 'type': 'string', 'minLength': 1 },
      'timestamp': { '$ref': '#/schemas/Time' },
    },
  },
  'ProposalVoted': {
    '$ref': '#/schemas/Proposal',
    'required': ['voterDid', 'vote'],
    'properties': { 'voterDid': { '$ref': '#/schemas/Did' }, 'vote': { 'type': 'string', 'minLength': 1 } },
  },
  'ProposalApproved': {
    '$ref': '#/schemas/Proposal',
    'required': ['approvals', 'quorum'],
    'properties': { 'approvals': { 'type': 'integer', 'minimum': 0 }, 'quorum': { 'type': 'integer', 'minimum': 1 } },
  },
};

/** For the option `schemas` of `connectRangkai`. */
export const rangkaiChecks: { [event in keyof RangkaiEvents]: Check } = payloadChecks(rangkaiPayloads, rangkaiSchemas);
