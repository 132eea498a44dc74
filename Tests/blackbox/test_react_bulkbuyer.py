# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Bulk Buyer Group's frontend in Chromium: the printed blocks on the package, with the session's cookie of the page."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.bulkbuyer import BulkBuyer
from harness.documents import printed
from harness.frontend import RECORD
from harness.payloads import did
from harness.react import ReactPage
from harness.waiting import eventually

requirement = pytest.mark.requirement
React = Callable[..., ReactPage]
pytestmark = pytest.mark.usefixtures("client_package")

#: How an app's build resolves the documented import.
ALIAS = {"@/lib/websocket": "/package/dist/bulkbuyer.js"}
BRANCHES = ("updateOrderStatus", "updatePoolProgress", "showSystemNotification")
ORDER = {"fromStatus": "PENDING", "toStatus": "PROCESSING"}
POOL = {"progress": 75, "currentQuantity": 150, "targetQuantity": 200}

#: Opens a socket for as long as it is mounted, and shows the pools.
APP = """
import { createWebSocket } from '@/lib/websocket';
import { handleMessage } from './handle';
globalThis.heard = [];
globalThis.faults = [];
export function App() {
  const [pools, setPools] = React.useState({});
  React.useEffect(() => {
    const socket = createWebSocket({
      endpoint: '/api/notifications/ws',
      onMessage: (message) => {
        heard.push(message);
        handleMessage(message);
        if (message.type === 'POOL_PROGRESS') { setPools((before) => ({ ...before, [message.data.poolId]: message.data.progress })); }
      },
      onError: (error) => faults.push(error),
      onClose: () => say('closed'),
      onOpen: () => say('open'),
      heartbeat: { timeout: 1000 },
      storage: () => localStorage,
    });
    globalThis.socket = socket;
    return () => socket.close();
  }, []);
  return <ul>{Object.entries(pools).map(([id, progress]) => <li key={id}>{id}: {progress} %</li>)}</ul>;
}
"""


@pytest.fixture(params=["development", "strict", "production"])
def mode(request: pytest.FixtureRequest) -> dict[str, bool]:
    return {"is_strict": request.param == "strict", "is_production": request.param == "production"}


def open_app(react: React, server: BulkBuyer, user: str, program: str = APP, **options: Any) -> ReactPage:
    handle = printed("bulkbuyer-handle.ts")
    modules = {
        "/src/handle.ts": f"import type {{ WebSocketMessage }} from '@/lib/websocket';\n{handle}\nexport {{ handleMessage }};\n",
        "/src/connect.ts": printed("bulkbuyer-connect.ts"),
    }
    return react(
        program, origin=f"http://127.0.0.1:{server.port}", modules=modules, imports=ALIAS, functions=BRANCHES, setup=RECORD,
        cookies={server.cookie: server.session(user)}, **options,
    )


def is_connected(server: BulkBuyer, user: str) -> bool:
    return len(server.admin.connections(user)) == 1


def titles(page: ReactPage) -> list[str]:
    return [message["data"]["title"] for message in page.evaluate("heard") if message["type"] == "SYSTEM_NOTIFICATION"]


@requirement("BULK-023")
def test_the_printed_connection_runs(bulkbuyer: BulkBuyer, react: React) -> None:
    user = did()
    with open_app(react, bulkbuyer, user, "import './connect';\nexport const App = () => null;\n") as page:
        eventually(lambda: is_connected(bulkbuyer, user))
        assert page.evaluate("sockets.map((socket) => socket.url)") == [f"ws://127.0.0.1:{bulkbuyer.port}/api/notifications/ws"]
        bulkbuyer.notify("Maintenance Scheduled", users=[user])
        page.expect_line("Received: {type: SYSTEM_NOTIFICATION, ")
        (connection,) = bulkbuyer.admin.connections(user)
        assert bulkbuyer.admin.disconnect(connection["id"]).status_code == 204
        page.expect_line("Connection closed")
        eventually(lambda: is_connected(bulkbuyer, user), what="the reconnect")
        bulkbuyer.end_session(next(iter(page.evaluate("document.cookie.split('=').slice(1)"))))
        page.expect_line("WebSocket error:")
        assert page.errors == []


@requirement("BULK-024")
def test_each_type_reaches_its_branch(bulkbuyer: BulkBuyer, react: React, mode: dict[str, bool]) -> None:
    user, order, pool = did(), did(), did()
    bulkbuyer.admin.set_members(f"order:{order}", user)
    bulkbuyer.admin.set_members(f"pool:{pool}", user)
    with open_app(react, bulkbuyer, user, **mode) as page:
        page.expect("open")
        eventually(lambda: is_connected(bulkbuyer, user))
        assert page.evaluate("sockets.length") == 1
        bulkbuyer.admin.publish("ORDER_STATUS_CHANGE", ORDER | {"orderId": order})
        assert page.expect("updateOrderStatus") == [ORDER | {"orderId": order}]
        for progress in (25, 50, 75):
            bulkbuyer.admin.publish("POOL_PROGRESS", POOL | {"poolId": pool, "progress": progress})
            assert page.expect("updatePoolProgress") == [POOL | {"poolId": pool, "progress": progress}]
        bulkbuyer.notify("Maintenance", users=[user])
        assert page.expect("showSystemNotification")[0]["title"] == "Maintenance"
        eventually(lambda: f"{pool}: 75 %" in page.text())
        page.run("unmount()")
        eventually(lambda: not bulkbuyer.admin.connections(user), what="no connection is left")
        assert page.errors == []


@requirement("BULK-019", "BULK-020", "BULK-D09")
def test_missed_notifications_come_before_live_ones_each_once(bulkbuyer: BulkBuyer, react: React, mode: dict[str, bool]) -> None:
    user = did()
    with open_app(react, bulkbuyer, user, **mode) as page:
        page.expect("open")
        bulkbuyer.notify("0", users=[user])
        eventually(lambda: titles(page) == ["0"])
        expected = ["0"]
        for round in (1, 2):
            page.set_offline(True)
            eventually(lambda: page.evaluate("socket.state") != "open")
            missed = [f"{round}.{number}" for number in range(3)]
            for title in missed:
                bulkbuyer.notify(title, users=[user])
            assert titles(page) == expected
            page.set_offline(False)
            eventually(lambda: page.evaluate("socket.state") == "open")
            bulkbuyer.notify(f"{round}.live", users=[user])
            expected += [*missed, f"{round}.live"]
            eventually(lambda: len(titles(page)) >= len(expected), what="all notifications")
            assert titles(page) == expected
        times = [message["timestamp"] for message in page.evaluate("heard")]
        assert times == sorted(times)
        eventually(lambda: is_connected(bulkbuyer, user))
        assert page.errors == []


@requirement("BULK-021")
def test_offline_what_was_received_is_there_and_what_was_sent_goes_out_later(
    serve_bulkbuyer: Callable[..., BulkBuyer], react: React
) -> None:
    server, user = serve_bulkbuyer(), did()
    with open_app(react, server, user) as page:
        page.expect("open")
        for title in ("first", "second"):
            server.notify(title, users=[user])
        eventually(lambda: titles(page) == ["first", "second"])
        eventually(lambda: "second" in page.evaluate("Object.values(localStorage).join()"), what="the cache")
        server.kill()
        page.expect("closed")
        page.run("socket.send({ type: 'PING', note: 1 })")
        # The page is opened anew, and there is no server: the cache has it all.
        page.reload()
        assert page.evaluate("socket.messages().map((message) => message.data.title)") == ["first", "second"]
        assert titles(page) == []
        server.start()
        eventually(lambda: page.evaluate("sockets.some((socket) => socket.sent.some((text) => text.includes('note')))"))
        server.notify("third", users=[user])
        eventually(lambda: titles(page) == ["third"])
        assert page.evaluate("socket.messages().length") == 3
        assert page.errors == []


@requirement("BULK-021")
@pytest.mark.parametrize(
    "storage",
    [
        "throw new Error('forbidden')",
        "return { getItem: () => '{broken', setItem: () => { throw new Error('full'); }, removeItem: () => {} }",
    ],
    ids=["forbidden", "full"],
)
def test_a_storage_that_is_full_or_forbidden_breaks_nothing(bulkbuyer: BulkBuyer, react: React, storage: str) -> None:
    user = did()
    program = APP.replace("storage: () => localStorage", f"storage: () => {{ {storage}; }}")
    with open_app(react, bulkbuyer, user, program) as page:
        page.expect("open")
        bulkbuyer.notify("still here", users=[user])
        eventually(lambda: titles(page) == ["still here"])
        eventually(lambda: page.evaluate("faults.some((fault) => fault.kind === 'storage')"))
        assert page.errors == []
