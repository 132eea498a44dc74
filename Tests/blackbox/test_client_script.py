# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The JavaScript client as one script of a page without modules: the global Switchboard, in Chromium."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.browser import Browser
from harness.payloads import did
from harness.server import ROOT, Server
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
CLIENT = ROOT / "Clients" / "javascript"
ORIGIN = "http://localhost:3001"

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script src="/switchboard.js"></script>
<script>
  const order = [], batches = [], faults = [];
  const dialect = {
    command: 'type',
    subscribe: { name: 'subscribe', channels: 'channels' },
    ping: 'ping',
    welcome: { is: { type: 'connected' } },
    subscribed: { is: { type: 'subscribed' }, channel: 'channel' },
    pong: { is: { type: 'pong' } },
    event: { name: 'event', data: 'data', time: 'timestamp' },
    token: 'token',
  };
  const start = (url, token) => {
    globalThis.connection = Switchboard.connect(url, {
      dialect, token,
      batch: { every: 50, onBatch: (events) => batches.push(events.length) },
      schedule: { first: 50, jitter: 0 },
      heartbeat: { every: 30000, timeout: 500 },
    });
    connection.on('announcement', ({ n }) => order.push(n));
    connection.onError((fault) => faults.push(fault.kind));
    connection.subscribe('global');
  };
</script>
"""


class ScriptPage:
    """A page of an address that the contract's origins allow; what it loads is answered here."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Any = None
        self._context: Any = None
        browser.do(self._open())

    async def _open(self) -> None:
        script = (CLIENT / "dist" / "switchboard.js").read_text(encoding="utf-8")
        self._context = await self._browser._browser.new_context()
        # What is answered within the browser comes from no address, and such pages must ask for the machine's own.
        await self._context.grant_permissions(["local-network-access"], origin=ORIGIN)
        self._page = await self._context.new_page()
        answers = {"/": ("text/html", PAGE), "/switchboard.js": ("text/javascript", script)}

        async def answer(route: Any) -> None:
            path = "/" + route.request.url.split("/", 3)[3]
            kind, body = answers[path]
            await route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)

        await self._page.route(f"{ORIGIN}/**", answer)
        await self._page.goto(f"{ORIGIN}/")

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        return self._browser.do(self._page.evaluate(expression, argument))

    def set_offline(self, is_offline: bool) -> None:
        self._browser.do(self._context.set_offline(is_offline))

    def close(self) -> None:
        self._browser.do(self._context.close())


@requirement("RNG-056", "RNG-061")
@pytest.mark.usefixtures("client_package")
def test_a_page_without_modules_gets_every_event_in_order_and_comes_back(
    rangkai: Server, start_browser: Callable[[], Browser]
) -> None:
    user = did("reader")
    page = ScriptPage(start_browser())
    try:
        page.evaluate("([url, token]) => start(url, token)", [rangkai.url(None), token(user)])
        first = subscribed_connection(rangkai, user)
        publish(rangkai, range(3000))
        eventually(lambda: page.evaluate("order.length") == 3000, what="every event")
        assert page.evaluate("order.every((n, index) => n === index)")
        batches = page.evaluate("batches")
        assert sum(batches) == 3000 and len(batches) < 3000

        page.set_offline(True)
        eventually(lambda: page.evaluate("connection.isConnected") is False, what="the drop")
        page.set_offline(False)
        assert subscribed_connection(rangkai, user, other_than=first) != first
        publish(rangkai, range(3000, 3010))
        eventually(lambda: page.evaluate("order.length") == 3010, what="the later events")
        assert set(page.evaluate("faults")) <= {"connection", "heartbeat"}
        page.evaluate("connection.close()")
        eventually(lambda: not rangkai.admin.connections(user), what="the end of the connection on the server")
    finally:
        page.close()


def publish(server: Server, numbers: range) -> None:
    for start in range(numbers.start, numbers.stop, 100):
        bunch = [{"event": "announcement", "data": {"n": n}} for n in range(start, min(start + 100, numbers.stop))]
        assert server.admin.publish_batch(bunch).status_code == 200


def subscribed_connection(server: Server, user: str, *, other_than: str = "") -> str:
    """Waits for a connection of this user that is subscribed, and gives its id."""

    def find() -> str | None:
        return next(
            (
                connection["id"]
                for connection in server.admin.connections(user)
                if "global" in connection["channels"] and connection["id"] != other_than
            ),
            None,
        )

    return eventually(find, what="the subscription")
