# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rangkai: subscribing and unsubscribing, replies, limits, malformed messages."""

import pytest

from harness.client import is_timestamp
from harness.payloads import Deal, did
from harness.server import Server

requirement = pytest.mark.requirement


@pytest.fixture
def deal(rangkai: Server) -> Deal:
    """An order that the server knows."""
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    return deal


@requirement("RNG-010", "RNG-012")
def test_a_party_subscribes_to_its_order_and_the_reply_has_exact_keys(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        reply = client.ask({"type": "subscribe", "channel": deal.order_channel})
        assert set(reply) == {"type", "channel", "timestamp"}
        assert reply["type"] == "subscribed"
        assert reply["channel"] == deal.order_channel
        assert is_timestamp(reply["timestamp"])
        rangkai.admin.publish("order.paid", deal.paid())
        assert client.receive_event("order.paid")["data"] == deal.paid()


@requirement("RNG-011")
def test_a_list_subscribes_to_each_channel(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.send({"type": "subscribe", "channels": [deal.order_channel, f"user:{deal.buyer}"]})
        assert [client.receive()["channel"] for _ in range(2)] == [deal.order_channel, f"user:{deal.buyer}"]
        assert {c: n for c, n in rangkai.admin.channels().items() if deal.order in c or deal.buyer in c} == {
            deal.order_channel: 1,
            f"user:{deal.buyer}": 1,
        }


@requirement("RNG-D03")
def test_a_list_is_answered_in_order_and_may_succeed_in_part(rangkai: Server, deal: Deal) -> None:
    foreign = f"user:{deal.vendor}"
    with rangkai.connect(deal.buyer) as client:
        client.send({"type": "subscribe", "channels": ["global", foreign, "nonsense", deal.order_channel]})
        replies = [client.receive() for _ in range(4)]
        assert replies[0]["type"] == "subscribed" and replies[0]["channel"] == "global"
        assert replies[1] == {"type": "error", "message": f"Not authorized to subscribe to: {foreign}"}
        assert replies[2] == {"type": "error", "message": "Invalid channel format: nonsense"}
        assert replies[3]["type"] == "subscribed" and replies[3]["channel"] == deal.order_channel


@requirement("RNG-D03")
def test_channel_and_channels_of_one_message_are_both_subscribed(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.send({"type": "subscribe", "channel": "global", "channels": [deal.order_channel]})
        assert {client.receive()["channel"] for _ in range(2)} == {"global", deal.order_channel}
        client.expect_silence()


def test_subscribing_twice_is_answered_twice_and_delivers_once(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel, deal.order_channel)
        rangkai.admin.publish("order.paid", deal.paid())
        client.receive_event("order.paid")
        client.expect_silence()


@requirement("RNG-013", "RNG-D04")
def test_unsubscribing_ends_one_channel_and_leaves_the_others(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel, "global")
        reply = client.ask({"type": "unsubscribe", "channel": deal.order_channel})
        assert set(reply) == {"type", "channel", "timestamp"}
        assert reply["type"] == "unsubscribed" and reply["channel"] == deal.order_channel
        assert is_timestamp(reply["timestamp"])
        rangkai.admin.publish("order.paid", deal.paid())
        client.expect_silence()
        rangkai.admin.publish("announcement", {"text": deal.order}, to=["global"])
        while client.receive_event("announcement")["data"] != {"text": deal.order}:
            pass  # another test's announcement


@requirement("RNG-D04")
def test_unsubscribing_is_answered_for_a_list_and_for_a_channel_never_subscribed(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        client.send({"type": "unsubscribe", "channels": [deal.order_channel, f"user:{deal.buyer}"]})
        replies = [client.receive() for _ in range(2)]
        assert [(r["type"], r["channel"]) for r in replies] == [
            ("unsubscribed", deal.order_channel),
            ("unsubscribed", f"user:{deal.buyer}"),
        ]


@requirement("RNG-014")
def test_a_client_without_subscriptions_hears_nothing(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        rangkai.admin.publish("order.paid", deal.paid())
        client.expect_silence()


@requirement("RNG-014")
def test_a_client_hears_only_the_channels_it_subscribed_to(rangkai: Server, deal: Deal) -> None:
    other = Deal(buyer=deal.buyer)
    rangkai.admin.publish("order.created", other.created())
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        rangkai.admin.publish("order.paid", other.paid())
        rangkai.admin.publish("order.shipped", deal.shipped())
        assert client.receive_event("order.shipped")["data"]["orderId"] == deal.order
        client.expect_silence()


@requirement("RNG-D05")
def test_a_connection_with_several_matching_channels_gets_one_copy(rangkai: Server, deal: Deal) -> None:
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel, f"user:{deal.buyer}")
        for _ in range(20):
            receipt = rangkai.admin.publish("order.paid", deal.paid())
            assert receipt["receivers"] == 1
        for _ in range(20):
            client.receive_event("order.paid")
        client.expect_silence()


INVALID = {"type": "error", "message": "Invalid message format"}


@requirement("RNG-D06")
@pytest.mark.parametrize(
    "frame",
    ["not json", "", "{", '{"type":"ping"', '{"type":"ping"}x', "[]", '"ping"', "7", "null", "[" * 20_000, '{"type"}'],
    ids=["words", "empty", "brace", "cut", "tail", "list", "text", "number", "null", "deep", "no-value"],
)
def test_a_frame_that_is_no_json_object_is_answered_and_the_connection_stays(rangkai: Server, frame: str) -> None:
    with rangkai.connect(did()) as client:
        client.send_text(frame)
        assert client.receive() == INVALID
        assert client.ping()["type"] == "pong"


@requirement("RNG-D06")
@pytest.mark.parametrize("kind", ["shout", "", "Ping", "subscribe ", "\u0000", "é" * 100])
def test_an_unknown_type_is_answered_with_its_name(rangkai: Server, kind: str) -> None:
    with rangkai.connect(did()) as client:
        assert client.ask({"type": kind}) == {"type": "error", "message": f"Unknown message type: {kind}"}
        assert client.ping()["type"] == "pong"


@requirement("RNG-D06")
@pytest.mark.parametrize("message", [{"type": "subscribe"}, {"type": "subscribe", "channels": []}])
def test_a_subscription_without_a_channel_names_an_empty_one(rangkai: Server, message: dict[str, object]) -> None:
    with rangkai.connect(did()) as client:
        assert client.ask(message) == {"type": "error", "message": "Invalid channel format: "}
        assert client.ping()["type"] == "pong"


@requirement("RNG-D06")
@pytest.mark.parametrize(
    "message",
    [
        {}, {"type": None}, {"type": 7}, {"type": ["ping"]}, {"type": {}}, {"channel": "global"},
        {"type": "subscribe", "channel": 7}, {"type": "subscribe", "channel": None},
        {"type": "subscribe", "channel": {"a": 1}}, {"type": "subscribe", "channels": 7},
        {"type": "subscribe", "channels": [7]}, {"type": "subscribe", "channels": {"0": "global"}},
        {"type": "unsubscribe", "channel": []},
    ],
    ids=str,
)
def test_wrong_types_are_answered_with_an_error_and_subscribe_nothing(rangkai: Server, message: dict[str, object]) -> None:
    user = did()
    with rangkai.connect(user) as client:
        assert client.ask(message)["type"] == "error"
        client.expect_silence(0.05)
        assert [connection["channels"] for connection in rangkai.admin.connections(user)] == [[]]


@requirement("RNG-D06")
def test_the_largest_message_passes_and_a_larger_one_closes_with_1009(rangkai: Server) -> None:
    with rangkai.connect(did()) as client:
        start = '{"type":"ping","pad":"'
        client.send_text(start + "x" * (64 * 1024 - len(start) - 2) + '"}')
        assert client.receive()["type"] == "pong"
        client.send_text("x" * (64 * 1024 + 1))
        client.expect_close(1009)


@requirement("RNG-D06")
def test_names_are_echoed_as_sent_with_every_kind_of_character(rangkai: Server) -> None:
    with rangkai.connect(did()) as client:
        for name in ['quote"back\\slash', "line\nbreak", "/solidus/", "emoji 🟢", "\u2028\u2029", "tab\t\u0001"]:
            reply = client.ask({"type": "subscribe", "channel": name})
            assert reply == {"type": "error", "message": f"Invalid channel format: {name}"}


@requirement("RNG-067", "RNG-D18")
def test_the_sixty_first_subscription_of_a_minute_is_refused_and_not_made(rangkai: Server) -> None:
    user = did()
    with rangkai.connect(user) as client:
        for _ in range(60):
            client.subscribe("global")
        channel = f"user:{user}"
        limited = {"type": "error", "message": "Rate limit exceeded"}
        assert client.ask({"type": "subscribe", "channel": channel}) == limited
        assert channel not in rangkai.admin.channels()
        assert client.ping()["type"] == "pong"
    # The limit is the connection's: the same user's next connection has its own.
    with rangkai.connect(user) as client:
        client.subscribe(channel)


@requirement("RNG-067", "RNG-D18")
def test_each_channel_of_a_list_counts_against_the_limit(rangkai: Server) -> None:
    names = [f"order:{number}" for number in range(70)]
    with rangkai.connect(did()) as client:
        client.send({"type": "subscribe", "channels": names})
        replies = [client.receive()["message"] for _ in names]
        assert replies[:60] == [f"Not authorized to subscribe to: {name}" for name in names[:60]]
        assert replies[60:] == ["Rate limit exceeded"] * 10
        # The limit is for subscribing: leaving a channel and talking on are not counted.
        assert client.ask({"type": "unsubscribe", "channel": "global"})["type"] == "unsubscribed"
        client.expect_silence()
