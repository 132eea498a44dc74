# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The pages of contracts in a browser: readable on a desk and on a phone, quiet, searchable, and live when the server shows them.

Screenshots are kept in test-output/docs.
"""

import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.browser import Browser
from harness.commands import switchboard
from harness.pages import hostile_contract
from harness.payloads import Deal
from harness.rooms import Rooms
from harness.server import API_KEY, OUTPUT, ROOT, Server
from harness.tokens import token
from harness.waiting import DEADLINE, eventually

NAMES = ["bulkbuyer", "orion", "paychain", "rangkai", "rooms"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SHOTS = OUTPUT / "docs"


class Reader:
    """Somebody with a browser: opens a page, and notes what the page complains of."""

    def __init__(self, browser: Browser, size: str = "desk") -> None:
        self._browser = browser
        self.size = size
        self.complaints: list[str] = []
        self.page: Any = None
        browser.do(self._begin())

    async def _begin(self) -> None:
        width, height = SIZES[self.size]
        self.context = await self._browser._browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce",
            color_scheme="dark" if self.size == "phone" else "light",
        )
        self.page = await self.context.new_page()
        self.page.set_default_timeout(DEADLINE * 1000)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("dialog", lambda dialog: self._note("error", f"dialog: {dialog.message}"))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")

    def do(self, name: str, *arguments: Any, **options: Any) -> Any:
        """A method of the page."""
        return self._browser.do(getattr(self.page, name)(*arguments, **options))

    def show(self, selector: str, name: str) -> None:
        self.do("eval_on_selector", selector, "element => element.scrollIntoView()")
        self.do("screenshot", path=str(SHOTS / f"{name}-{self.size}.png"))

    def wait(self, expression: str) -> None:
        # The page's policy lets no text be evaluated in it, which a wait of the browser's own would do.
        eventually(lambda: self.do("evaluate", expression), what=expression)

    def close(self) -> None:
        self._browser.do(self.context.close())


@pytest.fixture
def reader(start_browser: Callable[[], Browser]) -> Iterator[Callable[..., Reader]]:
    made: list[Reader] = []

    def make(size: str = "desk") -> Reader:
        made.append(Reader(start_browser(), size))
        return made[-1]

    yield make
    for one in made:
        one.close()


def written(contract: pathlib.Path, folder: pathlib.Path) -> str:
    file = folder / "page.html"
    done = switchboard("docs", str(contract), "--output", str(file))
    assert done.returncode == 0, done.stderr
    return file.as_uri()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_readable_everywhere(
    reader: Callable[..., Reader], tmp_path: pathlib.Path, name: str, size: str
) -> None:
    one = reader(size)
    one.do("goto", written(ROOT / "Contracts" / f"{name}.yaml", tmp_path))
    SHOTS.mkdir(parents=True, exist_ok=True)
    for section in ["connect", "channels", "events", "commands", "errors"]:
        one.show(f"#{section}", f"{name}-{section}")
    width, _ = SIZES[size]
    assert one.do("evaluate", "document.documentElement.scrollWidth") <= width
    # Who goes by headings begins with what the page is about.
    assert one.do("evaluate", "document.querySelector('h1, h2, h3, h4').tagName") == "H1"
    # From a disk there is nothing to connect to, and the page says where to go.
    assert one.do("is_visible", "[data-unserved]") and not one.do("is_visible", "[data-served]")
    assert one.do("is_visible", "#menu") == (size == "phone")
    assert one.complaints == []


def test_searching_finds_names_and_fields(reader: Callable[..., Reader], tmp_path: pathlib.Path) -> None:
    one = reader()
    one.do("goto", written(ROOT / "Contracts" / "rangkai.yaml", tmp_path))
    shown = "[...document.querySelectorAll('#events ~ article')].filter((one) => !one.hidden).map((one) => one.id)"
    everything = one.do("evaluate", shown)
    one.do("press", "body", "/")
    one.do("fill", "#filter", "TRACKING")
    found = one.do("evaluate", shown)
    assert "event-shipment.tracking_updated" in found and "event-order.paid" not in found
    one.do("fill", "#filter", "no such thing")
    assert one.do("evaluate", shown) == [] and one.do("text_content", "#filter-count") == "Nothing fits."
    one.do("press", "#filter", "Escape")
    assert one.do("evaluate", shown) == everything
    assert one.complaints == []


def test_tabs_show_one_language_and_all_of_the_same_name(reader: Callable[..., Reader], tmp_path: pathlib.Path) -> None:
    one = reader()
    one.do("goto", written(ROOT / "Contracts" / "rangkai.yaml", tmp_path))
    visible = "[...document.querySelectorAll('[data-tab]')].filter((one) => !one.hidden).map((one) => one.dataset.tab)"
    before = one.do("evaluate", visible)
    assert "TypeScript" in before and "Publish it (curl)" not in before
    one.do("click", ".tablist button:has-text('Publish it') >> nth=0")
    after = one.do("evaluate", visible)
    assert "TypeScript" not in after and after.count("Publish it (curl)") == before.count("TypeScript")
    assert one.complaints == []


def test_markup_in_a_contract_does_nothing(reader: Callable[..., Reader], tmp_path: pathlib.Path) -> None:
    one = reader()
    one.do("goto", written(hostile_contract(tmp_path), tmp_path))
    assert one.do("evaluate", "document.querySelectorAll('img, article b, article i, article u').length") == 0
    assert one.do("evaluate", "document.querySelectorAll('script').length") == 2
    assert "<script>alert(1)</script>" in one.do("text_content", "h1")
    assert one.complaints == []


def test_a_plain_platform_is_tried_from_its_page(reader: Callable[..., Reader], rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    one = reader()
    one.do("goto", f"{rangkai.admin.base}/docs/rangkai")
    one.do("fill", "#try-token", token(deal.buyer))
    one.do("click", "#try-connect")
    one.wait("document.getElementById('try-frames').textContent.includes('\"connected\"')")
    one.do("fill", "#try-message", f'{{"type": "subscribe", "channel": "{deal.order_channel}"}}')
    one.do("click", "#try-send")
    one.wait("document.getElementById('try-frames').textContent.includes('\"subscribed\"')")
    one.do("select_option", "#try-event", "announcement")
    one.do("fill", "#try-key", API_KEY)
    one.do("fill", "#try-payload", f'{{"event": "order.paid", "data": {json.dumps(deal.paid())}, "to": ["{deal.order_channel}"]}}')
    one.do("click", "#try-publish")
    one.wait("document.getElementById('try-receipt').textContent.startsWith('200')")
    one.wait("document.getElementById('try-frames').textContent.includes('order.paid')")
    one.show("#try", "rangkai-console")
    one.do("fill", "#try-message", "{ no JSON")
    one.do("click", "#try-send")
    one.wait("document.getElementById('try-frames').textContent.includes('not sent')")
    one.do("click", "#try-connect")
    one.wait("document.getElementById('try-state').textContent.startsWith('closed 1000')")
    assert one.complaints == []


def test_a_socketio_platform_is_tried_from_its_page(reader: Callable[..., Reader], rooms: Rooms) -> None:
    one = reader("phone")
    one.do("goto", f"{rooms.admin.base}/docs/rooms")
    one.do("fill", "#try-token", token("usr_abc123"))
    one.do("click", "#try-connect")
    one.wait("document.getElementById('try-state').dataset.state === 'open'")
    one.do("fill", "#try-message", '["room:subscribe", {"roomId": "room_nowhere"}]')
    one.do("click", "#try-send")
    one.wait("document.getElementById('try-frames').textContent.includes('ROOM_NOT_FOUND')")
    one.show("#try", "rooms-console")
    assert one.complaints == []
    refused = reader()
    refused.do("goto", f"{rooms.admin.base}/docs/rooms")
    refused.do("fill", "#try-token", "no-token")
    refused.do("click", "#try-connect")
    refused.wait("document.getElementById('try-frames').textContent.includes('refused')")


def test_the_list_of_platforms_leads_to_them(reader: Callable[..., Reader], rangkai: Server) -> None:
    one = reader()
    one.do("goto", f"{rangkai.admin.base}/docs")
    SHOTS.mkdir(parents=True, exist_ok=True)
    one.do("screenshot", path=str(SHOTS / "list-desk.png"))
    one.do("click", "h2 a")
    one.wait("document.title === 'Rangkai protocol events'")
    assert one.do("is_visible", "p.links") and one.do("is_visible", "#try-connect")
    links = one.do("evaluate", "[...document.querySelectorAll('p.links a')].map((link) => link.href)")
    for link in links:
        assert one.do("evaluate", f"fetch({link!r}).then((answer) => answer.status)") == 200, link
    assert one.complaints == []
