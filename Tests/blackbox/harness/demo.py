# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The pages of `make run`: a mocked server with all shipped contracts and its pages, and a browser's view of them."""

import pathlib
import shutil
import subprocess
from typing import Any

import pytest

from .browser import Browser
from .bulkbuyer import BULKBUYER
from .orion import ORION
from .paychain import PAYCHAIN
from .ports import free_port
from .rooms import ROOMS
from .server import OUTPUT, RANGKAI, ROOT, Server
from .waiting import DEADLINE

#: The tabs, in the order of the page.
TABS = ("rangkai", "rooms", "paychain", "orion", "bulkbuyer")
SCREENSHOTS = OUTPUT / "screenshots"


def build_pages(folder: pathlib.Path) -> pathlib.Path:
    """Makes the pages there; skips the test, saying so, where what they need is missing."""
    built = subprocess.run(
        [ROOT / "scripts" / "build-pages", folder], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    if built.returncode != 0 and (shutil.which("esbuild") is None or not (ROOT / ".vendor" / "chart.js").exists()):
        pytest.skip(f"the pages cannot be built: {built.stderr.strip()}")
    assert built.returncode == 0, built.stderr
    return folder


def scenarios() -> list[str]:
    """The options with the shipped scenarios, as `make run` gives them."""
    return [word for file in sorted((ROOT / "Examples" / "scenarios").glob("*.yaml")) for word in ("--scenario", str(file))]


class DemoServer(Server):
    """All shipped contracts in one mocked process with its pages, as `make run` serves them."""

    def __init__(self, data: pathlib.Path, *arguments: str, pages: pathlib.Path, name: str = "demo", **variables: str | None) -> None:
        super().__init__(
            data, BULKBUYER, ORION, PAYCHAIN, RANGKAI, ROOMS, name=name,
            arguments=("--pages", str(pages), *arguments, *(scenarios() if "--mock" in arguments else ())),
            **{
                "PAYCHAIN_PORT": str(free_port()), "PAYCHAIN_INTERNAL_PORT": str(free_port()), "PAYCHAIN_AUTH": "optional",
                "CORS_ALLOWED_ORIGINS": "http://localhost:*,http://127.0.0.1:*", "BULKBUYER_PORT": str(free_port()),
                "ROOMS_PORT": str(free_port()), "ROOMS_APPS": "apps/rooms.yaml", "ORION_PORT": str(free_port()),
                "ORION_GATEWAY_PORT": str(free_port()), "ORION_NOTIFICATIONS_PORT": str(free_port()),
            }
            | variables,
        )

    @property
    def address(self) -> str:
        return f"http://localhost:{self.admin_port}/"

    def publish(self, platform: str, event: str, data: Any, **others: Any) -> dict[str, Any]:
        """Publishes what must be accepted, as a platform's backend does."""
        self.admin.platform = platform
        return self.admin.publish(event, data, **others)


class DemoPage:
    """One tab of the pages in a browser's context of its own; closes with `close()`."""

    def __init__(
        self, browser: Browser, server: DemoServer, tab: str, *, width: int = 1280, height: int = 900,
        host: str = "localhost", **settings: Any,
    ) -> None:
        """`settings` are the context's, such as `color_scheme="dark"`."""
        self.browser = browser
        self.server = server
        self.tab = tab
        #: What the page has written to the console as warning or error, and errors that nobody caught.
        self.faults: list[str] = []
        #: What stands in those that a test brings about.
        self.expected = ""
        #: Addresses of all requests, sockets included.
        self.requests: list[str] = []
        self.address = server.address.replace("localhost", host)
        browser.do(self._open(width, height, settings))

    async def _open(self, width: int, height: int, settings: dict[str, Any]) -> None:
        self._context = await self.browser._browser.new_context(viewport={"width": width, "height": height}, **settings)
        self.page = await self._context.new_page()
        self.page.set_default_timeout(DEADLINE * 1000)
        self.page.on("console", lambda message: message.type in ("warning", "error") and self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        await self.page.goto(f"{self.address}#{self.tab}")
        await self.page.wait_for_selector(".state[data-state=open]")

    def close(self) -> None:
        self.browser.do(self._context.close())

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        return self.browser.do(self.page.evaluate(expression, argument))

    def count(self, text: str = "") -> int:
        """How many events with this text the tab was given."""
        return int(self.evaluate("([tab, text]) => demo.platforms.get(tab).countReceived(text)", [self.tab, text]))

    def wait_for(self, selector: str, **options: Any) -> None:
        self.browser.do(self.page.wait_for_selector(selector, **options))

    def click(self, selector: str) -> None:
        self.browser.do(self.page.click(selector))

    def fill(self, selector: str, text: str) -> None:
        self.browser.do(self.page.fill(selector, text))

    def select(self, selector: str, value: str) -> None:
        self.browser.do(self.page.select_option(selector, value))

    def press(self, key: str) -> None:
        self.browser.do(self.page.keyboard.press(key))

    def text(self, selector: str) -> str:
        return str(self.browser.do(self.page.inner_text(selector)))

    def cookies(self) -> list[dict[str, Any]]:
        return list(self.browser.do(self._context.cookies([self.server.address, f"{self.server.address}api/notifications"])))

    def look(self, width: int, height: int, scheme: str) -> None:
        """Shows it on another screen."""
        self.browser.do(self.page.set_viewport_size({"width": width, "height": height}))
        self.browser.do(self.page.emulate_media(color_scheme=scheme))

    def take_picture(self, name: str) -> pathlib.Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        file = SCREENSHOTS / f"{name}.png"
        self.browser.do(self.page.screenshot(path=file, full_page=True))
        return file
