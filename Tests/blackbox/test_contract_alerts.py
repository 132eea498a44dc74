# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The alerts of a contract: raised by real clients that go, cleared again, told to a backend that is not always well."""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.certificates import Certificate
from harness.contracts import derived
from harness.metrics import samples
from harness.payloads import did
from harness.ports import free_port
from harness.server import Server
from harness.waiting import eventually

requirement = pytest.mark.requirement

Serve = Callable[..., Server]

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


class Receiver:
    """A backend that is told of alerts over TLS. It is not well at first: `refusals` says how often."""

    def __init__(self, certificate: Certificate) -> None:
        self.refusals = 2
        self.told: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.port = free_port()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
                code = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
                assert self.headers["webhook-signature"] == f"v1,{code}"
                receiver.ids.append(self.headers["webhook-id"])
                receiver.refusals -= 1
                if receiver.refusals < 0:
                    receiver.told.append(json.loads(body))
                self.send_response(503 if receiver.refusals >= 0 else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@pytest.fixture
def receiver(certificate: Certificate) -> Iterator[Receiver]:
    made = Receiver(certificate)
    yield made
    made.stop()


def raised(server: Server, alert: str = "disconnects") -> float:
    found = [
        value for name, labels, value in samples(server.admin.metrics())
        if name == "switchboard_alert" and labels["alert"] == alert and labels["platform"] == "rangkai"
    ]  # fmt: skip
    assert len(found) == 1, found
    return found[0]


@requirement("RNG-066")
def test_clients_that_go_raise_an_alert_which_clears_again(
    serve: Serve, tmp_path: pathlib.Path, certificate: Certificate, receiver: Receiver
) -> None:
    rules = {"above": "5/s", "below": "2/s", "url": f"https://localhost:{receiver.port}/alerts", "secret": SECRET}
    contract = derived(tmp_path, lambda document: document.update(alerts={"disconnects": rules}))
    server = serve(contract, arguments=("--backend-ca", str(certificate.certificate)))
    assert raised(server) == 0

    with server.connect(did()) as steady:
        for client in [server.connect(did()) for _ in range(40)]:
            client.close()
        eventually(lambda: "alert disconnects: " in server.log, what="the line of the log")
        eventually(lambda: re.search(r"alert disconnects is over after \d+ s: [0-2]/s", server.log), what="the end")
        eventually(lambda: raised(server) == 0, what="the metric's end")
        assert steady.ping()["type"] == "pong"

    eventually(lambda: len(receiver.told) == 2, what="both messages")
    assert [message["type"] for message in receiver.told] == ["alert.raised", "alert.cleared"]
    data = receiver.told[0]["data"]
    assert data["platform"] == "rangkai" and data["alert"] == "disconnects" and data["seconds"] == 1
    assert data["count"] > data["above"] == 5 and data["below"] == 2
    assert receiver.told[1]["data"]["count"] <= 2
    # A message keeps its id however often it is tried.
    assert len(set(receiver.ids)) == 2 and len(receiver.ids) == 4


@requirement("RNG-066")
def test_an_alert_lasts_as_long_as_its_cause(serve: Serve, tmp_path: pathlib.Path) -> None:
    contract = derived(tmp_path, lambda document: document.update(alerts={"disconnects": {"above": "5/min"}}))
    server = serve(contract)
    for client in [server.connect(did()) for _ in range(6)]:
        client.close()
    eventually(lambda: raised(server) == 1, what="the alert")
    assert server.log.count("alert disconnects: ") == 1 and "is over" not in server.log


@requirement("RNG-066")
def test_an_alert_whose_rule_is_taken_out_is_told_to_be_over(
    serve: Serve, tmp_path: pathlib.Path, certificate: Certificate, receiver: Receiver
) -> None:
    receiver.refusals = 0
    rules = {"above": "5/h", "url": f"https://localhost:{receiver.port}/alerts", "secret": SECRET}
    contract = derived(tmp_path, lambda document: document.update(alerts={"disconnects": rules}))
    server = serve(contract, arguments=("--backend-ca", str(certificate.certificate)))
    for client in [server.connect(did()) for _ in range(6)]:
        client.close()
    eventually(lambda: raised(server) == 1, what="the alert")
    derived(tmp_path, lambda document: document.pop("alerts"))
    assert server.admin.http.post("/v1/reload").status_code == 200
    eventually(lambda: len(receiver.told) == 2, what="both messages")
    assert [message["type"] for message in receiver.told] == ["alert.raised", "alert.cleared"]
    assert receiver.told[1]["data"]["count"] == 6 and receiver.told[1]["data"]["above"] == 5
    assert "alert disconnects is over after" in server.log
    assert "switchboard_alert{" not in server.admin.metrics()


@requirement("RNG-066")
def test_the_shipped_contract_takes_the_threshold_from_the_environment(serve: Serve) -> None:
    assert raised(serve()) == 0
    server = serve(RANGKAI_ALERT_DISCONNECTS="0/s")
    server.connect(did()).close()
    eventually(lambda: "alert disconnects: 1/s, above 0/s" in server.log, what="the alert")
