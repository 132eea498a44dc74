# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: who may subscribe to what, and what each kind of channel carries."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.payloads import DISPUTE_EVENTS, ORDER_EVENTS, PROPOSAL_EVENTS, SHIPMENT_EVENTS, Deal, Proposal, did
from harness.server import Server
from harness.tokens import token

requirement = pytest.mark.requirement
SIGNER = ["governance_signer"]


@pytest.fixture
def deal(rangkai: Server) -> Deal:
    """An order with a shipment and a dispute, all known to the server."""
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    rangkai.admin.publish("shipment.created", deal.shipment_created())
    rangkai.admin.publish("dispute.filed", deal.dispute_filed())
    return deal


def heard_on(
    rangkai: Server, user: str, channel: str, events: dict[str, Callable[[Any], dict[str, Any]]], subject: object
) -> None:
    """Every one of these events reaches a subscriber of the channel, in order, with the data as published."""
    with rangkai.connect(user, roles=SIGNER if channel.startswith("proposal:") else None) as client:
        client.subscribe(channel)
        for event, payload in events.items():
            data = payload(subject)
            assert channel in rangkai.admin.publish(event, data)["channels"]
            assert client.receive_event(event)["data"] == data
        client.expect_silence()


@requirement("RNG-015", "RNG-031", "RNG-032", "RNG-033", "RNG-034", "RNG-035", "RNG-036")
def test_an_order_channel_carries_the_six_order_events(rangkai: Server, deal: Deal) -> None:
    heard_on(rangkai, deal.vendor, deal.order_channel, ORDER_EVENTS, deal)


@requirement("RNG-019", "RNG-040", "RNG-041", "RNG-042")
def test_a_dispute_channel_carries_the_three_dispute_events(rangkai: Server, deal: Deal) -> None:
    heard_on(rangkai, deal.buyer, deal.dispute_channel, DISPUTE_EVENTS, deal)


@requirement("RNG-023", "RNG-037", "RNG-038", "RNG-039")
def test_a_shipment_channel_carries_the_three_shipment_events(rangkai: Server, deal: Deal) -> None:
    heard_on(rangkai, deal.buyer, deal.shipment_channel, SHIPMENT_EVENTS, deal)


@requirement("RNG-021", "RNG-045", "RNG-046", "RNG-047", "RNG-048")
def test_a_proposal_channel_carries_the_four_proposal_events(rangkai: Server) -> None:
    proposal = Proposal()
    heard_on(rangkai, did("signer"), proposal.channel, PROPOSAL_EVENTS, proposal)


@requirement("RNG-016", "RNG-020", "RNG-024", "RNG-028")
@pytest.mark.parametrize("kind", ["order", "dispute", "shipment"])
def test_buyer_and_vendor_may_subscribe_and_nobody_else(rangkai: Server, deal: Deal, kind: str) -> None:
    channel = {"order": deal.order_channel, "dispute": deal.dispute_channel, "shipment": deal.shipment_channel}[kind]
    for user in (deal.buyer, deal.vendor):
        with rangkai.connect(user) as client:
            client.subscribe(channel)
    for user in (did(), Deal().buyer):
        with rangkai.connect(user, roles=["admin", "governance_signer"]) as client:
            assert client.is_refused(channel)
            assert client.ping()["type"] == "pong"


@requirement("RNG-016", "RNG-028")
def test_a_refused_client_hears_nothing_of_the_channel(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(did()) as stranger:
        assert stranger.is_refused(deal.order_channel)
        rangkai.admin.publish("order.paid", deal.paid())
        stranger.expect_silence()


@requirement("RNG-017", "RNG-018")
def test_only_the_user_may_hear_the_own_channel_whose_name_has_colons(rangkai: Server) -> None:
    user = did()
    assert user.count(":") == 2
    with rangkai.connect(user) as client:
        client.subscribe(f"user:{user}")
    with rangkai.connect(did()) as stranger:
        for name in (user, f"{user}:x", user.upper(), user[:-1], f"{user} "):
            assert stranger.is_refused(f"user:{name}")


@requirement("RNG-017", "RNG-030")
def test_a_user_channel_carries_all_that_concerns_the_user(rangkai: Server, deal: Deal) -> None:
    events = ORDER_EVENTS | SHIPMENT_EVENTS | DISPUTE_EVENTS | {"rating.submitted": Deal.rating}
    for user in (deal.buyer, deal.vendor):
        with rangkai.connect(user) as client:
            client.subscribe(f"user:{user}")
            for event, payload in events.items():
                data = payload(deal)
                rangkai.admin.publish(event, data)
                assert client.receive_event(event)["data"] == data
        deal_again = Deal(buyer=deal.buyer, vendor=deal.vendor)  # ratings of their own for the other party
        rangkai.admin.publish("order.created", deal_again.created())
        deal = deal_again


@requirement("RNG-022", "RNG-D07")
def test_a_signer_by_role_may_hear_any_proposal_and_others_none(rangkai: Server) -> None:
    proposal = Proposal()
    rangkai.admin.publish("proposal.created", proposal.created())
    with rangkai.connect(did("signer"), roles=SIGNER) as signer:
        signer.subscribe(proposal.channel)
    for roles in (None, [], ["admin"], ["governance"], ["governance_signer "]):
        with rangkai.connect(did(), roles=roles) as client:
            assert client.is_refused(proposal.channel)


@requirement("RNG-022", "RNG-D07")
def test_a_signer_by_a_single_role_claim_is_known_too(rangkai: Server) -> None:
    with rangkai.open(token(did("signer"), role="governance_signer")) as client:
        client.welcome()
        client.subscribe(Proposal().channel)


@requirement("RNG-D07")
def test_a_signer_by_the_list_of_members_may_hear_the_proposal(rangkai: Server) -> None:
    proposal, signer, other = Proposal(), did("signer"), did("signer")
    rangkai.admin.set_members("signers", signer, other)
    with rangkai.connect(signer) as client:
        client.subscribe(proposal.channel)
        rangkai.admin.publish("proposal.voted", proposal.voted())
        client.receive_event("proposal.voted")
        # Who is taken off the list loses what the list gave.
        rangkai.admin.remove_members("signers", signer)
        assert client.receive()["type"] == "unsubscribed"
        assert client.is_refused(proposal.channel)
    with rangkai.connect(other) as client:
        client.subscribe(Proposal().channel)
        assert client.is_refused("signers")


@requirement("RNG-025", "RNG-026", "RNG-D08")
def test_everyone_connected_may_hear_global_and_announcements_are_free_form(rangkai: Server) -> None:
    clients = [rangkai.connect(did()) for _ in range(3)]
    for client in clients:
        client.subscribe("global")
    for event, data in [("announcement", {"text": "hello"}), ("protocol.upgraded", {"version": 2, "notes": [1, None]})]:
        receipt = rangkai.admin.publish(event, data, to=["global"])
        assert receipt["receivers"] == 3
        for client in clients:
            assert client.receive_event(event)["data"] == data
    for client in clients:
        client.close()


@requirement("RNG-D09")
def test_proposals_are_announced_globally_and_votes_are_not(rangkai: Server) -> None:
    proposal = Proposal()
    with rangkai.connect(did()) as client:
        client.subscribe("global")
        for event, payload in PROPOSAL_EVENTS.items():
            rangkai.admin.publish(event, payload(proposal))
        for event in ("proposal.created", "proposal.approved", "proposal.executed"):
            assert client.receive_event(event)["data"]["proposalId"] == proposal.id
        client.expect_silence()


@requirement("RNG-027")
@pytest.mark.parametrize(
    "name",
    [
        "invalid-channel", "order", "orders:1", "Order:1", "global:1", "Global", "order:", ":", "user", "rating:1", "*",
        "x" * 2000,
    ],
)
def test_a_channel_of_no_known_kind_is_answered_with_its_name(rangkai: Server, name: str) -> None:
    with rangkai.connect(did()) as client:
        reply = client.ask({"type": "subscribe", "channel": name})
        assert reply == {"type": "error", "message": f"Invalid channel format: {name}"}
        assert client.ping()["type"] == "pong"


@requirement("RNG-D10")
@pytest.mark.parametrize("kind", ["order", "dispute", "shipment"])
def test_what_does_not_exist_is_refused_like_what_is_foreign(rangkai: Server, kind: str) -> None:
    with rangkai.connect(did()) as client:
        assert client.is_refused(f"{kind}:does-not-exist")


@requirement("RNG-D10", "RNG-031")
def test_parties_of_a_new_order_hear_of_it_on_their_user_channels_and_may_then_subscribe(rangkai: Server) -> None:
    deal = Deal()
    with rangkai.connect(deal.buyer) as client:
        assert client.is_refused(deal.order_channel)
        client.subscribe(f"user:{deal.buyer}")
        rangkai.admin.publish("order.created", deal.created())
        assert client.receive_event("order.created")["data"]["orderId"] == deal.order
        client.subscribe(deal.order_channel)


@requirement("RNG-D11")
def test_a_right_that_ends_ends_the_subscription_and_says_so(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client, rangkai.connect(deal.vendor) as other:
        client.subscribe(deal.order_channel)
        other.subscribe(deal.order_channel)
        rangkai.admin.set_members(deal.order_channel, deal.vendor)
        notice = client.receive()
        assert set(notice) == {"type", "channel", "timestamp"}
        assert (notice["type"], notice["channel"]) == ("unsubscribed", deal.order_channel)
        # An event with no parties in it: it would name them members again.
        rangkai.admin.publish("order.paid", deal.paid() | {"buyerDid": deal.vendor})
        other.receive_event("order.paid")
        client.expect_silence()
        assert rangkai.admin.channels()[deal.order_channel] == 1


@requirement("RNG-D11", "RNG-024")
def test_losing_the_order_ends_the_subscription_to_its_shipment_as_well(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel, deal.shipment_channel)
        rangkai.admin.remove_members(deal.order_channel, deal.buyer)
        ended = {client.receive()["channel"] for _ in range(2)}
        assert ended == {deal.order_channel, deal.shipment_channel}
        assert client.is_refused(deal.shipment_channel)


@requirement("RNG-024", "RNG-D14")
def test_a_shipment_known_before_its_order_is_heard_by_the_parties_once_the_order_is_known(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("shipment.created", deal.shipment_created())
    with rangkai.connect(deal.buyer) as client:
        assert client.is_refused(deal.shipment_channel)
        rangkai.admin.publish("order.created", deal.created())
        client.subscribe(deal.shipment_channel)
