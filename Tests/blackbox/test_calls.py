# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Calls to apps from plain WebSocket clients, and the benchmark that measures them."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from harness.client import Client
from harness.ports import free_port
from harness.server import API_KEY, ROOT, SWITCHBOARD, Server, environment
from harness.webhook import Webhook

CONTRACT = ROOT / "Benchmarks" / "calls.yaml"
APP = "app_echo_v1"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook(free_port())
    yield webhook
    webhook.close()


@pytest.fixture
def serve_calls(serve: Callable[..., Server]) -> Callable[[int], Server]:
    """Serves the benchmark's contract, whose app is on this port."""

    def make(app_port: int) -> Server:
        port = free_port()
        return serve(CONTRACT, port=port, platform="calls", CALLS_PORT=str(port), CALLS_APP_PORT=str(app_port))

    return make


def test_a_plain_client_is_answered_by_the_operations_reply(serve_calls: Callable[[int], Server], webhook: Webhook) -> None:
    server = serve_calls(webhook.port)
    webhook.verdict = lambda call: {"type": "echo", "of": call["data"], "in": call["parameters"]}
    with Client(server.url(None, "/sub")) as client:
        refusal = client.ask({"type": "echo:x"})
        assert (refusal["type"], refusal["code"]) == ("error", "invalidMessage")
        client.subscribe("room:1")
        sent = {"type": "echo:x", "n": 1, "é": [None]}
        assert client.ask(sent) == {"type": "echo", "of": sent, "in": {"roomId": "1"}}
        assert client.ask({"type": "echo:html"}) == {
            "type": "error", "code": "appFailed", "message": f'the app "{APP}" answered with something that is no JSON',
        }
        assert client.ask({"type": "other:x"})["code"] == "unknownCommand"
        assert client.ask(sent)["of"] == sent
    assert webhook.calls[0].json["user"] is None


def test_the_benchmark_of_calls_loses_nothing(serve_calls: Callable[[int], Server]) -> None:
    app_port = free_port()
    server = serve_calls(app_port)
    variables = environment(
        CALLS_PORT=str(server.port), CALLS_APP_PORT=str(app_port), SWITCHBOARD_API_KEY=API_KEY,
        SWITCHBOARD_ADMIN_PORT=str(server.admin_port),
    )
    command = [
        str(SWITCHBOARD), "bench", str(CONTRACT), "--channel", "room:1", "--call", "echo:x", "--app-port", str(app_port),
        "--connections", "5", "--rate", "50", "--warmup", "0.2", "--duration", "1",
    ]
    run = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "lost              0, refused 0, closed 0" in run.stdout, run.stdout
