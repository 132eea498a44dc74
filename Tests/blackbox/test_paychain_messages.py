# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain: what clients send, without authentication."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.paychain import PayChain, PayChainClient
from harness.waiting import SILENCE

requirement = pytest.mark.requirement


@requirement("PAY-012", "PAY-013", "PAY-016", "PAY-D07")
def test_several_channels_are_subscribed_and_confirmed_with_one_message(paychain: PayChain) -> None:
    with paychain.guest() as client:
        client.send({"type": "subscribe", "channels": ["jobs", "payments"]})
        assert client.receive_type("subscribed") == {"channels": ["jobs", "payments"]}
        for channel in ("jobs", "payments"):
            paychain.broadcast("test_message", {"to": channel}, channel=channel)
            assert client.receive_type("test_message") == {"to": channel}


@requirement("PAY-012", "PAY-013", "PAY-D07")
@pytest.mark.parametrize(
    "message",
    [
        {"channels": ["jobs"]}, {"channels": "jobs"}, {"data": {"channels": ["jobs"]}}, {"data": {"channels": "jobs"}},
        {"channels": ["jobs", "jobs"]}, {"channel": "jobs"},
    ],
)
def test_names_may_be_a_text_a_list_or_within_data(paychain: PayChain, message: dict[str, Any]) -> None:
    with paychain.guest() as client:
        client.send({"type": "subscribe"} | message)
        assert client.receive_type("subscribed") == {"channels": ["jobs"]}
        paychain.broadcast("test_message", {"n": 1}, channel="jobs")
        assert client.receive_type("test_message") == {"n": 1}
        client.send({"type": "unsubscribe"} | message)
        assert client.receive_type("unsubscribed") == {"channels": ["jobs"]}
        client.expect_silence()


@requirement("PAY-D07")
@pytest.mark.parametrize("name", ["x", "my channel", "Ünïcode 🟢", "a:b:c", "jobs2", "job", "user", "{name}", "n" * 255])
def test_any_name_is_a_channel(paychain: PayChain, name: str) -> None:
    with paychain.guest() as client:
        client.subscribe(name)
        paychain.broadcast("test_message", {"to": name}, channel=name)
        assert client.receive_type("test_message") == {"to": name}


@requirement("PAY-014")
def test_unsubscribing_ends_one_channel_and_leaves_the_others(paychain: PayChain) -> None:
    with paychain.guest() as client:
        client.subscribe("jobs", "payments")
        client.send({"type": "unsubscribe", "channels": ["jobs"]})
        assert client.receive_type("unsubscribed") == {"channels": ["jobs"]}
        paychain.broadcast("test_message", {"n": 1}, channel="jobs")
        paychain.broadcast("test_message", {"n": 2}, channel="payments")
        paychain.broadcast("test_message", {"n": 3})
        assert [client.receive_type("test_message")["n"] for _ in range(2)] == [2, 3]


@requirement("PAY-015", "PAY-D08")
def test_a_ping_is_answered_with_a_pong_without_content(paychain: PayChain) -> None:
    with paychain.guest() as client:
        for message in ({"type": "ping"}, {"type": "ping", "data": {"n": 1}}):
            client.send(message)
            assert client.receive_type("pong") == {}


@requirement("PAY-D09")
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"ping"', "{}", '{"type":7}', '{"type":"unheard"}', '{"type":"ping"', "🟢", "[" * 1000]
)
def test_what_is_no_message_is_answered_with_400_and_the_connection_stays(paychain: PayChain, text: str) -> None:
    with paychain.guest() as client:
        client.send_text(text)
        error = client.receive_type("error")
        assert set(error) == {"code", "message"} and error["code"] == 400, error
        assert isinstance(error["message"], str) and error["message"]
        assert client.ping()["type"] == "pong"


@requirement("PAY-D09")
@pytest.mark.parametrize("message", [{"type": "typing"}, {"type": "chat_message", "data": {"job_id": 1}}, {"type": "history", "data": []}])
def test_a_message_without_its_fields_is_answered_with_400(paychain: PayChain, message: dict[str, Any]) -> None:
    with paychain.guest() as client:
        client.send(message)
        assert client.receive_type("error")["code"] == 400
        assert client.ping()["type"] == "pong"


@requirement("PAY-D09", "PAY-D07")
@pytest.mark.parametrize("message", [{}, {"channels": []}, {"channels": [7, None]}, {"channels": {}}, {"channels": [""]}])
def test_a_subscription_without_a_name_is_answered(paychain: PayChain, message: dict[str, Any]) -> None:
    with paychain.guest() as client:
        client.send({"type": "subscribe"} | message)
        client.send({"type": "ping"})
        while (frame := client.receive())["type"] == "error":
            assert frame["data"]["code"] in (400, 403)
            last = frame
        # A number is a name like any other; nothing at all is not.
        assert frame["type"] in ("pong", "subscribed")
        assert frame["type"] == "subscribed" or last["type"] == "error"


@requirement("PAY-007")
def test_the_channel_of_all_connections_is_not_one_that_clients_can_name(paychain: PayChain) -> None:
    with paychain.guest() as client:
        assert client.refusal("connections:all")["code"] in (400, 403)
        client.send({"type": "unsubscribe", "channels": ["connections:all"]})
        client.receive()
        paychain.broadcast("test_message", {"n": 1})
        assert client.receive_type("test_message") == {"n": 1}


@requirement("PAY-070", "PAY-074", "PAY-D24")
@pytest.mark.parametrize("channel", ["job:1", "user:alice", "receipts:1:alice"])
def test_without_authentication_nobody_has_what_belongs_to_users(paychain: PayChain, channel: str) -> None:
    with paychain.guest() as client:
        assert client.refusal(channel) == {
            "code": 403, "message": "Not authorized for this channel", "channel": channel,
        }


@requirement("PAY-070", "PAY-077", "PAY-078", "PAY-D24")
@pytest.mark.parametrize(
    "message",
    [
        {"type": "chat_message", "data": {"job_id": 1, "text": "hello"}},
        {"type": "typing", "data": {"job_id": 1, "is_typing": True}},
        {"type": "read", "data": {"job_id": 1, "up_to_id": "m-1"}},
    ],
)
def test_without_authentication_nobody_writes(paychain: PayChain, message: dict[str, Any]) -> None:
    with paychain.guest() as client, paychain.guest() as other:
        client.send(message)
        assert client.receive_type("error")["code"] in (403, 422)
        other.expect_silence()


@requirement("PAY-075")
def test_the_last_messages_of_a_channel_are_handed_out_in_order(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain(PAYCHAIN_HISTORY="5")
    for channel in ("jobs", "anything"):
        for number in range(8):
            server.broadcast("test_message", {"n": number}, channel=channel)
        server.broadcast("test_message", {"n": "for all"})
        with server.guest() as client:
            history = ask_history(client, channel=channel)
            assert history["channel"] == channel
            assert [message["data"]["n"] for message in history["messages"]] == [3, 4, 5, 6, 7]
            assert all(set(each) == {"id", "type", "data", "timestamp"} for each in history["messages"])
            latest = ask_history(client, channel=channel, limit=2)["messages"]
            assert [message["data"]["n"] for message in latest] == [6, 7]
            before = ask_history(client, channel=channel, limit=2, before=latest[0]["id"])["messages"]
            assert [message["data"]["n"] for message in before] == [4, 5]


@requirement("PAY-075")
def test_what_is_stored_survives_the_server(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain()
    server.broadcast("test_message", {"n": 1}, channel="jobs")
    server.kill()
    server.start()
    with server.guest() as client:
        assert [each["data"] for each in ask_history(client, channel="jobs")["messages"]] == [{"n": 1}]


@requirement("PAY-075", "PAY-054")
def test_nobody_reads_the_history_of_a_channel_that_he_may_not_hear(paychain: PayChain) -> None:
    paychain.broadcast("test_message", {"secret": 1}, channel="user:alice")
    with paychain.guest() as client:
        client.send({"type": "history", "data": {"channel": "user:alice"}})
        assert client.receive_type("error")["code"] == 403
        client.send({"type": "history", "data": {"channel": "connections:all"}})
        assert client.receive_type("error")["code"] in (400, 403, 422)


def ask_history(client: PayChainClient, **data: Any) -> dict[str, Any]:
    client.send({"type": "history", "data": data})
    return client.receive_type("history")


# The limit


@requirement("PAY-055", "PAY-D20")
def test_the_hundredth_message_is_served_and_one_more_closes(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain()
    with server.guest() as bystander:
        client = server.guest()
        for _ in range(100):
            client.send({"type": "ping"})
        assert [client.receive()["type"] for _ in range(100)] == ["pong"] * 100
        client.send({"type": "ping"})
        closing(client)
        # It is the connection's limit, not the address's.
        assert bystander.ping()["type"] == "pong"
        with server.guest() as again:
            assert again.ping()["type"] == "pong"


@requirement("PAY-055", "PAY-D20")
@pytest.mark.parametrize("text", ["{", '{"type":"unheard"}', '{"type":"subscribe","channels":["jobs"]}'])
def test_every_message_counts_also_one_that_is_wrong(serve_paychain: Callable[..., PayChain], text: str) -> None:
    client = serve_paychain(PAYCHAIN_MESSAGE_LIMIT="3/min").guest()
    for _ in range(3):
        client.send_text(text)
        client.receive()
    client.send_text(text)
    closing(client)


@requirement("PAY-D20")
def test_the_window_slides(serve_paychain: Callable[..., PayChain]) -> None:
    client = serve_paychain(PAYCHAIN_MESSAGE_LIMIT="2/s").guest()
    for _ in range(3):
        assert client.ping()["type"] == "pong"
        assert client.ping()["type"] == "pong"
        # After the window and what it carries over into the next there is room again.
        with pytest.raises(TimeoutError):
            client.receive(timeout=2 + SILENCE)
    client.close()


@requirement("PAY-D20")
def test_a_limit_without_a_time_is_for_the_connection_s_life(serve_paychain: Callable[..., PayChain]) -> None:
    client = serve_paychain(PAYCHAIN_MESSAGE_LIMIT="4").guest()
    for _ in range(4):
        assert client.ping()["type"] == "pong"
        with pytest.raises(TimeoutError):
            client.receive(timeout=SILENCE)
    client.send({"type": "ping"})
    closing(client)


def closing(client: PayChainClient) -> None:
    """The error's frame, then the documented close."""
    reason = "Rate limit exceeded"
    assert client.receive_type("error") == {"code": 429, "message": reason}
    client.expect_close(4008, reason)
