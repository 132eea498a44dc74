# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A contract whose clients speak plain WebSocket and Socket.IO: they hear the same, and come back to the same."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from harness.both import Both
from harness.stock import SocketIOClient
from harness.tokens import token
from harness.waiting import eventually


# One channel, two wire languages


def test_all_subscribers_of_a_channel_hear_one_order_whatever_they_speak(both: Both) -> None:
    room, publishers, each = "room:order", 4, 75
    clients = [both.stock(f"user-{transport}", transport) for transport in ("websocket", "polling")]
    for client in clients:
        assert client.call("subscribe", {"channel": room}) == {"success": True, "channels": [room]}
    plain = both.plain("user-plain", room)

    def publish(number: int) -> None:
        for index in range(each):
            both.admin.publish("said", {"text": f"{number}-{index}"}, to=[room])

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(publishers)]
    for thread in threads:
        thread.start()
    texts = [plain.receive()["data"]["text"] for _ in range(publishers * each)]
    for thread in threads:
        thread.join()
    assert sorted(texts) == sorted(f"{number}-{index}" for number in range(publishers) for index in range(each))
    for client in clients:
        heard = [client.expect("said")[0]["text"] for _ in texts]
        assert heard == texts
        client.close()
    plain.close()


def test_commands_of_one_language_are_heard_in_the_other(both: Both) -> None:
    room = "room:across"
    with both.stock("ann") as ann, both.plain("bob", room) as bob:
        ann.call("subscribe", {"channel": room})
        ack = ann.call("say", {"channel": room, "text": "from Socket.IO"})
        assert bob.receive() == {"event": "said", "data": {"text": "from Socket.IO", "by": "ann"}}
        assert ann.expect("said") == ({"text": "from Socket.IO", "by": "ann"}, ack["id"])
        bob.send({"type": "say", "channel": room, "text": "from plain"})
        assert ann.expect("said")[0] == {"text": "from plain", "by": "bob"}


# Answers


def test_a_callback_gets_exactly_one_answer_and_an_event_without_one_an_error(both: Both) -> None:
    with both.stock("ann") as ann:
        assert ann.call("subscribe", {"channel": "private:bob"}) == {
            "error": {"code": "forbidden", "message": "not authorized to subscribe to this channel"}
        }
        assert ann.call("nothing")["error"]["code"] == "unknownCommand"
        assert ann.call("say", {"channel": "room:1"})["error"]["code"] == "invalidMessage"
        assert ann.call("say", "text")["error"]["code"] == "invalidMessage"
        assert ann.call("say", b"\x01\x02")["error"]["code"] == "binaryMessage"
        assert ann.call("quiet", {"channel": "room:answers"}) is None
        ann.expect_silence("error")
        ann.emit("nothing", {})
        assert ann.expect("error")[0] == {
            "code": "unknownCommand", "message": "the contract has no such command", "action": "nothing",
        }


def test_of_several_channels_all_are_joined_or_none(both: Both) -> None:
    with both.stock("ann") as ann:
        refused = ann.call("subscribe", {"channels": ["room:all-1", "private:bob", "room:all-2"]})
        assert refused["error"]["code"] == "forbidden"
        assert not {"room:all-1", "room:all-2"} & both.admin.channels().keys()
        assert ann.call("subscribe", {"channels": ["room:all-1", "room:all-2"]})["channels"] == ["room:all-1", "room:all-2"]
        assert {"room:all-1", "room:all-2"} <= both.admin.channels().keys()


def test_events_of_a_command_follow_its_answer(both: Both) -> None:
    wire = both.wire("ann")
    wire.send('421["subscribe",{"channel":"room:emits"}]')
    assert wire.receive().startswith("431[")
    name, data = wire.event()
    assert (name, data["channels"]) == ("subscribed", ["room:emits"])
    wire.cut()


# Who is let in


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_bad_token_is_refused_in_the_platforms_words_and_the_session_lives(both: Both, transport: str) -> None:
    wire = both.unjoined(transport)
    for auth, code in (({}, "unauthenticated"), ({"token": "x"}, "invalidCredentials")):
        wire.send("40" + json.dumps(auth))
        packet = wire.receive()
        assert packet.startswith("44{"), packet
        answer = json.loads(packet[2:])
        assert answer["message"] == "Authentication failed" and answer["data"]["code"] == code
    wire.join({"token": token("ann")})
    assert wire.event() == ("connected", {"user": "ann"})
    wire.cut()


def test_namespaces_have_rights_and_channels_of_their_own(both: Both) -> None:
    wire = both.unjoined()
    wire.send("40/nowhere," + json.dumps({"token": token("ann")}))
    assert wire.receive() == '44/nowhere,{"message":"Invalid namespace"}'
    wire.send("40/admin," + json.dumps({"token": token("ann")}))
    refused = wire.receive()
    assert refused.startswith("44/admin,") and json.loads(refused[9:])["data"]["code"] == "forbidden"
    wire.send("40/admin," + json.dumps({"token": token("root", roles=["admin"])}))
    assert wire.receive().startswith('40/admin,{"sid":')
    assert wire.receive() == '42/admin,["connected",{"user":"root"}]'
    wire.send("40/rooms/seven," + json.dumps({"token": token("ann")}))
    assert wire.receive().startswith('40/rooms/seven,{"sid":')
    assert wire.receive() == '42/rooms/seven,["connected",{"user":"ann"}]'
    both.admin.publish("said", {"text": "hello"}, to=["room:seven"])
    both.admin.publish("said", {"text": "secret"}, to=["board"])
    assert wire.receive().startswith('42/rooms/seven,["said",{"text":"hello"},"')
    assert wire.receive().startswith('42/admin,["said",{"text":"secret"},"')
    wire.cut()


def test_pages_of_other_origins_open_no_session(both: Both) -> None:
    query, foreign = "?EIO=4&transport=polling", "Origin: https://evil.example"
    answer = both.engine.exchange("GET", query, None, foreign)
    assert answer.status == 403 and json.loads(answer.text)["code"] == 4
    answer = both.engine.exchange("GET", query, None, "Origin: http://localhost:3000")
    assert answer.status == 200


def test_a_user_who_is_disconnected_is_put_out_of_the_namespace(both: Both) -> None:
    wire = both.wire("cleo")
    both.admin.disconnect_user("cleo")
    # An error in the platform's words, and then the packet after which stock clients do not try again.
    assert wire.event()[0] == "error"
    assert wire.receive() == "41"
    wire.cut()


# Coming back


def publish(both: Both, room: str, *texts: str) -> None:
    for text in texts:
        both.admin.publish("said", {"text": text}, to=[room])


def lost(both: Both, user: str, room: str) -> None:
    eventually(lambda: room not in both.admin.channels(), what=f"the end of {user}'s subscription to {room}")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_client_that_returns_gets_its_id_its_channels_and_what_it_missed_first(both: Both, transport: str) -> None:
    room, user = f"room:return-{transport}", f"dora-{transport}"
    wire = both.wire(user, transport)
    wire.call("subscribe", {"channel": room})
    publish(both, room, "heard")
    assert wire.events("said", 1) == [{"text": "heard"}]
    wire.cut()
    lost(both, user, room)
    publish(both, room, "missed 1", "missed 2")
    again, before = both.returned(wire, user)
    assert [data["text"] for name, data in before] == ["missed 1", "missed 2"]
    assert (again.id, again.pid) == (wire.id, wire.pid)
    # In a room again, and told as clients of the documents expect it (ALL-D10).
    publish(both, room, "after")
    told = [again.event() for _ in range(3)]
    assert told == [("connected", {"user": user}), ("reconnect", 1), ("said", {"text": "after"})]
    again.cut()


def test_a_client_that_has_heard_nothing_yet_returns_as_well(both: Both) -> None:
    wire = both.wire("emma")
    wire.call("subscribe", {"channel": "room:nothing-yet"})
    wire.cut()
    lost(both, "emma", "room:nothing-yet")
    publish(both, "room:nothing-yet", "first")
    assert wire.offset is None
    again, before = both.returned(wire, "emma")
    assert before == [("said", {"text": "first"})] and again.id == wire.id
    again.cut()


def test_a_secret_holds_once_and_for_its_user_alone(both: Both) -> None:
    wire = both.wire("finn")
    wire.call("subscribe", {"channel": "room:once"})
    publish(both, "room:once", "heard")
    wire.events("said", 1)
    wire.cut()
    lost(both, "finn", "room:once")
    thief, before = both.returned(wire, "gina")
    assert before == [] and thief.id != wire.id and thief.pid != wire.pid
    again, before = both.returned(wire, "finn")
    assert again.id not in (wire.id, thief.id), "a secret that was tried by somebody else is used up"
    for other in (thief, again):
        other.cut()


def test_a_connection_that_only_seems_open_gives_way_to_its_client(both: Both) -> None:
    wire = both.wire("hank")
    wire.call("subscribe", {"channel": "room:half-open"})
    publish(both, "room:half-open", "heard")
    wire.events("said", 1)
    again, before = both.returned(wire, "hank")
    assert before == [] and again.id == wire.id
    assert both.admin.channels()["room:half-open"] == 1
    wire.transport.expect_close()  # type: ignore[union-attr]
    publish(both, "room:half-open", "after")
    assert again.events("said", 1) == [{"text": "after"}]
    again.cut()


@pytest.mark.parametrize("offset", ["", "not-a-position", "ZZZZZZZZZZZZZZZZ", 7, None])
def test_an_offset_that_is_none_gives_a_fresh_session(both: Both, offset: Any) -> None:
    wire = both.wire("iris")
    wire.cut()
    fresh = both.unjoined()
    before = fresh.join({"token": token("iris"), "pid": "A" * 43, "offset": offset})
    assert before == [] and fresh.id != wire.id
    fresh.cut()


def test_a_restart_of_the_server_loses_nothing(serve_both: Callable[..., Both]) -> None:
    both = serve_both()
    wire = both.wire("jane")
    wire.call("subscribe", {"channel": "room:restart"})
    publish(both, "room:restart", "heard")
    wire.events("said", 1)
    both.stop()
    both.start()
    publish(both, "room:restart", "missed")
    again, before = both.returned(wire, "jane")
    assert before == [("said", {"text": "missed"})]
    assert (again.id, again.pid) == (wire.id, wire.pid)
    again.cut()


def test_after_a_crash_clients_begin_anew_and_no_error_is_seen(serve_both: Callable[..., Both]) -> None:
    both = serve_both()
    wire = both.wire("kurt")
    wire.call("subscribe", {"channel": "room:crash"})
    publish(both, "room:crash", "heard")
    wire.events("said", 1)
    both.kill()
    both.start()
    again, before = both.returned(wire, "kurt")
    assert before == [] and again.id != wire.id
    assert [again.event() for _ in range(2)] == [("connected", {"user": "kurt"}), ("reconnect", 1)]
    again.cut()


def test_plain_clients_and_those_of_socketio_recover_alike(both: Both) -> None:
    room = "room:alike"
    plain, wire = both.plain("lara", room, positions=True), both.wire("lara")
    wire.call("subscribe", {"channel": room})
    publish(both, room, "heard")
    position = plain.receive()["position"]
    wire.events("said", 1)
    assert wire.offset == position, "one publication has one position in both languages"
    plain.close()
    wire.cut()
    lost(both, "lara", room)
    texts = [f"missed {index}" for index in range(50)]
    publish(both, room, *texts)
    again, before = both.returned(wire, "lara")
    assert [data["text"] for _, data in before] == texts
    plain = both.plain("lara", positions=True)
    plain.send({"type": "subscribe", "channel": room, "since": position})
    assert plain.receive()["type"] == "subscribed"
    assert [plain.receive()["data"]["text"] for _ in texts] == texts
    plain.close()
    again.cut()


# Ending


def test_a_server_that_goes_down_ends_connections_so_that_clients_come_back(serve_both: Callable[..., Both]) -> None:
    both = serve_both()
    with both.stock("mona", "websocket", reconnection=True) as first, both.stock(
        "nora", "polling", reconnection=True
    ) as second:
        both.stop()
        for client in (first, second):
            client.expect("disconnect")
        both.start()
        for client in (first, second):
            client.expect("connected")
            client.expect("connected")


def test_a_flood_is_held_off_and_others_are_served(serve_both: Callable[..., Both]) -> None:
    both = serve_both(BOTH_MESSAGES="20/min per connection")
    flooding, other = both.wire("olga"), both.wire("paul")
    for number in range(200):
        flooding.send(f'42{number}["quiet",{{"channel":"room:flood"}}]')
    answers: dict[int, str] = {}
    while len(answers) < 200:
        packet = flooding.receive()
        if packet.startswith("43"):
            number, _, rest = packet[2:].partition("[")
            assert int(number) not in answers, "answered twice"
            answers[int(number)] = rest
    assert sum("tooManyMessages" in answer for answer in answers.values()) == 180
    assert other.call("say", {"channel": "room:calm", "text": "hello"})[0]["id"]
    for wire in (flooding, other):
        wire.cut()


def test_sessions_and_their_transports_are_in_the_metrics(both: Both) -> None:
    client: SocketIOClient = both.stock("quin", "polling")
    lines = both.admin.metrics().splitlines()
    found = [line for line in lines if line.startswith('switchboard_socketio_sessions{') and 'transport="polling"' in line]
    assert found and float(found[0].split()[-1]) >= 1
    client.close()
