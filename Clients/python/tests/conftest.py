# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the server: real HTTP on the loopback, with answers that a test sets."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from switchboard_client import Settings


class StandIn:
    """Notes every request. `answers` maps a method and path to a status and a body; anything else is 404."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                key = self.headers.get("Authorization")
                stand_in.requests.append({"method": self.command, "path": self.path, "body": body, "key": key})
                status, content = stand_in.answers.get((self.command, self.path), (404, {"error": {}}))
                text = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    @property
    def settings(self) -> Settings:
        return Settings(service_url=self.url, admin_url=self.url, api_key="the-key", platform="paychain")


@pytest.fixture(autouse=True)
def _requirements(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Writes the requirements that a test names into the results (scripts/requirements.py reads them there)."""
    for mark in request.node.iter_markers("requirement"):
        for identifier in mark.args:
            record_property("requirement", identifier)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    stand_in = StandIn()
    yield stand_in
    stand_in.stop()
