# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
import asyncio

import httpx
import pytest
from conftest import StandIn

import connection_manager
from switchboard_client import AsyncConnectionManager, ConnectionManager

STATISTICS = {"total": 5, "by_channel": {"jobs": 3, "payments": 2}}
CONNECTION = "/v1/platforms/paychain/connections/c-1"


def prepare(server: StandIn) -> None:
    server.answers |= {
        ("POST", "/broadcast"): (200, {"recipients": 2}),
        ("GET", "/stats"): (200, STATISTICS),
        ("GET", CONNECTION): (200, {"id": "c-1", "messageCount": 101}),
        ("POST", CONNECTION + "/events"): (200, {"id": "p-1"}),
    }


@pytest.mark.requirement("PAY-D17")
def test_the_manager_does_what_its_names_say(server: StandIn) -> None:
    prepare(server)
    with ConnectionManager(server.settings) as manager:
        assert manager.get_stats() == STATISTICS
        assert manager.broadcast_to_all("a", {"n": 1}) == 2
        assert manager.broadcast_to_channel("jobs", "b") == 2
        assert manager.send_to_connection("c-1", "c", {"n": 2}) is True
        assert manager.get_message_count("c-1") > 100
    assert [request["body"] for request in server.requests if request["method"] == "POST"] == [
        {"type": "a", "data": {"n": 1}},
        {"type": "b", "data": {}, "channel": "jobs"},
        {"event": "c", "data": {"n": 2}},
    ]


@pytest.mark.requirement("PAY-D17")
def test_the_asynchronous_manager_does_the_same(server: StandIn) -> None:
    prepare(server)

    async def all_of_it() -> None:
        async with AsyncConnectionManager(server.settings) as manager:
            assert await manager.get_stats() == STATISTICS
            assert await manager.broadcast_to_all("a") == 2
            assert await manager.broadcast_to_channel("jobs", "b") == 2
            assert await manager.send_to_connection("c-1", "c") is True
            assert await manager.get_message_count("c-1") == 101

    asyncio.run(all_of_it())


def test_a_connection_that_has_gone_is_no_error(server: StandIn) -> None:
    with ConnectionManager(server.settings) as manager:
        assert manager.send_to_connection("gone/../x", "c") is False
        assert manager.get_message_count("gone") == 0
    assert server.requests[0]["path"].endswith("/connections/gone%2F..%2Fx/events")


def test_a_missing_key_is_an_error(server: StandIn) -> None:
    server.answers["GET", CONNECTION] = (401, {"error": {"code": "unauthenticated"}})
    with ConnectionManager(server.settings) as manager, pytest.raises(httpx.HTTPStatusError):
        manager.get_message_count("c-1")


def test_the_printed_line_runs(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(server)
    monkeypatch.setenv("WS_SERVICE_URL", server.url)
    manager = connection_manager.manager
    try:
        assert manager.get_stats() == STATISTICS
    finally:
        manager.close()
        manager._settings = None
