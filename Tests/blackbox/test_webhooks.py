# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What a platform's backend is told of connections, subscriptions and presence, over real HTTP, by clients of both dialects."""

import contextlib
import os
import pathlib
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness import both as platform
from harness.backend import BAD, SECRET, Answer, Backend, Told, verifies
from harness.both import Both
from harness.contracts import derived
from harness.metrics import total
from harness.ports import free_port
from harness.rooms import Rooms
from harness.waiting import eventually

RETRY = {"from": "100ms", "to": "500ms", "for": "1h"}


def contract(folder: pathlib.Path, **webhooks: Any) -> pathlib.Path:
    """The tests' own platform with webhooks, and with presence in its rooms."""

    def change(document: dict[str, Any]) -> None:
        document["webhooks"] = {
            "url": "${BACKEND:-}", "secret": "${BACKEND_SECRET:-}", "deadline": "1s", "retry": RETRY
        } | webhooks
        document["channels"]["room:{roomId}"]["presence"] = {"grace": "0s"}

    return derived(folder, change, source=platform.CONTRACT)


@pytest.fixture
def backend() -> Iterator[Backend]:
    made = Backend()
    yield made
    made.close()


@pytest.fixture
def serve(tmp_path: pathlib.Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Both]]:
    made: list[Both] = []

    def make(backend: Backend | str, data: pathlib.Path | None = None, **webhooks: Any) -> Both:
        url = backend if isinstance(backend, str) else backend.url()
        server = Both(
            data or tmp_path / f"data-{len(made)}", contract(tmp_path, **webhooks), name=request.node.name.split("[")[0],
            BACKEND=url, BACKEND_SECRET=SECRET)
        made.append(server)
        return server.start()  # type: ignore[return-value]

    yield make
    for server in made:
        server.kill()
        server.admin.close()


def figures(server: Both) -> dict[str, Any]:
    answer = server.admin.http.get("/v1/platforms/both/webhooks")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def settled(server: Both) -> None:
    eventually(lambda: figures(server)["waiting"] == 0, what="everything is delivered")


def line(told: Told) -> str:
    body = told.json
    return f"{body['type']} {body.get('channel', '')}".strip()


def of_user(backend: Backend, user: str) -> list[str]:
    """What the backend has heard of a user, each message once, in the order in which they came."""
    seen: dict[str, str] = {}
    for told in backend.told:
        if told.json.get("user", {}).get("id") == user:
            seen.setdefault(told.json["id"], line(told))
    return list(seen.values())


def test_clients_of_both_dialects_are_told_in_the_order_of_their_users(
    serve: Callable[..., Both], backend: Backend
) -> None:
    server = serve(backend)
    plain = server.plain("ann", "room:1")
    stock = server.stock("ben")
    assert stock.call("subscribe", {"channel": "room:1"})["success"]
    plain.close()
    stock.close()
    eventually(lambda: backend.of("channel.vacated"), what="the room is empty")
    settled(server)
    for user in ("ann", "ben"):
        assert of_user(backend, user) == [
            "connected", "subscribed room:1", "presence.online room:1",
            "unsubscribed room:1", "presence.offline room:1", "disconnected",
        ], of_user(backend, user)
    assert [line(told) for told in backend.told if told.json["type"].startswith("channel.")] == [
        "channel.occupied room:1", "channel.vacated room:1",
    ]
    sequences = sorted(told.json["sequence"] for told in backend.told)
    assert sequences == list(range(1, len(sequences) + 1))
    page = server.admin.metrics()
    assert total(page, "switchboard_webhooks_delivered_total", platform="both") == len(sequences)
    assert total(page, "switchboard_webhooks_waiting", platform="both") == 0


def test_each_message_is_signed_and_nothing_else_verifies(serve: Callable[..., Both], backend: Backend) -> None:
    server = serve(backend)
    with server.plain("ann", "room:1"):
        told = eventually(lambda: backend.of("subscribed"), what="the message")[0]
    assert told.headers["content-type"] == "application/json" and told.headers["webhook-id"] == told.json["id"]
    assert told.json["platform"] == "both" and told.json["parameters"] == {"roomId": "1"}
    assert told.json["user"] == {"id": "ann", "roles": []} and told.json["connection"]["id"]
    now = time.time()
    assert verifies(SECRET, told.headers, told.body, now)
    forged = [
        (told.headers, told.body + b" "),
        (told.headers | {"webhook-id": "another"}, told.body),
        (told.headers | {"webhook-timestamp": str(int(told.headers["webhook-timestamp"]) + 1)}, told.body),
        (told.headers | {"webhook-signature": "v1,AAAA"}, told.body),
        ({name: value for name, value in told.headers.items() if name != "webhook-signature"}, told.body),
    ]
    assert not any(verifies(SECRET, headers, body, now) for headers, body in forged)
    # What was overheard is worth nothing later.
    assert not verifies(SECRET, told.headers, told.body, now + 3600)


@pytest.mark.parametrize("way", BAD)
def test_a_backend_that_answers_badly_hears_it_again_and_clients_notice_nothing(
    serve: Callable[..., Both], backend: Backend, way: str
) -> None:
    backend.rule = lambda _: BAD[way]
    server = serve(backend, deadline="300ms")
    with server.plain("ann", "room:1") as client:
        eventually(lambda: len([told for told in backend.told if told.json["type"] == "connected"]) >= 2)
        assert client.ask({"type": "unsubscribe", "channel": "room:1"})["type"] == "unsubscribed"
        assert of_user(backend, "ann") == ["connected"], "nothing of a user passes what came before it"
        assert figures(server)["failed"] >= 1 and figures(server)["dead"] == 0
        backend.rule = lambda _: Answer()
        settled(server)
        heard = of_user(backend, "ann")
        assert heard[0] == "connected" and heard.index("subscribed room:1") < heard.index("unsubscribed room:1")
    assert server.is_alive()


def test_retries_keep_the_order_of_each_user_while_others_pass(serve: Callable[..., Both], backend: Backend) -> None:
    """Every third try fails; nothing is lost, and accepted messages of a user are in order."""
    count = 0

    def every_third(_: Told) -> Answer:
        nonlocal count
        count += 1
        return Answer(503 if count % 3 == 0 else 200)

    backend.rule = every_third
    server = serve(backend, events=["connected", "subscribed", "unsubscribed", "disconnected"])
    for user in ("ann", "ben", "cem"):
        with server.plain(user) as client:
            for room in range(5):
                channel = f"room:{room}"
                assert client.ask({"type": "subscribe", "channel": channel})["type"] == "subscribed"
                assert client.ask({"type": "unsubscribe", "channel": channel})["type"] == "unsubscribed"
    expected = ["connected"]
    for room in range(5):
        expected += [f"subscribed room:{room}", f"unsubscribed room:{room}"]
    expected += ["disconnected"]
    eventually(lambda: len(backend.of("disconnected")) >= 3)
    settled(server)
    for user in ("ann", "ben", "cem"):
        assert of_user(backend, user) == expected


def test_what_was_kept_survives_a_kill_and_goes_on_in_order(
    serve: Callable[..., Both], tmp_path: pathlib.Path
) -> None:
    port = free_port()
    server = serve(f"http://127.0.0.1:{port}/hooks", data=tmp_path / "data")
    with server.plain("ann", "room:1", "room:2"):
        eventually(lambda: figures(server)["waiting"] >= 7, what="the events are kept")
        before = figures(server)["waiting"]
        server.kill()
    with contextlib.closing(Backend(port=port)) as backend:
        server.start()
        settled(server)
        heard = of_user(backend, "ann")
        assert heard[0] == "connected"
        assert [each for each in heard if each.startswith("subscribed")] == ["subscribed room:1", "subscribed room:2"]
        assert len({told.json["id"] for told in backend.told}) == before
        # Numbers go on after the restart.
        last = max(told.json["sequence"] for told in backend.told)
        with server.plain("ben"):
            told = eventually(lambda: [each for each in backend.of("connected") if each.json["user"]["id"] == "ben"])[0]
        assert told.json["sequence"] == last + 1


def test_a_stopped_server_has_told_that_its_clients_went(
    serve: Callable[..., Both], tmp_path: pathlib.Path, backend: Backend
) -> None:
    server = serve(backend, data=tmp_path / "data")
    client = server.plain("ann", "room:1")
    eventually(lambda: backend.of("subscribed"))
    server.stop()
    with contextlib.suppress(Exception):
        client.close()
    server.start()
    eventually(lambda: backend.of("disconnected"), what="the end of the connection")
    settled(server)
    assert of_user(backend, "ann")[-1] == "disconnected"


def test_what_the_backend_refuses_is_kept_apart_until_the_operator_decides(
    serve: Callable[..., Both], backend: Backend
) -> None:
    backend.rule = lambda told: Answer(410 if told.json["type"] == "connected" else 200)
    server = serve(backend, events=["connected", "subscribed"])
    with server.plain("ann", "room:1"), server.plain("ben", "room:1"), server.plain("cem"):
        eventually(lambda: figures(server)["dead"] == 3)
        settled(server)
        assert len(backend.of("subscribed")) == 2 and len(backend.of("connected")) == 3
        path = "/v1/platforms/both/webhooks/dead"
        page = server.admin.http.get(path, params={"limit": 2}).json()
        assert len(page["dead"]) == 2 and page["next"]
        rest = server.admin.http.get(path, params={"after": page["next"]}).json()
        assert len(rest["dead"]) == 1 and "next" not in rest
        entry = page["dead"][0]
        assert entry["message"]["type"] == "connected" and entry["tries"] == 1 and "410" in entry["reason"]
        removed = server.admin.http.request("DELETE", path, json={"sequences": [entry["sequence"]]})
        assert removed.json() == {"removed": 1}
        backend.rule = lambda _: Answer()
        backend.forget()
        assert server.admin.http.post(path, json={"all": True}).json() == {"retried": 2}
        eventually(lambda: len(backend.of("connected")) == 2)
        settled(server)
        assert figures(server)["dead"] == 0
        for body in ({}, {"all": False}, {"sequences": []}, {"sequences": ["1"]}, {"all": True, "sequences": [1]}):
            assert server.admin.http.post(path, json=body).status_code == 422, body


def test_a_dead_backend_stops_no_client_and_a_reload_gives_another_address(
    serve: Callable[..., Both], backend: Backend, tmp_path: pathlib.Path
) -> None:
    server = serve(f"http://127.0.0.1:{free_port()}/hooks", url=f"http://127.0.0.1:{free_port()}/hooks")
    for number in range(30):
        with server.plain(f"user{number}", "room:1") as client:
            assert client.ask({"type": "unsubscribe", "channel": "room:1"})["type"] == "unsubscribed"
    eventually(lambda: "cannot be delivered" in server.log)
    assert figures(server)["delivered"] == 0
    contract(tmp_path, url=backend.url("/other"))
    assert server.admin.http.post("/v1/reload").status_code == 200
    settled(server)
    assert len({told.json["user"]["id"] for told in backend.of("disconnected", "/other")}) == 30


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("cannot mount a small disk here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=False)


def test_a_full_disk_stops_no_client_and_what_happened_meanwhile_is_told_later(
    serve: Callable[..., Both], backend: Backend, small_disk: pathlib.Path
) -> None:
    server = serve(backend, data=small_disk / "data", events=["connected", "disconnected"])
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 65536)
    for number in range(300):
        with server.plain(f"user{number}"):
            pass
        if "cannot be kept" in server.log:
            break
    else:
        raise AssertionError("the disk is full, and every event was kept")
    with server.plain("last", "noise:1") as client:
        assert client.ask({"type": "unsubscribe", "channel": "noise:1"})["type"] == "unsubscribed"
    ballast.unlink()
    eventually(lambda: "are kept again" in server.log)
    eventually(lambda: of_user(backend, "last") == ["connected", "disconnected"])
    settled(server)
    assert {told.json["user"]["id"] for told in backend.of("disconnected")} == {f"user{n}" for n in range(number + 1)} | {"last"}
    assert figures(server)["lost"] == 0


def test_the_room_platform_tells_its_backend_who_is_in_which_room(
    serve_rooms: Callable[..., Rooms], backend: Backend
) -> None:
    server = serve_rooms(ROOMS_WEBHOOKS=backend.url(), ROOMS_WEBHOOK_SECRET=SECRET, ROOMS_USERS="any")
    name = server.open_room("u1")
    with server.client("u1") as client:
        client.subscribe(name)
        told = eventually(lambda: backend.of("subscribed"))[0].json
        assert told["channel"] == f"room:{name}" and told["parameters"] == {"roomId": name} and told["user"]["id"] == "u1"
    eventually(lambda: backend.of("channel.vacated"))
    eventually(lambda: backend.of("disconnected"))


def test_without_an_address_nothing_is_kept(serve: Callable[..., Both]) -> None:
    server = serve("")
    with server.plain("ann", "room:1"):
        pass
    assert figures(server) == {
        "waiting": 0, "oldest": None, "dead": 0, "delivered": 0, "failed": 0, "lost": 0,
    }
