# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: what an event looks like and whom it reaches."""

from typing import Any

import pytest

from harness.client import is_timestamp
from harness.payloads import DISPUTE_EVENTS, ORDER_EVENTS, PROPOSAL_EVENTS, SHIPMENT_EVENTS, Deal, Proposal, did
from harness.server import Server

requirement = pytest.mark.requirement

#: The fields that each documented event has, besides `timestamp`; for events without a sample those of their sibling.
FIELDS = {
    "order.created": {"orderId", "orderNumber", "status", "buyerDid", "vendorDid", "total"},
    "order.paid": {"orderId", "orderNumber", "status", "buyerDid", "vendorDid"},
    "order.shipped": {"orderId", "orderNumber"},
    "order.delivered": {"orderId", "orderNumber"},
    "order.completed": {"orderId", "orderNumber"},
    "order.cancelled": {"orderId", "orderNumber"},
    "shipment.created": {"shipmentId", "orderId"},
    "shipment.tracking_updated": {
        "shipmentId", "orderId", "trackingNumber", "status", "currentLocation", "estimatedDelivery",
    },
    "shipment.delivered": {"shipmentId", "orderId"},
    "dispute.filed": {"disputeId", "disputeNumber", "orderId", "buyerDid", "vendorDid", "status", "disputeType"},
    "dispute.vendor_responded": {"disputeId", "orderId"},
    "dispute.resolved": {"disputeId", "orderId"},
    "rating.submitted": {"ratingId", "orderId", "buyerDid", "vendorDid", "revealed"},
    "proposal.created": {"proposalId"},
    "proposal.voted": {"proposalId"},
    "proposal.approved": {"proposalId"},
    "proposal.executed": {"proposalId"},
}

DOCUMENTED = pytest.mark.parametrize(
    "event",
    [
        pytest.param(event, marks=requirement(identifier))
        for event, identifier in {
            "order.created": "RNG-031", "order.paid": "RNG-032", "order.shipped": "RNG-033",
            "order.delivered": "RNG-034", "order.completed": "RNG-035", "order.cancelled": "RNG-036",
            "shipment.created": "RNG-037", "shipment.tracking_updated": "RNG-038", "shipment.delivered": "RNG-039",
            "dispute.filed": "RNG-040", "dispute.vendor_responded": "RNG-041", "dispute.resolved": "RNG-042",
            "rating.submitted": "RNG-043", "proposal.created": "RNG-045", "proposal.voted": "RNG-046",
            "proposal.approved": "RNG-047", "proposal.executed": "RNG-048",
        }.items()
    ],
)


def payload(event: str, deal: Deal, proposal: Proposal) -> dict[str, Any]:
    if event == "rating.submitted":
        return deal.rating()
    if event in PROPOSAL_EVENTS:
        return PROPOSAL_EVENTS[event](proposal)
    return (ORDER_EVENTS | SHIPMENT_EVENTS | DISPUTE_EVENTS)[event](deal)


@DOCUMENTED
@requirement("RNG-029", "RNG-D13")
def test_a_documented_event_arrives_as_published_with_exact_outer_keys(rangkai: Server, event: str) -> None:
    deal, proposal = Deal(), Proposal()
    rangkai.admin.publish("order.created", deal.created())
    data = payload(event, deal, proposal)
    assert FIELDS[event] <= set(data)
    with rangkai.connect(deal.buyer, roles=["governance_signer"]) as client:
        client.subscribe(f"user:{deal.buyer}", proposal.channel)
        receipt = rangkai.admin.publish(event, data)
        frame = client.receive()
        assert set(frame) == {"event", "data", "timestamp"}
        assert frame["event"] == event
        assert frame["data"] == data
        assert is_timestamp(frame["timestamp"])
        assert frame["timestamp"] == receipt["time"]


@DOCUMENTED
@requirement("RNG-D13")
def test_each_documented_field_is_required_and_a_missing_one_is_named(rangkai: Server, event: str) -> None:
    deal, proposal = Deal(), Proposal()
    rangkai.admin.publish("order.created", deal.created())
    whole = payload(event, deal, proposal)
    for field in FIELDS[event]:
        answer = rangkai.admin.try_publish(event, {key: value for key, value in whole.items() if key != field})
        assert answer.status_code == 422, f"{event} without {field}: {answer.status_code} {answer.text}"
        error = answer.json()["error"]
        assert field in error["message"] or field in (error.get("pointer") or ""), error


@requirement("RNG-D13")
def test_fields_that_the_contract_does_not_know_pass_through_untouched(rangkai: Server) -> None:
    deal = Deal()
    extra = {
        "note": "🟢 \u2028 </script> \"quoted\" \\",
        "nested": {"deep": [1, 2.5, -0.0, 1e300, None, True, {}]},
        "big": 2**53,
    }
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        rangkai.admin.publish("order.created", deal.created() | extra)
        assert client.receive_event("order.created")["data"] == deal.created() | extra


@requirement("RNG-030")
def test_one_event_reaches_all_parties_on_every_connection_they_have(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    clients = [rangkai.connect(user) for user in (deal.buyer, deal.buyer, deal.vendor, deal.vendor)]
    stranger = rangkai.connect(did())
    clients[0].subscribe(deal.order_channel)
    clients[1].subscribe(f"user:{deal.buyer}")
    clients[2].subscribe(f"user:{deal.vendor}")
    clients[3].subscribe(deal.order_channel, f"user:{deal.vendor}")
    stranger.subscribe("global")
    receipt = rangkai.admin.publish("order.paid", deal.paid())
    assert set(receipt["channels"]) == {deal.order_channel, f"user:{deal.buyer}", f"user:{deal.vendor}"}
    assert receipt["receivers"] == 4
    frames = [client.receive_event("order.paid") for client in clients]
    assert frames[1:] == frames[:-1]
    for client in [*clients, stranger]:
        client.expect_silence(0.05)
        client.close()


@requirement("RNG-D14")
def test_shipment_events_find_both_parties_through_their_order(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    clients = []
    for user in (deal.buyer, deal.vendor):
        client = rangkai.connect(user)
        client.subscribe(f"user:{user}")
        clients.append(client)
    receipt = rangkai.admin.publish("shipment.tracking_updated", deal.tracking_updated())
    assert set(receipt["channels"]) == {deal.shipment_channel, f"user:{deal.buyer}", f"user:{deal.vendor}"}
    for client in clients:
        client.receive_event("shipment.tracking_updated")
        client.close()


@requirement("RNG-D14", "RNG-043")
def test_rating_events_go_to_the_two_user_channels_only(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    receipt = rangkai.admin.publish("rating.submitted", deal.rating())
    assert set(receipt["channels"]) == {f"user:{deal.buyer}", f"user:{deal.vendor}"}


def test_all_subscribers_of_a_channel_hear_its_events_in_one_order(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    clients = [rangkai.connect(deal.buyer) for _ in range(8)]
    for client in clients:
        client.subscribe(deal.order_channel)
    numbers = [f"ORD-{number}" for number in range(200)]
    for first in range(0, 200, 20):
        batch = [
            {"event": "order.paid", "data": deal.paid() | {"orderNumber": number}} for number in numbers[first : first + 20]
        ]
        assert rangkai.admin.publish_batch(batch).status_code == 200
    for client in clients:
        assert [client.receive_event("order.paid")["data"]["orderNumber"] for _ in numbers] == numbers
        client.close()


def test_times_never_go_back_and_a_time_in_the_data_is_left_alone(rangkai: Server) -> None:
    deal = Deal()
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(f"user:{deal.buyer}")
        for _ in range(50):
            rangkai.admin.publish("order.created", deal.created())
        frames = [client.receive_event("order.created") for _ in range(50)]
        times = [frame["timestamp"] for frame in frames]
        assert times == sorted(times)
        assert {frame["data"]["timestamp"] for frame in frames} == {deal.created()["timestamp"]}
