# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The package's hooks for Rangkai, for the room platform and for any contract, in Chromium with React 18."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.documents import printed
from harness.frontend import RECORD
from harness.payloads import Deal, did
from harness.react import ReactPage
from harness.rooms import Rooms, example, unique
from harness.server import Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
React = Callable[..., ReactPage]
pytestmark = pytest.mark.usefixtures("client_package")
ORIGIN = "http://localhost:3001"

#: The package's hook under the printed usage, whose array is another one at each render.
USAGE = """
import { useWebSocket as hook } from 'switchboard-client/react/rangkai';
const useWebSocket = (token, channels) => hook(token, channels, { url: ADDRESS });
globalThis.renders = 0;
const Shown = ({ orderId }) => { renders += 1; return OrderTracker({ orderId }); };
export function App() {
  const [order, show] = React.useState(ORDER);
  const [, again] = React.useState(0);
  Object.assign(globalThis, { show, again: () => again((count) => count + 1) });
  return <Shown orderId={order} />;
}
"""
ROOM = """
import { useRoomEvents } from 'switchboard-client/react/rooms';
export function App() {
  const [room, show] = React.useState(ROOM);
  const { socket, events } = useRoomEvents(room, TOKEN, { url: ADDRESS, ...OPTIONS, onRefused: (error) => say('refused', error) });
  Object.assign(globalThis, { show, socket });
  return <ul>{events.map((event, index) => <li key={index}>{event.type} {JSON.stringify(event.data)}</li>)}</ul>;
}
"""


@pytest.fixture(params=["development", "strict", "production"])
def mode(request: pytest.FixtureRequest) -> dict[str, bool]:
    return {"is_strict": request.param == "strict", "is_production": request.param == "production"}


def usage() -> str:
    """The printed usage alone: what stands behind the line `// Usage`."""
    return printed("rangkai-react.jsx").split("// Usage", 1)[1]


def sent(page: ReactPage) -> list[dict[str, Any]]:
    return [json.loads(text) for text in page.evaluate("sockets.flatMap((socket) => socket.sent)")]


def lines(page: ReactPage) -> list[str]:
    return list(page.evaluate("[...document.querySelectorAll('li')].map((line) => line.innerText)"))


# Rangkai


@requirement("RNG-D15", "RNG-053", "RNG-056", "RNG-061")
def test_the_printed_usage_makes_one_connection_with_the_package_s_hook(
    rangkai: Server, react: React, mode: dict[str, bool]
) -> None:
    deal, other = Deal(), Deal()
    buyer = deal.buyer
    other = Deal(buyer=buyer)
    for each in (deal, other):
        rangkai.admin.publish("order.created", each.created())
    names = {"userToken": token(buyer), "ORDER": deal.order, "ADDRESS": rangkai.url(None)}
    with react(USAGE + usage(), names=names, setup=RECORD, origin=ORIGIN, **mode) as page:
        eventually(lambda: rangkai.admin.channels().get(deal.order_channel) == 1, what="the subscription")
        rangkai.admin.publish("order.paid", deal.paid())
        eventually(lambda: "order.paid: {" in page.text())
        for _ in range(20):
            page.run("again()")
        assert page.evaluate("sockets.length") == 1 and len(rangkai.admin.connections(buyer)) == 1
        assert sent(page) == [{"type": "subscribe", "channels": [deal.order_channel]}]

        # Another order on the same connection.
        page.run(f"show({other.order!r})")
        eventually(lambda: rangkai.admin.channels().get(other.order_channel) == 1)
        eventually(lambda: deal.order_channel not in rangkai.admin.channels())
        rangkai.admin.publish("order.shipped", other.shipped())
        eventually(lambda: "order.shipped: {" in page.text())
        assert page.evaluate("sockets.length") == 1

        # A drop: the channel is subscribed again, nothing is shown twice.
        (connection,) = rangkai.admin.connections(buyer)
        assert rangkai.admin.disconnect(connection["id"]).status_code == 204
        eventually(lambda: page.evaluate("sockets.length") == 2)
        eventually(lambda: rangkai.admin.channels().get(other.order_channel) == 1)
        rangkai.admin.publish("order.delivered", other.delivered())
        eventually(lambda: "order.delivered: {" in page.text())
        assert [page.text().count(f"order.{name}:") for name in ("paid", "shipped", "delivered")] == [1, 1, 1]
        page.run("unmount()")
        eventually(lambda: not rangkai.admin.connections(buyer), what="no connection is left")
        assert page.errors == []


@requirement("RNG-D15")
def test_the_same_channels_in_another_order_are_the_same(rangkai: Server, react: React) -> None:
    user = did()
    program = """
    import { useWebSocket } from 'switchboard-client/react/rangkai';
    export function App() {
      const [channels, set] = React.useState(['global', USER]);
      globalThis.set = set;
      const { ws, events } = useWebSocket(TOKEN, channels, { url: ADDRESS });
      return <p>{ws.state} {channels.length}</p>;
    }
    """
    names = {"TOKEN": token(user), "USER": f"user:{user}", "ADDRESS": rangkai.url(None)}
    with react(program, names=names, setup=RECORD, origin=ORIGIN) as page:
        eventually(lambda: rangkai.admin.channels().get(f"user:{user}") == 1)
        page.run("set([USER, 'global', USER])")
        eventually(lambda: "open 3" in page.text())
        # A channel in both lists is never left.
        page.run("set([USER])")
        eventually(lambda: "open 1" in page.text())
        page.run("set([])")
        eventually(lambda: "open 0" in page.text())
        eventually(lambda: f"user:{user}" not in rangkai.admin.channels())
        subscribed = sorted(["global", f"user:{user}"])
        assert sent(page) == [
            {"type": "subscribe", "channels": subscribed},
            {"type": "unsubscribe", "channels": ["global"]},
            {"type": "unsubscribe", "channels": [f"user:{user}"]},
        ]


@requirement("RNG-053")
def test_many_events_make_few_renders_and_the_newest_are_kept(rangkai: Server, react: React) -> None:
    user = did()
    program = """
    import { useWebSocket } from 'switchboard-client/react/rangkai';
    globalThis.renders = 0;
    const channels = ['global'];
    export function App() {
      const { events } = useWebSocket(TOKEN, channels, { url: ADDRESS, limit: 100 });
      renders += 1;
      return <ul>{events.map((event, index) => <li key={index}>{event.data.number}</li>)}</ul>;
    }
    """
    with react(program, names={"TOKEN": token(user), "ADDRESS": rangkai.url(None)}, origin=ORIGIN, setup=RECORD) as page:
        eventually(lambda: any("subscribed" in text for text in page.evaluate("sockets[0].received")))
        before = page.evaluate("renders")
        batch = [{"event": "announcement", "data": {"number": number}} for number in range(1000)]
        for start in range(0, 1000, 250):
            assert rangkai.admin.publish_batch(batch[start : start + 250]).status_code < 300
        eventually(lambda: lines(page)[-1:] == ["999"])
        assert lines(page) == [str(number) for number in range(900, 1000)]
        assert page.evaluate("renders") - before < 200


# Rooms


@requirement("ROOM-086", "ROOM-070")
def test_the_room_hook_keeps_one_connection_and_each_event_once(rooms: Rooms, react: React, mode: dict[str, bool]) -> None:
    user = unique("usr")
    room, other = rooms.open_room(user), rooms.open_room(user)
    names = {"ROOM": room, "TOKEN": token(user), "ADDRESS": rooms.address, "OPTIONS": {"types": {"prize:created": "prize"}}}
    with react(ROOM, names=names, **mode) as page:
        rooms.eventually_subscribed(room, 1)
        assert len(rooms.admin.connections(user)) == 1
        for event in ("participant:joined", "winner:selected", "room:updated", "prize:created", "prize:deleted"):
            rooms.admin.publish(event, example(event, room))
        eventually(lambda: len(lines(page)) == 4)
        assert [line.split(" ")[0] for line in lines(page)] == ["joined", "winner", "updated", "prize"]

        # The connection breaks: the room is there again, its events come once.
        page.run("socket.io.engine.close()")
        eventually(lambda: not page.evaluate("socket.connected"))
        eventually(lambda: page.evaluate("socket.connected"))
        rooms.eventually_subscribed(room, 1)
        rooms.admin.publish("participant:joined", example("participant:joined", room))
        eventually(lambda: len(lines(page)) == 5)

        # Another room begins anew.
        page.run(f"show({other!r})")
        rooms.eventually_subscribed(other, 1)
        rooms.eventually_subscribed(room, 0)
        eventually(lambda: lines(page) == [] and len(rooms.admin.connections(user)) == 1)
        rooms.admin.publish("winner:selected", example("winner:selected", other))
        eventually(lambda: len(lines(page)) == 1)
        page.run(
            "globalThis.sent = []; globalThis.last = socket;"
            "last.onAnyOutgoing((...values) => sent.push([...values, last.connected])); unmount();"
        )
        rooms.eventually_subscribed(other, 0)
        assert page.evaluate("[sent, last.connected]") == [[["room:unsubscribe", {"roomId": other}, True]], False]
        eventually(lambda: not rooms.admin.connections(user), what="no connection is left")
        assert page.errors == []


@requirement("ROOM-086", "ROOM-057")
def test_a_room_offline_and_back_loses_nothing_and_doubles_nothing(rooms: Rooms, react: React) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    names = {"ROOM": room, "TOKEN": token(user), "ADDRESS": rooms.address, "OPTIONS": {"options": {"reconnectionDelay": 100}}}
    with react(ROOM, names=names, is_strict=True) as page:
        rooms.eventually_subscribed(room, 1)
        expected = []
        for round in range(2):
            for number in (1, 2):
                changes = {"number": f"{round}.{number} live"}
                rooms.admin.publish("room:updated", example("room:updated", room) | {"changes": changes})
                expected.append(changes["number"])
            eventually(lambda: len(lines(page)) == len(expected))
            page.set_offline(True)
            eventually(lambda: not page.evaluate("socket.connected"))
            for number in (1, 2):
                changes = {"number": f"{round}.{number} missed"}
                rooms.admin.publish("room:updated", example("room:updated", room) | {"changes": changes})
                expected.append(changes["number"])
            page.set_offline(False)
            eventually(lambda: page.evaluate("socket.connected"))
            eventually(lambda: len(lines(page)) >= len(expected), what="what was missed")
            shown = [json.loads(line.split(" ", 1)[1])["changes"]["number"] for line in lines(page)]
            assert shown == expected
        assert page.errors == []


@requirement("ROOM-086")
def test_the_room_hook_tells_of_a_refusal(rooms: Rooms, react: React) -> None:
    names = {"ROOM": unique("room"), "TOKEN": token(unique("usr")), "ADDRESS": rooms.address, "OPTIONS": {}}
    with react(ROOM, names=names, is_strict=True) as page:
        (error,) = page.expect("refused")
        assert isinstance(error["code"], str) and isinstance(error["message"], str)
        page.expect_silence("refused")
        assert page.errors == []


# Any contract


@requirement("RNG-058", "RNG-061")
def test_the_hooks_for_any_contract(rangkai: Server, react: React, mode: dict[str, bool]) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    program = """
    import { useChannels, useConnection, useConnectionState, useEvent } from 'switchboard-client/react';
    import { rangkai } from 'switchboard-client/rangkai';
    export function App() {
      const [isEnabled, enable] = React.useState(false);
      const [count, setCount] = React.useState(0);
      Object.assign(globalThis, { enable });
      // Another function at each render: the connection stays.
      const connection = useConnection(ADDRESS, { dialect: rangkai, token: async () => TOKEN, isEnabled, onError: (fault) => say('fault', fault.kind) });
      globalThis.connection = connection;
      useChannels(connection, [`user:${USER}`]);
      useEvent(connection, 'order.shipped', (data) => { setCount(count + 1); say('shipped', data.orderId, count); });
      return <p>{useConnectionState(connection)} {count}</p>;
    }
    """
    names = {"TOKEN": token(deal.buyer), "USER": deal.buyer, "ADDRESS": rangkai.url(None)}
    with react(program, names=names, setup=RECORD, origin=ORIGIN, **mode) as page:
        eventually(lambda: "closed 0" in page.text())
        assert page.evaluate("sockets.length") == 0
        page.run("enable(true)")
        eventually(lambda: rangkai.admin.channels().get(f"user:{deal.buyer}") == 1)
        for number in range(3):
            rangkai.admin.publish("order.shipped", deal.shipped())
            # The handler of the latest render is called.
            assert page.expect("shipped") == [deal.order, number]
            eventually(lambda: f"open {number + 1}" in page.text())
        # An event that nobody knows, and a command that the server refuses, are told and throw nothing.
        rangkai.admin.publish("announcement", {"title": "t"})
        page.run("connection.send('nonsense', { a: 1 })")
        assert page.expect("fault") == ["server"]
        assert page.evaluate("sockets.length") == 1
        page.run("enable(false)")
        eventually(lambda: not rangkai.admin.connections(deal.buyer))
        eventually(lambda: "closed 3" in page.text())
        assert page.errors == []


@requirement("RNG-053")
def test_handlers_are_those_of_what_is_shown_and_not_of_a_render_that_was_given_up(
    rangkai: Server, react: React, mode: dict[str, bool]
) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    program = """
    import { useChannels, useConnection, useEvent } from 'switchboard-client/react';
    import { rangkai } from 'switchboard-client/rangkai';
    const never = new Promise(() => {});
    globalThis.rendered = [];
    function Shown({ version }) {
      rendered.push(version);
      const connection = useConnection(ADDRESS, { dialect: rangkai, token: TOKEN });
      useChannels(connection, [`user:${USER}`]);
      useEvent(connection, 'order.shipped', () => say('heard', version));
      return <p>version {version}</p>;
    }
    function Slow({ version }) {
      if (version === 2) throw never;
      return null;
    }
    export function App() {
      const [version, set] = React.useState(1);
      Object.assign(globalThis, { show: set, prepare: (next) => React.startTransition(() => set(next)) });
      return <React.Suspense fallback="nothing"><Shown version={version} /><Slow version={version} /></React.Suspense>;
    }
    """
    names = {"TOKEN": token(deal.buyer), "USER": deal.buyer, "ADDRESS": rangkai.url(None)}
    with react(program, names=names, setup=RECORD, origin=ORIGIN, **mode) as page:
        eventually(lambda: rangkai.admin.channels().get(f"user:{deal.buyer}") == 1)
        # What the transition would show never comes, so the first version stays.
        page.run("prepare(2)")
        eventually(lambda: page.evaluate("rendered.includes(2)"), what="a render that waits")
        assert "version 1" in page.text()
        rangkai.admin.publish("order.shipped", deal.shipped())
        assert page.expect("heard") == [1]
        page.run("show(3)")
        eventually(lambda: "version 3" in page.text())
        rangkai.admin.publish("order.shipped", deal.shipped())
        assert page.expect("heard") == [3]
        assert page.evaluate("sockets.length") == 1 and page.errors == []
