# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
import asyncio
import logging
import subprocess
import sys

import httpx
import pytest
from conftest import StandIn

from switchboard_client import BroadcastError, Settings, broadcast, broadcast_sync

requirement = pytest.mark.requirement
OK = (200, {"status": "ok", "type": "job_created", "channel": None, "recipients": 3})


def test_an_event_for_everybody_names_neither_channel_nor_users(server: StandIn) -> None:
    server.answers["POST", "/broadcast"] = OK
    assert asyncio.run(broadcast("job_created", {"job_id": 1}, settings=server.settings)) == 3
    (request,) = server.requests
    assert request["body"] == {"type": "job_created", "data": {"job_id": 1}}
    assert request["key"] == "Bearer the-key"


@pytest.mark.parametrize("aim", [{"channel": "jobs"}, {"users": [7, "8"]}])
def test_a_channel_and_users_are_passed_on(server: StandIn, aim: dict[str, object]) -> None:
    server.answers["POST", "/broadcast"] = OK
    broadcast_sync("job_created", settings=server.settings, **aim)  # type: ignore[arg-type]
    assert server.requests[0]["body"] == {"type": "job_created", "data": {}} | aim


@requirement("PAY-058")
def test_the_server_is_the_one_of_the_environment(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WS_SERVICE_URL", server.url + "/")
    monkeypatch.delenv("SWITCHBOARD_API_KEY", raising=False)
    server.answers["POST", "/broadcast"] = OK
    assert broadcast_sync("job_created") == 3
    assert server.requests[0]["key"] is None


@requirement("PAY-058")
def test_the_documented_address_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WS_SERVICE_URL", raising=False)
    assert Settings.from_environment().service_url == "http://websocket-server:8000"


@requirement("PAY-047")
def test_each_broadcast_leaves_one_line_with_that_word(server: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    server.answers["POST", "/broadcast"] = OK
    with caplog.at_level(logging.INFO, logger="switchboard_client.broadcast"):
        broadcast_sync("job_created", channel="jobs", settings=server.settings)
    assert [line.getMessage() for line in caplog.records if line.name == "switchboard_client.broadcast"] == ["broadcast of 'job_created' to channel 'jobs': 3 recipients"]


@requirement("PAY-047")
def test_a_service_without_logging_still_prints_the_line(server: StandIn) -> None:
    server.answers["POST", "/broadcast"] = OK
    program = "from switchboard_client import broadcast_sync; broadcast_sync('job_created')"
    path = ":".join(part for part in sys.path if part)
    done = subprocess.run(
        [sys.executable, "-c", program], env={"WS_SERVICE_URL": server.url, "PYTHONPATH": path}, capture_output=True,
        text=True, timeout=60, check=True,
    )
    assert "broadcast of 'job_created' to all clients: 3 recipients" in done.stdout


@pytest.mark.parametrize("answer", [(422, {"detail": ["no"]}), (500, b"oops"), (200, b"<html>"), (200, {}), (200, [])])
def test_a_refusal_and_nonsense_are_errors_that_say_so(
    server: StandIn, caplog: pytest.LogCaptureFixture, answer: tuple[int, object]
) -> None:
    server.answers["POST", "/broadcast"] = answer
    with pytest.raises(BroadcastError, match="broadcast of 'x'"):
        broadcast_sync("x", settings=server.settings)
    assert caplog.records[0].levelno == logging.WARNING


def test_a_server_that_is_away_is_an_error_that_names_it(caplog: pytest.LogCaptureFixture) -> None:
    gone = Settings(service_url="http://127.0.0.1:1", admin_url="", api_key=None, platform="paychain")
    with pytest.raises(BroadcastError, match="http://127.0.0.1:1"):
        asyncio.run(broadcast("x", settings=gone))
    assert "failed" in caplog.messages[0]


def test_a_client_that_the_service_keeps_is_used_and_left_open(server: StandIn) -> None:
    server.answers["POST", "/broadcast"] = OK

    async def twice() -> bool:
        async with httpx.AsyncClient() as client:
            for _ in range(2):
                await broadcast("job_created", settings=server.settings, client=client)
            return client.is_closed

    assert asyncio.run(twice()) is False
    assert len(server.requests) == 2
