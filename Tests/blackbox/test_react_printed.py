# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The React hooks that the platforms print, as they are printed, in Chromium with React 18."""

from collections.abc import Callable

import pytest

from harness.documents import printed
from harness.payloads import Deal
from harness.react import ReactPage
from harness.rooms import Rooms, example, unique
from harness.server import Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
React = Callable[..., ReactPage]
PRINTED_PORT = "localhost:3000"

#: The printed hook with channels that stay the same array, and the printed lines of its usage.
STABLE = """
const channels = [`order:${ORDER}`];
export function App() {
  const { ws, events } = useWebSocket(userToken, channels);
  return (
    <div>
      <div>socket: {ws === null ? 'none' : 'there'}</div>
      {events.map(event => (
        <div key={event.timestamp}>
          {event.event}: {JSON.stringify(event.data)}
        </div>
      ))}
    </div>
  );
}
"""#: The printed component, taken out again once it has made so many sockets.
USAGE = """
import { Component } from 'react';
const Stock = globalThis.WebSocket;
let made = 0;
let stop = () => {};
globalThis.WebSocket = class extends Stock {
  constructor(...values) { super(...values); made += 1; if (made === 200) { stop(); } }
};
export class App extends Component {
  state = { isOver: false };
  componentDidMount() { stop = () => this.setState({ isOver: true }); }
  componentDidUpdate() { say('enough', made); }
  render() { return this.state.isOver ? <p>over</p> : <OrderTracker orderId={ORDER} />; }
}
"""

ROOM = """
export function App() {
  const { socket, events } = useRoomEvents(ROOM, TOKEN);
  globalThis.lastSocket = socket;
  return <ul>{events.map((event, index) => <li key={index}>{event.type} {JSON.stringify(event.data)}</li>)}</ul>;
}
"""


@pytest.fixture(params=["development", "strict", "production"])
def mode(request: pytest.FixtureRequest) -> dict[str, bool]:
    return {"is_strict": request.param == "strict", "is_production": request.param == "production"}


def hook(server: Server) -> str:
    return printed("rangkai-react.jsx", {PRINTED_PORT: f"localhost:{server.port}"})


@requirement("RNG-053")
def test_the_printed_hook_shows_each_event_in_a_line(rangkai: Server, react: React, mode: dict[str, bool]) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    names = {"userToken": token(deal.buyer), "ORDER": deal.order}
    with react(hook(rangkai) + STABLE, names=names, origin="http://localhost:3001", **mode) as page:
        eventually(lambda: rangkai.admin.channels().get(deal.order_channel) == 1, what="the subscription")
        # A strict React mounts twice; the first connection is gone.
        eventually(lambda: len(rangkai.admin.connections(deal.buyer)) == 1, what="one connection")
        rangkai.admin.publish("order.shipped", deal.shipped())
        eventually(lambda: "order.shipped: {" in page.text())
        assert f'"orderId":"{deal.order}"' in page.text() and "socket: there" in page.text()
        assert page.text().count("order.") == 1
        page.run("unmount()")
        eventually(lambda: not rangkai.admin.connections(deal.buyer), what="no connection after unmount")
        assert page.errors == []


@requirement("RNG-053", "RNG-D15")
def test_the_server_survives_the_printed_usage(rangkai: Server, react: React) -> None:
    # Its literal array is another one at each render, so that it connects again at each.
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    names = {"userToken": token(deal.buyer), "ORDER": deal.order}
    with react(hook(rangkai) + USAGE, names=names, origin="http://localhost:3001") as page:
        page.expect("enough")
        eventually(lambda: not rangkai.admin.connections(deal.buyer), what="no connection is left")
        assert page.errors == []
    with rangkai.connect(deal.vendor) as client:
        assert client.ping()["type"] == "pong"


@requirement("ROOM-086")
def test_the_printed_room_hook_collects_events_and_leaves_nothing(rooms: Rooms, react: React, mode: dict[str, bool]) -> None:
    user = unique("usr")
    room = rooms.open_room(user)
    names = {"ROOM": room, "TOKEN": token(user)}
    with react(printed("rooms-react.js") + ROOM, names=names, hosts=rooms.hosts, **mode) as page:
        rooms.eventually_subscribed(room, 1)
        for event in ("participant:joined", "winner:selected", "room:updated", "prize:created"):
            rooms.admin.publish(event, example(event, room))
        eventually(lambda: page.evaluate("document.querySelectorAll('li').length") == 3)
        shown = page.evaluate("[...document.querySelectorAll('li')].map((line) => line.innerText)")
        assert [line.split(" ")[0] for line in shown] == ["joined", "winner", "updated"]
        assert all(room in line for line in shown)
        # The room that the server takes its subscription from is named before the connection ends.
        page.run(
            "globalThis.sent = []; lastSocket.onAnyOutgoing((...values) => sent.push([...values, lastSocket.connected]));"
            "unmount();"
        )
        rooms.eventually_subscribed(room, 0)
        assert page.evaluate("[sent, lastSocket.connected]") == [[["room:unsubscribe", {"roomId": room}, True]], False]
        eventually(lambda: not rooms.admin.connections(user), what="no connection is left")
        assert page.errors == []


@requirement("ROOM-086")
def test_the_printed_room_hook_tells_of_a_refusal(rooms: Rooms, react: React) -> None:
    with react(
        printed("rooms-react.js") + ROOM, names={"ROOM": unique("room"), "TOKEN": token(unique("usr"))}, hosts=rooms.hosts
    ) as page:
        page.expect_line("Subscription failed:")
        assert page.errors == []
