# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium: one browser for a file of tests, pages with the stock socket.io-client, driven by playwright.

Playwright runs on a thread of its own, so that a test may use asyncio as if there were none.
"""

import asyncio
import http.server
import json
import os
import pathlib
import shutil
import threading
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import pytest

from .javascript import FOLDER, MODULE, Options, Program, is_module
from .waiting import DEADLINE

Value = TypeVar("Value")

#: What scripts/setup looks for as well.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def needs_browser() -> str:
    """The browser's program; skips the test, saying so, where there is none."""
    found = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed (Debian: chromium-headless-shell)")
    return found


class Browser:
    """A running Chromium."""

    def __init__(self) -> None:
        executable = needs_browser()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._browser: Any = None
        self._playwright: Any = None
        self.do(self._start(executable))

    async def _start(self, executable: str) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        # Tests run as root in containers, where Chromium's sandbox cannot be set up.
        self._browser = await self._playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Runs this on the browser's thread and waits for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * DEADLINE)

    def open(self, text: str, options: Options, **settings: Any) -> "Page":
        """A new page in a context of its own that runs this program."""
        return Page(self, text, options, **settings)

    def close(self) -> None:
        self.do(self._browser.close())
        self.do(self._playwright.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)


class Page(Program):
    """A program in a page. The page's origin is `origin`, a server of its own on the loopback address."""

    def __init__(
        self, browser: Browser, text: str, options: Options, *, port: int = 0, ignore_certificates: bool = False
    ) -> None:
        """`port` is the page's own, for servers that ask for the origin; 0: any."""
        super().__init__()
        self._browser = browser
        self._files = PageFiles(text, options, port)
        self.origin = self._files.origin
        self._page: Any = None
        self._context: Any = None
        browser.do(self._open(ignore_certificates))

    async def _open(self, ignore_certificates: bool) -> None:
        self._context = await self._browser._browser.new_context(ignore_https_errors=ignore_certificates)
        self._page = await self._context.new_page()
        self._page.on("console", lambda message: self.lines.extend(message.text.split("\n")))
        self._page.on("pageerror", lambda error: self.lines.append(f"uncaught: {error}"))
        await self._page.goto(self.origin + "/")

    def run(self, text: str) -> None:
        # As a console does it: indirect evaluation sees the names of the page's scripts.
        self._browser.do(self._page.evaluate("text => { (0, eval)(text); }", text))

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        return self._browser.do(self._page.evaluate(expression))

    def set_offline(self, is_offline: bool) -> None:
        """Cuts the page off the network, WebSockets included, or joins it again."""
        self._browser.do(self._context.set_offline(is_offline))

    def is_running(self) -> bool:
        return not self._page.is_closed()

    def stop(self) -> None:
        self._browser.do(self._context.close())
        self._files.close()


class PageFiles:
    """Serves one page and what it loads."""

    def __init__(self, text: str, options: Options, port: int) -> None:
        written = options.written()
        client = pathlib.Path(str(written.pop("client")))
        kind = ' type="module"' if is_module(text) else ""
        page = (
            '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">'
            '<script type="importmap">{"imports": {"socket.io-client": "/module.mjs"}}</script>'
            '<script src="/client.js"></script><script src="/prelude.js"></script>'
            f"<script>prepare(globalThis, {_inline(written)}, io);</script>"
            f'<script{kind} src="/program.js"></script>'
        )
        files = {
            "/": ("text/html", page.encode()),
            "/client.js": ("text/javascript", client.read_bytes()),
            "/prelude.js": ("text/javascript", (FOLDER / "prelude.js").read_bytes()),
            "/module.mjs": ("text/javascript", MODULE.encode()),
            "/program.js": ("text/javascript", text.encode()),
        }
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _handler(files))
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _inline(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")


def _handler(files: Mapping[str, tuple[str, bytes]]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = files.get(self.path, ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", f"{kind or 'text/plain'}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
