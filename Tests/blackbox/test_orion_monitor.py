# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ORION: services that are registered, asked for their health, lost and found, against real HTTP servers."""

import concurrent.futures
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from harness.client import is_timestamp
from harness.contracts import derived
from harness.documents import printed
from harness.javascript import Program
from harness.metrics import total
from harness.orion import ORION, TIMESTAMP, Orion, fresh_user, health
from harness.services import Services, drips, hangs, is_well, opened, resets, says, streams
from harness.stock import SocketIOClient
from harness.tokens import token
from harness.waiting import eventually

requirement = pytest.mark.requirement
#: As short as the contract lets them be.
QUICK = {"ORION_HEALTH_EVERY": "1s", "ORION_HEALTH_DEADLINE": "700ms", "ORION_HEALTH_LOST": "1h"}
CHECKS = {
    "database": {"status": "healthy", "responseTime": 5},
    "redis": {"status": "healthy", "responseTime": 2},
    "memory": {"status": "healthy", "used": 45.2, "percentage": 22.6},
}


@pytest.fixture
def services() -> Iterator[Services]:
    yield from opened()


@pytest.fixture
def watching(serve_orion: Callable[..., Orion]) -> Callable[..., Orion]:
    def start(**variables: Any) -> Orion:
        return serve_orion(**(QUICK | variables))

    return start


def path(name: str, *more: str) -> str:
    return "/".join(["/v1/platforms/orion/services", name, *more])


def register(server: Orion, name: str, url: str, **others: Any) -> dict[str, Any]:
    answer = server.admin.http.put(path(name), json={"url": url} | others)
    assert answer.status_code == 200, answer.text
    return answer.json()


def report(server: Orion, name: str, status: str, **others: Any) -> httpx.Response:
    return server.admin.http.post(path(name, "health"), json={"status": status} | others)


def listed(server: Orion) -> dict[str, dict[str, Any]]:
    answer = server.admin.http.get("/v1/platforms/orion/services")
    assert answer.status_code == 200, answer.text
    return {service["service"]: service for service in answer.json()["services"]}


def told(client: SocketIOClient, name: str = "health:update") -> dict[str, Any]:
    """The next event of this name; it has its documented keys and the moment's time."""
    event = client.expect(name)[0]
    assert is_timestamp(event.pop("timestamp")), event
    return event


def updates(client: SocketIOClient) -> list[str]:
    return [f"{told.values[0]['service']} {told.values[0]['status']}" for told in client.told if told.name == "health:update"]


# The registry


@requirement("ORI-011", "ORI-013", "ORI-014", "ORI-D05")
def test_a_service_is_registered_asked_and_taken_out(watching: Callable[..., Orion], services: Services) -> None:
    server = watching()
    client = server.user()
    services["auth"] = is_well(checks=CHECKS)
    state = register(server, "auth", services.url, health="/auth", version="1.0.0")
    assert told(client, "health:service-discovered") == {
        "service": "auth", "url": services.url, "port": services.port, "version": "1.0.0"
    }
    assert state["origin"] == "registry" and state["health"] == services.address("auth") and state["every"] == 1
    assert told(client) == {"service": "auth", "status": "healthy", "details": {"checks": CHECKS}}
    assert listed(server)["auth"]["state"] == "healthy" and listed(server)["auth"]["checks"] == CHECKS
    head = services.heads["/auth"].lower()
    assert head.startswith("get /auth http/1.1") and "authorization" not in head and "cookie" not in head

    answer = server.admin.http.delete(path("auth"))
    assert answer.status_code == 204, answer.text
    assert told(client, "health:service-removed") == {"service": "auth", "reason": "unregistered"}
    assert listed(server) == {}
    assert client.call("request:health", {"services": ["auth"]})["auth"]["status"] == "unknown"
    assert server.admin.http.delete(path("auth")).status_code == 404


@requirement("ORI-013", "ORI-D05")
def test_the_same_registration_again_is_no_news(watching: Callable[..., Orion], services: Services) -> None:
    server = watching()
    client = server.user()
    for _ in range(3):
        register(server, "auth", services.url)
    assert told(client, "health:service-discovered")["version"] == "unknown"
    register(server, "auth", services.url, version="1.0.1")
    assert told(client, "health:service-discovered")["version"] == "1.0.1"
    register(server, "auth", services.url, version="1.0.1", every=5)
    register(server, "last", services.url)
    assert told(client, "health:service-discovered")["service"] == "last"
    assert listed(server)["auth"]["every"] == 5


@requirement("ORI-D05")
def test_services_report_by_themselves(watching: Callable[..., Orion]) -> None:
    server = watching()
    client = server.user()
    register(server, "worker", "http://worker.internal:7000", version="2")
    assert told(client, "health:service-discovered")["port"] == 7000
    answer = report(server, "worker", "ok", details={"checks": CHECKS})
    assert answer.status_code == 200 and answer.json()["state"] == "healthy", answer.text
    assert told(client) == {"service": "worker", "status": "healthy", "details": {"checks": CHECKS}}
    assert report(server, "worker", "warn").json()["state"] == "degraded"
    assert told(client)["status"] == "degraded"
    assert report(server, "nobody", "healthy").status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""), ([], ""), ({"url": 7}, "/url"), ({"url": "ftp://host"}, "/url"), ({"url": "http://a@host"}, "/url"),
        ({"url": "http://host", "health": "health"}, "/health"), ({"url": "http://host", "port": 0}, "/port"),
        ({"url": "http://host", "every": 0}, "/every"), ({"url": "http://host", "every": "5s"}, "/every"),
        ({"url": "http://host", "verison": "1"}, "/verison"), ({"url": "http://[::1"}, "/url"),
        ({"url": "http://host:99999"}, "/url"), ({"url": "http://host/" + "a" * 3000}, "/url"),
    ],
    ids=repr,
)
def test_what_is_no_registration_is_refused(orion: Orion, body: object, pointer: str) -> None:
    answer = orion.admin.http.put(path("refused"), json=body)
    assert answer.status_code in (400, 422) and answer.json()["error"]["pointer"] == pointer, answer.text
    assert "refused" not in listed(orion)


@pytest.mark.parametrize("name", ["%20", "a%2Fb", "*", "a" * 129, "a%00"])
def test_what_is_no_name_is_refused(orion: Orion, name: str) -> None:
    assert orion.admin.http.put(path(name), json={"url": "http://host"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"status": "purple"}, {"status": 1}, {"status": "ok", "details": []}, {"status": "ok", "metrics": 3}, {"x": 1}],
    ids=repr,
)
def test_what_is_no_report_is_refused(orion: Orion, body: object) -> None:
    register(orion, "reporter", "http://host")
    assert orion.admin.http.post(path("reporter", "health"), json=body).status_code in (400, 422)


@requirement("ORI-D05")
def test_services_of_the_contract(watching: Callable[..., Orion], services: Services) -> None:
    for name in ("one", "two"):
        services[name] = is_well()
    listing = ",".join(f"{name}={services.address(name)}" for name in ("one", "two"))
    server = watching(ORION_SERVICES=listing)
    client = server.user()
    eventually(lambda: {s["state"] for s in listed(server).values()} == {"healthy"}, what="both are watched")
    assert {(name, s["origin"]) for name, s in listed(server).items()} == {("one", "contract"), ("two", "contract")}
    assert client.call("request:health", {"services": ["*"]}).keys() == {"one", "two"}
    answer = server.admin.http.put(path("one"), json={"url": "http://elsewhere"})
    assert answer.status_code == 409 and "contract" in answer.text
    assert server.admin.http.delete(path("one")).status_code == 409

    # What the contract names no more is taken out at the next start.
    assert server.stop() == 0
    server.environment["ORION_SERVICES"] = f"two={services.address('two')}"
    server.start()
    eventually(lambda: listed(server).keys() == {"two"}, what="only the named one is left")
    client = server.user()
    assert client.call("request:health", {"services": ["one"]})["one"]["status"] == "unknown"


# News


@requirement("ORI-D04", "ORI-011")
def test_only_a_change_of_the_status_is_told(watching: Callable[..., Orion], services: Services) -> None:
    server = watching()
    client = server.user()
    services["auth"] = is_well(checks={"database": {"status": "healthy", "responseTime": 1}})
    register(server, "auth", services.url, health="/auth")
    assert told(client)["status"] == "healthy"
    first = client.call("request:health", {"services": ["auth"]})["auth"]["timestamp"]
    services["auth"] = is_well(checks={"database": {"status": "healthy", "responseTime": 2}})
    # The record is fresher, though nobody was told.
    eventually(lambda: client.call("request:health", {"services": ["auth"]})["auth"]["timestamp"] > first)
    services["auth"] = says({"status": "degraded"})
    assert told(client)["status"] == "degraded"
    # What is published is told in any case, and what the monitor sees then is news again.
    server.update("auth", "degraded")
    assert told(client)["status"] == "degraded"
    server.update("auth", "unhealthy")
    assert [told(client)["status"] for _ in range(2)] == ["unhealthy", "degraded"]
    assert updates(client) == ["auth healthy", "auth degraded", "auth degraded", "auth unhealthy", "auth degraded"]


@requirement("ORI-D04")
def test_every_answer_is_told_where_the_contract_says_so(watching: Callable[..., Orion], services: Services) -> None:
    server = watching(ORION_HEALTH_BROADCAST="all")
    client = server.user()
    services["auth"] = is_well()
    register(server, "auth", services.url, health="/auth")
    assert [told(client)["status"] for _ in range(3)] == ["healthy"] * 3


@requirement("ORI-017")
def test_metrics_are_told_when_they_change(watching: Callable[..., Orion], services: Services) -> None:
    server = watching()
    client = server.user()
    latency = {"avg": 45.2, "p50": 38, "p95": 120, "p99": 250}
    services["gateway"] = is_well(metrics={"cpu": 45.2, "latency": latency})
    register(server, "gateway", services.url, health="/gateway")
    assert told(client)["status"] == "healthy"
    assert told(client, "metrics:update") == {"service": "gateway", "metrics": {"cpu": 45.2, "latency": latency}}
    asked = services.asked["/gateway"]
    eventually(lambda: services.asked["/gateway"] > asked + 1)
    services["gateway"] = is_well(metrics={"cpu": 91})
    assert told(client, "metrics:update")["metrics"] == {"cpu": 91}
    # What is no metric by the contract is not passed on, and does not hide the health.
    services["gateway"] = says({"status": "degraded", "metrics": {"cpu": "high"}})
    assert told(client)["status"] == "degraded"
    services["gateway"] = is_well(metrics={"cpu": 12})
    assert told(client, "metrics:update")["metrics"] == {"cpu": 12}
    assert server.log.count("data/metrics/cpu must be a number") == 1


@requirement("ORI-012", "ORI-011")
def test_the_health_block_tells_what_the_monitor_sees(
    watching: Callable[..., Orion], services: Services, javascript: Callable[..., Program]
) -> None:
    server = watching()
    program = javascript(
        "const socket = io('http://localhost:20004', { auth: { token } });\n"
        + "const showAlert = (text) => say('showAlert', text);\nsocket.on('connect', () => say('ready'));\n"
        + printed("orion-health-update.js"),
        hosts=server.hosts, names={"token": token(fresh_user())},
    )
    program.expect("ready")
    services["block"] = is_well()
    register(server, "block", services.url, health="/block")
    assert program.expect_line("block is") == "block is healthy"
    services["block"] = says(status=500)
    assert program.expect("showAlert") == ["Service block is down"]


# Services that misbehave

UNHEALTHY = {
    "500": says(status=500),
    "404": says(status=404),
    "redirect": says(status=302, headers={"Location": "/elsewhere"}),
    "503": says(status=503),
    "503 with a page": says(b"<html>maintenance</html>", status=503, kind="text/html"),
    "broken JSON": says(b'{"status": "healthy"', kind="application/json"),
    "JSON that is no object": says(b'["healthy"]', kind="application/json"),
    "nothing as JSON": says(b" ", kind="application/json"),
    "5 MB": says(b"x" * 5_000_000, kind="text/html"),
    "5 MB of JSON": says({"status": "healthy", "padding": "x" * 5_000_000}),
    "a stream without end": streams,
    "a slow stream without end": drips,
    "no answer": hangs,
    "a reset": resets,
    "no HTTP": lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
}


@requirement("ORI-011")
@pytest.mark.parametrize("behaviour", UNHEALTHY.values(), ids=UNHEALTHY.keys())
def test_a_service_that_cannot_say_how_it_is_is_unhealthy(
    misbehaving: tuple[Orion, Services], behaviour: Callable[..., None]
) -> None:
    server, services = misbehaving
    client = server.user()
    name = f"{fresh_user()}"
    services[name] = behaviour
    services["bystander"] = is_well()
    services["elsewhere"] = is_well()
    register(server, name, services.url, health=f"/{name}")
    update = told(client)
    assert update["service"] == name and update["status"] == "unhealthy", update
    (check,) = update["details"]["checks"].values()
    assert check["status"] == "unhealthy" and check["message"], update
    assert services.asked["/elsewhere"] == 0
    services[name] = is_well()
    assert told(client) == {"service": name, "status": "healthy", "details": {"checks": {}}}
    server.admin.http.delete(path(name))


@pytest.fixture(scope="module")
def misbehaving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Orion, Services]]:
    """One server for all kinds of misbehaviour."""
    server = Orion(tmp_path_factory.mktemp("data"), name="misbehaving", **QUICK).start()
    for services in opened():
        yield server, services
    server.stop()
    server.admin.close()


OTHERS: dict[str, tuple[Callable[..., None], str, Any]] = {
    "a page": (says(b"<html>fine</html>", kind="text/html"), "healthy", {}),
    "nothing": (says(status=204), "healthy", {}),
    "words of others": (says({"status": "UP"}), "healthy", {}),
    "no status": (says({"version": "1"}), "healthy", {}),
    "a word that nobody knows": (says({"status": "purple"}), "degraded", ...),
    "a status that is no text": (says({"status": {"code": 1}}), "degraded", ...),
    "503 with its status": (says({"status": "warn"}, status=503), "degraded", {}),
    "503 without a status": (says({"checks": {"a": {"status": "down"}}}, status=503), "unhealthy", {"a": {"status": "down"}}),
    "checks in details": (is_well(details={"checks": CHECKS}), "healthy", CHECKS),
    "checks that are texts": (is_well(checks={"a": "up", "b": False, "c": 7}), "healthy",
                              {"a": {"status": "up"}, "b": {"status": "unhealthy"}}),
    "checks that are none": (is_well(checks=["a"]), "healthy", {}),
    "a check of another type": (is_well(checks={"memory": {"status": "fine", "used": "much"}}), "healthy", ...),
    "version and metrics that are none": (is_well(version=7, metrics=[1]), "healthy", {}),
}


@requirement("ORI-011")
@pytest.mark.parametrize(("behaviour", "status", "checks"), OTHERS.values(), ids=OTHERS.keys())
def test_what_services_say_is_read(
    misbehaving: tuple[Orion, Services], behaviour: Callable[..., None], status: str, checks: Any
) -> None:
    server, services = misbehaving
    client = server.user()
    name = fresh_user()
    services[name] = behaviour
    register(server, name, services.url, health=f"/{name}")
    update = told(client)
    assert update["service"] == name and update["status"] == status, update
    if checks is ...:
        assert update["details"]["checks"]["answer"]["message"], update
    else:
        assert update["details"]["checks"] == checks, update
    server.admin.http.delete(path(name))


@requirement("ORI-014", "ORI-013", "ORI-D05")
def test_a_service_that_is_gone_is_removed_and_found_again(watching: Callable[..., Orion], services: Services) -> None:
    server = watching(ORION_HEALTH_LOST="2s")
    client = server.user()
    services["auth"] = is_well()
    register(server, "auth", services.url, health="/auth", version="1")
    register(server, "silent", "http://silent.internal")
    assert {told(client, "health:service-discovered")["service"] for _ in range(2)} == {"auth", "silent"}
    assert told(client)["status"] == "healthy"
    assert told(client, "health:service-removed") == {"service": "silent", "reason": "heartbeat timeout"}
    services.close()
    update = told(client)
    assert update["status"] == "unhealthy" and "refused" in update["details"]["checks"]["connection"]["message"]
    assert told(client, "health:service-removed") == {"service": "auth", "reason": "heartbeat timeout"}
    assert {service["state"] for service in listed(server).values()} == {"lost"}
    assert client.call("request:health", {"services": ["auth"]})["auth"]["status"] == "unknown"
    services.open()
    assert told(client, "health:service-discovered")["service"] == "auth"
    assert told(client)["status"] == "healthy"
    report(server, "silent", "healthy")
    assert told(client, "health:service-discovered")["service"] == "silent"
    assert told(client)["service"] == "silent"
    page = server.admin.metrics()
    assert total(page, "switchboard_monitor_services", status="healthy") == 2
    assert total(page, "switchboard_monitor_polls_total", outcome="unreachable") >= 1
    assert total(page, "switchboard_monitor_poll_seconds_count") == total(page, "switchboard_monitor_polls_total")


@requirement("ORI-D05", "ORI-027")
@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
def test_nothing_is_told_again_after_a_restart(
    watching: Callable[..., Orion], services: Services, is_killed: bool
) -> None:
    server = watching(ORION_SERVICES=f"fixed={services.address('fixed')}")
    client = server.user()
    services["fixed"] = is_well()
    services["found"] = says({"status": "degraded"})
    register(server, "found", services.url, health="/found", version="1")
    eventually(lambda: {s["state"] for s in listed(server).values()} == {"healthy", "degraded"})
    if is_killed:
        server.kill()
    else:
        assert server.stop() == 0
    client.close()
    server.start()
    client = server.user()
    answer = client.call("request:health", {"services": ["fixed", "found"]})
    assert (answer["fixed"]["status"], answer["found"]["status"]) == ("healthy", "degraded")
    assert listed(server)["found"]["version"] == "1"
    asked = services.asked.copy()
    eventually(lambda: all(services.asked[path] > asked[path] + 1 for path in ("/fixed", "/found")))
    register(server, "found", services.url, health="/found", version="1")
    # The first news is of what has changed since.
    services["found"] = is_well()
    assert told(client) == {"service": "found", "status": "healthy", "details": {"checks": {}}}
    names = {told.name for told in client.told}
    assert names == {"connect", "health:update"} and updates(client) == ["found healthy"]


@requirement("ORI-D05")
def test_a_question_that_the_end_of_the_server_cuts_off_is_no_news(
    watching: Callable[..., Orion], services: Services
) -> None:
    server = watching(ORION_HEALTH_DEADLINE="20s")
    server.update("slow", "healthy")
    services["slow"] = hangs
    register(server, "slow", services.url, health="/slow", every=60)
    eventually(lambda: services.asked["/slow"])
    assert server.stop() == 0
    server.start()
    answer = server.user().call("request:health", {"services": ["slow"]})
    assert answer == {"slow": {"status": "healthy", "timestamp": TIMESTAMP}}


@requirement("ORI-006", "ORI-016")
def test_what_any_service_publishes_over_http_reaches_the_clients(orion: Orion) -> None:
    """Of ORI-006 this is what holds without Redis: services publish with an HTTP request, not on a Redis channel."""
    clients = [orion.user(), orion.user(port=orion.gateway_port)]
    for event, data in {
        "health:update": health("any", "degraded"),
        "system:event": {"type": "info", "category": "c", "message": "m", "source": "any", "timestamp": TIMESTAMP},
        "metrics:update": {"service": "any", "metrics": {"cpu": 1}, "timestamp": TIMESTAMP},
    }.items():
        orion.admin.publish(event, data)
        for client in clients:
            assert client.expect(event)[0] == data
    refused = orion.admin.try_publish(
        "system:event", {"type": "fatal", "category": "c", "message": "m", "source": "any", "timestamp": TIMESTAMP}
    )
    assert refused.status_code == 422, refused.text


@requirement("ORI-D05")
def test_a_reload_changes_who_is_watched(
    serve_orion: Callable[..., Orion], services: Services, tmp_path: pathlib.Path
) -> None:
    def naming(*names: str) -> Callable[[dict[str, Any]], None]:
        def change(document: dict[str, Any]) -> None:
            document["monitor"]["services"] = {
                name: {"url": services.url, "health": f"/{name}", "version": "1", "every": "1s"} for name in names
            }

        return change

    for name in ("a", "b", "c"):
        services[name] = is_well()
    contract = derived(tmp_path, naming("a", "b"), source=ORION)
    server = serve_orion(contract, **QUICK)
    eventually(lambda: [s["state"] for s in listed(server).values()] == ["healthy"] * 2)
    client = server.user()
    derived(tmp_path, naming("b", "c"), source=ORION)
    assert server.admin.http.post("/v1/reload").status_code == 200
    assert told(client, "health:service-removed") == {"service": "a", "reason": "unregistered"}
    assert told(client, "health:service-discovered")["service"] == "c"
    assert told(client) == {"service": "c", "status": "healthy", "details": {"checks": {}}}
    assert listed(server).keys() == {"b", "c"}


def always(every: str, lost: str, services: Services) -> Callable[[dict[str, Any]], None]:
    """A contract that names one service."""

    def change(document: dict[str, Any]) -> None:
        document["monitor"]["lost"] = lost
        document["monitor"]["services"] = {"a": {"url": services.url, "health": "/a", "every": every}}

    return change


@requirement("ORI-D05", "ORI-014")
def test_an_interval_is_never_longer_than_the_time_after_which_a_service_is_lost(
    serve_orion: Callable[..., Orion], services: Services, tmp_path: pathlib.Path
) -> None:
    services["a"] = is_well()
    server = serve_orion(derived(tmp_path, always("24h", "2s", services), source=ORION), **QUICK)
    client = server.user()
    eventually(lambda: listed(server)["a"]["state"] == "healthy", what="it is asked")
    assert listed(server)["a"]["every"] == 2
    services.close()
    assert told(client, "health:service-removed") == {"service": "a", "reason": "heartbeat timeout"}


@requirement("ORI-D05")
def test_reloads_in_quick_succession_do_not_put_off_questions(
    serve_orion: Callable[..., Orion], services: Services, tmp_path: pathlib.Path
) -> None:
    services["a"] = is_well()
    server = serve_orion(derived(tmp_path, always("3s", "1h", services), source=ORION), **QUICK)

    def is_asked_all_the_same() -> bool:
        assert server.admin.http.post("/v1/reload").status_code == 200
        return services.asked["/a"] > 1

    eventually(is_asked_all_the_same, what="questions")


@requirement("ORI-D05")
def test_a_report_during_the_removal_does_not_bring_the_service_back(watching: Callable[..., Orion]) -> None:
    server = watching(ORION_HEALTH_LOST="2s")
    names = [f"silent{number}" for number in range(40)]
    for name in names:
        register(server, name, "http://silent.internal")
    eventually(lambda: {s["state"] for s in listed(server).values()} == {"lost"}, what="all are lost")
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        removals, reports = [], []
        for name in names:
            removals.append(pool.submit(server.admin.http.delete, path(name)))
            reports += [pool.submit(report, server, name, "healthy") for _ in range(3)]
        assert {removal.result().status_code for removal in removals} == {204}
        assert {answer.result().status_code for answer in reports} <= {200, 404}
    assert listed(server) == {}
    assert server.stop() == 0
    server.start()
    assert listed(server) == {}
