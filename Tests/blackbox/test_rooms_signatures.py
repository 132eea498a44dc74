# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The verifying samples of docs/apps.md, run as they are printed: real calls pass, forged and repeated ones do not."""

import base64
import hashlib
import hmac
import pathlib
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from harness.node import needs_node
from harness.ports import free_port
from harness.rooms import Rooms, unique
from harness.server import ROOT, environment
from harness.waiting import eventually
from harness.webhook import QUIZ, QUIZ_KEY, Call, Webhook, manifest, secret

PAGE = (ROOT / "docs" / "apps.md").read_text(encoding="utf-8")


def sample(language: str) -> str:
    """The page's program in this language: its only block behind the heading of signatures."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE.partition("## Signatures")[2], re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


class Sample:
    """A sample that runs."""

    def __init__(self, folder: pathlib.Path, language: str) -> None:
        name, command = {"python": ("app.py", sys.executable), "javascript": ("app.mjs", "node")}[language]
        file = folder / name
        file.write_text(sample(language), encoding="utf-8")
        self.secret = secret()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/calls"
        self.process = subprocess.Popen(
            [command, str(file)], env=environment(APP_SECRET=self.secret, PORT=str(self.port)), stderr=subprocess.DEVNULL
        )
        eventually(self._listens, what=f"the {language} sample")

    def _listens(self) -> bool:
        assert self.process.poll() is None, "the sample has ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        return httpx.post(self.url, content=body, headers=headers, trust_env=False, timeout=20).status_code

    def headers(self, body: bytes, id: str, sent_at: int | None = None, secret: str | None = None) -> dict[str, str]:
        """As the server signs."""
        stamp = str(int(time.time()) if sent_at is None else sent_at)
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        code = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        return {
            "webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{base64.b64encode(code).decode()}",
            "Content-Type": "application/json",
        }

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(params=["python", "javascript"])
def app(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Sample]:
    if request.param == "javascript":
        needs_node()
    sample = Sample(tmp_path, str(request.param))
    yield sample
    sample.stop()


@pytest.mark.requirement("ROOM-041")
def test_a_sample_answers_real_calls(app: Sample, serve_rooms: Callable[..., Rooms], tmp_path: pathlib.Path) -> None:
    file = manifest(tmp_path, None, webhook={"url": app.url, "secret": app.secret})
    server = serve_rooms(ROOMS_APPS=str(file))
    user = unique("usr")
    room = server.open_room(user)
    with server.client(user) as client:
        client.subscribe(room)
        for answer in ("Paris", "東京", "x" * 10_000):
            ack = client.call("quiz:answer_submit", {"answer": answer})
            assert ack == {"success": True, "event": "quiz:answer_submit", "user": user}
        manifest(tmp_path, None, webhook={"url": app.url, "secret": secret()})
        assert server.admin.http.post("/v1/reload").status_code == 200
        assert client.refusal("quiz:answer_submit", {})["message"] == f'the app "{QUIZ}" refused the call (401)'


def test_a_sample_outlives_whoever_hangs_up_and_clients_without_a_token(app: Sample) -> None:
    for head in ("Content-Length: 100", "Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", app.port)) as peer:
            peer.sendall(f"POST /calls HTTP/1.1\r\nHost: app\r\n{head}\r\n\r\n".encode() + b"5\r\nhello")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    body = b'{"type":"call","event":"quiz:x","user":null}'
    answered = httpx.post(app.url, content=body, headers=app.headers(body, "c1"), trust_env=False, timeout=20)
    assert answered.status_code == 200 and answered.json()["user"] is None
    assert app.process.poll() is None


def test_a_sample_refuses_what_is_forged_or_repeated(app: Sample) -> None:
    body = b'{"type":"call","event":"quiz:x","user":{"id":"usr_1"}}'
    first = app.headers(body, "c1")
    assert app.post(body, first) == 200
    assert app.post(body, first) == 401, "the same once more"
    assert app.post(body, app.headers(body, "c1", int(time.time()) - 1)) == 401, "the same with another time"
    forged: list[tuple[bytes, dict[str, Any]]] = [
        (body + b" ", app.headers(body, "c2")),
        (body, app.headers(body, "c2") | {"webhook-id": "c3"}),
        (body, app.headers(body, "c2") | {"webhook-timestamp": str(int(time.time()) - 1)}),
        (body, app.headers(body, "c2", secret=secret())),
        (body, app.headers(body, "c2", int(time.time()) - 301)),
        (body, app.headers(body, "c2", int(time.time()) + 310)),
        (body, app.headers(body, "c2", -1)),
        (body, app.headers(body, "c2") | {"webhook-signature": ""}),
        (body, app.headers(body, "c2") | {"webhook-signature": "v1,"}),
        (body, app.headers(body, "c2") | {"webhook-signature": "v1," + "A" * 43 + "="}),
        (body, app.headers(body, "c2") | {"webhook-timestamp": "now"}),
        (body, app.headers(body, "c2") | {"webhook-timestamp": ""}),
        (body, app.headers(body, "c2") | {"webhook-timestamp": "9" * 400}),
        (body, {"Content-Type": "application/json"}),
    ]
    for content, headers in forged:
        assert app.post(content, headers) == 401, headers
    good = app.headers(body, "c2")
    assert app.post(body, good | {"webhook-signature": f"v2,x v1,{'A' * 43}= {good['webhook-signature']}"}) == 200
