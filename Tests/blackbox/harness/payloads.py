# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The documented payloads of Rangkai, with identifiers of their own for every test."""

import dataclasses
import uuid
from typing import Any

MOMENT = "2025-11-05T12:00:00Z"


def did(name: str = "user") -> str:
    """A DID that no other test uses; it has colons, as all of them have."""
    return f"did:rangkai:{name}-{uuid.uuid4().hex[:12]}"


def _identifier() -> str:
    return str(uuid.uuid4())


@dataclasses.dataclass(frozen=True)
class Deal:
    """One order with its two parties, and the payloads of what happens to it."""

    buyer: str = dataclasses.field(default_factory=lambda: did("buyer"))
    vendor: str = dataclasses.field(default_factory=lambda: did("vendor"))
    order: str = dataclasses.field(default_factory=_identifier)
    shipment: str = dataclasses.field(default_factory=_identifier)
    dispute: str = dataclasses.field(default_factory=_identifier)

    @property
    def order_channel(self) -> str:
        return f"order:{self.order}"

    @property
    def shipment_channel(self) -> str:
        return f"shipment:{self.shipment}"

    @property
    def dispute_channel(self) -> str:
        return f"dispute:{self.dispute}"

    def _order(self, status: str) -> dict[str, Any]:
        return {
            "orderId": self.order, "orderNumber": "ORD-2025-001", "status": status,
            "buyerDid": self.buyer, "vendorDid": self.vendor, "timestamp": MOMENT,
        }

    def created(self) -> dict[str, Any]:
        return self._order("payment_pending") | {"total": {"amount": 100.00, "currency": "USD"}}

    def paid(self) -> dict[str, Any]:
        return self._order("paid")

    def shipped(self) -> dict[str, Any]:
        return self._order("shipped")

    def delivered(self) -> dict[str, Any]:
        return self._order("delivered")

    def completed(self) -> dict[str, Any]:
        return self._order("completed")

    def cancelled(self) -> dict[str, Any]:
        return self._order("cancelled")

    def _shipment(self, status: str) -> dict[str, Any]:
        return {
            "shipmentId": self.shipment, "orderId": self.order, "trackingNumber": "TRACK123", "status": status,
            "currentLocation": "Chicago, IL", "estimatedDelivery": "2025-11-10T12:00:00Z", "timestamp": MOMENT,
        }

    def shipment_created(self) -> dict[str, Any]:
        return self._shipment("created")

    def tracking_updated(self) -> dict[str, Any]:
        return self._shipment("in_transit")

    def shipment_delivered(self) -> dict[str, Any]:
        return self._shipment("delivered")

    def _dispute(self, status: str) -> dict[str, Any]:
        return {
            "disputeId": self.dispute, "disputeNumber": "DIS-001", "orderId": self.order, "buyerDid": self.buyer,
            "vendorDid": self.vendor, "status": status, "disputeType": "quality", "timestamp": MOMENT,
        }

    def dispute_filed(self) -> dict[str, Any]:
        return self._dispute("open")

    def vendor_responded(self) -> dict[str, Any]:
        return self._dispute("vendor_responded")

    def dispute_resolved(self) -> dict[str, Any]:
        return self._dispute("resolved")

    def rating(self, rating: str | None = None, *, revealed: bool = False) -> dict[str, Any]:
        return {
            "ratingId": rating or _identifier(), "orderId": self.order, "buyerDid": self.buyer,
            "vendorDid": self.vendor, "revealed": revealed, "timestamp": MOMENT,
        }


@dataclasses.dataclass(frozen=True)
class Proposal:
    """One governance proposal and the payloads of what happens to it."""

    id: str = dataclasses.field(default_factory=_identifier)

    @property
    def channel(self) -> str:
        return f"proposal:{self.id}"

    def _base(self, status: str) -> dict[str, Any]:
        return {
            "proposalId": self.id, "proposalNumber": "PROP-001", "title": "Lower the fee", "status": status,
            "timestamp": MOMENT,
        }

    def created(self) -> dict[str, Any]:
        return self._base("created")

    def voted(self) -> dict[str, Any]:
        return self._base("voted") | {"voterDid": did("signer"), "vote": "approve"}

    def approved(self) -> dict[str, Any]:
        return self._base("approved") | {"approvals": 3, "quorum": 3}

    def executed(self) -> dict[str, Any]:
        return self._base("executed")


#: Every order event with the payload that it has.
ORDER_EVENTS = {
    "order.created": Deal.created, "order.paid": Deal.paid, "order.shipped": Deal.shipped,
    "order.delivered": Deal.delivered, "order.completed": Deal.completed, "order.cancelled": Deal.cancelled,
}
SHIPMENT_EVENTS = {
    "shipment.created": Deal.shipment_created, "shipment.tracking_updated": Deal.tracking_updated,
    "shipment.delivered": Deal.shipment_delivered,
}
DISPUTE_EVENTS = {
    "dispute.filed": Deal.dispute_filed, "dispute.vendor_responded": Deal.vendor_responded,
    "dispute.resolved": Deal.dispute_resolved,
}
PROPOSAL_EVENTS = {
    "proposal.created": Proposal.created, "proposal.voted": Proposal.voted, "proposal.approved": Proposal.approved,
    "proposal.executed": Proposal.executed,
}
