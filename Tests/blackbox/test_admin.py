# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The administrative API beside publishing: members, channels, connections, health, metrics."""

import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from harness.admin import Admin
from harness.client import is_timestamp
from harness.metrics import samples, total
from harness.payloads import Deal, did
from harness.server import Server
from harness.waiting import eventually

requirement = pytest.mark.requirement


# Members


def test_members_learned_from_events_can_be_read(rangkai: Server) -> None:
    deal = Deal()
    assert rangkai.admin.members(deal.order_channel) == []
    rangkai.admin.publish("order.created", deal.created())
    assert rangkai.admin.members(deal.order_channel) == sorted([deal.buyer, deal.vendor])


@requirement("RNG-016")
def test_members_set_by_hand_replace_those_before_and_give_the_right(rangkai: Server) -> None:
    deal, somebody = Deal(), did()
    rangkai.admin.publish("order.created", deal.created())
    rangkai.admin.set_members(deal.order_channel, somebody, deal.vendor)
    assert rangkai.admin.members(deal.order_channel) == sorted([somebody, deal.vendor])
    with rangkai.connect(somebody) as client:
        client.subscribe(deal.order_channel)
    with rangkai.connect(deal.buyer) as client:
        assert client.is_refused(deal.order_channel)


def test_some_members_or_all_can_be_removed(rangkai: Server) -> None:
    channel, users = f"order:{did('order')}", [did() for _ in range(3)]
    rangkai.admin.set_members(channel, *users)
    rangkai.admin.remove_members(channel, users[0])
    assert rangkai.admin.members(channel) == sorted(users[1:])
    rangkai.admin.remove_members(channel)
    assert rangkai.admin.members(channel) == []


@pytest.mark.parametrize("body", [{}, {"users": "one"}, {"users": [7]}, {"users": [""]}, [], {"user": ["x"]}])
def test_members_of_another_shape_are_refused_and_change_nothing(rangkai: Server, body: object) -> None:
    channel, user = f"order:{did('order')}", did()
    rangkai.admin.set_members(channel, user)
    answer = rangkai.admin.put_members(channel, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] == "invalidRequest"
    assert rangkai.admin.members(channel) == [user]


def test_members_of_a_channel_that_no_pattern_matches_are_refused(rangkai: Server) -> None:
    answer = rangkai.admin.put_members("nonsense", {"users": ["x"]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] == "invalidChannel"


# Channels and connections


def test_channels_lists_what_is_heard_with_its_subscribers(rangkai: Server) -> None:
    user = did()
    channel = f"user:{user}"
    clients = [rangkai.connect(user) for _ in range(3)]
    for client in clients:
        client.subscribe(channel)
    assert rangkai.admin.channels()[channel] == 3
    clients[0].ask({"type": "unsubscribe", "channel": channel})
    assert rangkai.admin.channels()[channel] == 2
    for client in clients:
        client.close()
    eventually(lambda: channel not in rangkai.admin.channels(), what="the channel to be forgotten")


def test_connections_lists_each_with_id_and_user_until_it_ends(rangkai: Server) -> None:
    user = did()
    polite, rude = rangkai.connect(user), rangkai.raw_websocket(user)
    found = rangkai.admin.connections(user)
    assert len(found) == 2 and len({connection["id"] for connection in found}) == 2
    polite.close()
    eventually(lambda: len(rangkai.admin.connections(user)) == 1, what="the connection to be forgotten")
    rude.socket.close()  # without a close frame
    eventually(lambda: not rangkai.admin.connections(user), what="the broken connection to be forgotten")


def test_a_connection_can_be_ended_and_others_stay(rangkai: Server) -> None:
    user = did()
    first, second = rangkai.connect(user), rangkai.connect(user)
    ended = rangkai.admin.connections(user)[0]["id"]
    assert rangkai.admin.disconnect(ended).status_code == 204
    eventually(lambda: len(rangkai.admin.connections(user)) == 1, what="one connection to end")
    assert ended not in {connection["id"] for connection in rangkai.admin.connections(user)}
    alive = [client for client in (first, second) if _answers(client)]
    assert len(alive) == 1
    alive[0].close()
    assert rangkai.admin.disconnect(ended).status_code == 404
    for unknown in ("0", "nonsense", "-1", "9" * 40):
        assert rangkai.admin.disconnect(unknown).status_code == 404


def _answers(client: object) -> bool:
    try:
        return client.ping()["type"] == "pong"  # type: ignore[attr-defined]
    except Exception:
        return False


def test_all_connections_of_a_user_can_be_ended_and_nobody_elses(rangkai: Server) -> None:
    user, other = did(), did()
    clients = [rangkai.connect(user) for _ in range(3)]
    with rangkai.connect(other) as bystander:
        assert rangkai.admin.disconnect_user(user).json() == {"disconnected": 3}
        for client in clients:
            assert client.receive()["type"] == "error"  # says why; then the close
            client.expect_close(1000)
        eventually(lambda: not rangkai.admin.connections(user), what="the connections to end")
        assert rangkai.admin.disconnect_user(user).json() == {"disconnected": 0}
        assert bystander.ping()["type"] == "pong"


def test_a_connection_says_who_since_when_and_what_it_listens_to(rangkai: Server) -> None:
    user = did()
    with rangkai.connect(user, roles=["one", "two"]) as client:
        client.subscribe(f"user:{user}", "global")
        (connection,) = rangkai.admin.connections(user)
        assert connection["user"] == user
        assert connection["roles"] == ["one", "two"]
        assert is_timestamp(connection["connectedAt"]) and is_timestamp(connection["expiresAt"])
        assert sorted(connection["channels"]) == ["global", f"user:{user}"]


def test_listings_go_on_from_page_to_page(rangkai: Server) -> None:
    user = did()
    clients = [rangkai.connect(user) for _ in range(5)]
    seen, after = [], None
    while True:
        query = {"user": user, "limit": 2} | ({"after": after} if after else {})
        page = rangkai.admin.http.get("/v1/platforms/rangkai/connections", params=query).json()
        seen += [connection["id"] for connection in page["connections"]]
        after = page.get("next")
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5
    for client in clients:
        client.close()


# Health, metrics


def test_health_is_told_without_a_key(rangkai: Server) -> None:
    stranger = Admin(rangkai.admin_port, None)
    assert stranger.http.get("/health/live").status_code == 200
    assert stranger.http.get("/health/ready").status_code == 200
    assert stranger.http.head("/health/live").status_code == 200
    stranger.close()


@requirement("RNG-064")
def test_a_gauge_counts_the_connections_of_the_platform(rangkai: Server) -> None:
    names = {
        name
        for name, labels, _ in samples(rangkai.admin.metrics())
        if labels.get("platform") == "rangkai" and "connections" in name and not name.endswith("_total")
    }
    assert len(names) == 1, f"one gauge of connections by platform is expected, found {names}"
    (name,) = names

    def agrees() -> bool:
        return total(rangkai.admin.metrics(), name, platform="rangkai") == len(rangkai.admin.connections())

    eventually(agrees, what="the gauge to agree with the listing")
    before = total(rangkai.admin.metrics(), name, platform="rangkai")
    clients = [rangkai.connect(did()) for _ in range(7)]
    assert total(rangkai.admin.metrics(), name, platform="rangkai") == before + 7
    for client in clients:
        client.close()
    eventually(lambda: total(rangkai.admin.metrics(), name, platform="rangkai") == before, what="the gauge to go back")
    assert agrees()


@requirement("RNG-065")
def test_a_histogram_shows_the_latency_from_publish_to_write(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    page = rangkai.admin.metrics()
    buckets = {name for name, labels, _ in samples(page) if name.endswith("_bucket") and "le" in labels}
    latency = {name.removesuffix("_bucket") for name in buckets if re.search("latency|delivery|broadcast", name)}
    assert len(latency) == 1, f"one histogram of latency is expected, found {latency} of {buckets}"
    (name,) = latency
    before = total(page, f"{name}_count", platform="rangkai")
    with rangkai.connect(deal.buyer) as client:
        client.subscribe(deal.order_channel)
        for _ in range(5):
            rangkai.admin.publish("order.paid", deal.paid())
            client.receive_event("order.paid")
        page = rangkai.admin.metrics()
    assert total(page, f"{name}_count", platform="rangkai") >= before + 5
    rows = [(float(labels["le"]), v) for n, labels, v in samples(page) if n == f"{name}_bucket"]
    assert [value for _, value in sorted(rows)] == sorted(value for _, value in rows), "buckets must be cumulative"
    assert max(rows)[0] == float("inf") and max(rows)[1] == total(page, f"{name}_count", platform="rangkai")


def promtool() -> str:
    beside = pathlib.Path(sys.executable).parent / "promtool"
    found = str(beside) if beside.exists() else shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (scripts/setup takes it from Debian's prometheus package)")
    return found


@requirement("RNG-064", "RNG-065")
def test_the_metrics_page_passes_promtool(rangkai: Server) -> None:
    tool = promtool()
    with rangkai.connect(did()) as client:
        client.subscribe("global")
        page = rangkai.admin.metrics()
    checked = subprocess.run([tool, "check", "metrics"], input=page, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not checked.stdout + checked.stderr, checked.stdout + checked.stderr


def test_the_server_ends_cleanly_and_tells_its_clients(serve: Callable[..., Server]) -> None:
    server = serve()
    client = server.connect(did())
    process = server.process
    assert process is not None
    process.terminate()
    client.expect_close(1001)
    assert server.wait() == 0
