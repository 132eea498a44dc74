# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rights that the platform's own backend decides about, asked over real HTTP, by clients of both dialects."""

import json
import pathlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from harness import both as platform
from harness.backend import BAD, SECRET, Answer, Backend, Told, verifies
from harness.both import Both
from harness.client import Client
from harness.contracts import derived
from harness.ports import free_port
from harness.server import ROOT, Server
from harness.tokens import token
from harness.waiting import eventually
from harness.webhook import Webhook


def yes(**others: Any) -> Answer:
    return Answer(200, json.dumps({"allow": True} | others).encode())


def no(**others: Any) -> Answer:
    return Answer(200, json.dumps({"allow": False} | others).encode())


def contract(folder: pathlib.Path, **ask: Any) -> pathlib.Path:
    def change(document: dict[str, Any]) -> None:
        rule = {"ask": "${BACKEND:-}", "secret": "${BACKEND_SECRET:-}", "deadline": "1s"} | ask
        document["channels"]["club:{club}"] = {
            "subscribe": [{"role": "owner"}, rule], "publish": "any", "recover": True, "history": {"last": 10, "for": "1h"},
            "presence": {"grace": "0s"},
        }
        document["commands"]["history"] = {
            "does": "history", "channels": ["{args.channel}"], "item": "{publication.data}",
            "reply": {"type": "history", "items": "{result.publications}"},
        }
        document["commands"]["present"] = {
            "does": "presence", "channels": ["club:{args.club}"], "reply": {"type": "present", "count": "{result.count}"},
        }
        document["commands"]["record"] = {
            "does": "record", "channels": ["{args.channel}"], "reply": {"type": "record", "record": "{result.record}"},
        }
        document["http"] = {
            "GET /history/{name}": {
                "does": "history", "as": "user", "channels": ["club:{path.name}"], "item": "{publication.data}",
                "reply": "{result.publications}",
            }
        }

    return derived(folder, change, source=platform.CONTRACT)


@pytest.fixture
def backend() -> Iterator[Backend]:
    made = Backend(lambda _: yes())
    yield made
    made.close()


@pytest.fixture
def serve(tmp_path: pathlib.Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Both]]:
    made: list[Both] = []

    def make(url: str, **ask: Any) -> Both:
        server = Both(
            tmp_path / f"data-{len(made)}", contract(tmp_path, **ask), name=request.node.name.split("[")[0], BACKEND=url,
            BACKEND_SECRET=SECRET)
        made.append(server)
        return server.start()  # type: ignore[return-value]

    yield make
    for server in made:
        server.kill()
        server.admin.close()


def join(client: Any, channel: str) -> str:
    """`subscribed`, or the code of the error."""
    reply = client.ask({"type": "subscribe", "channel": channel})
    return str(reply.get("code") or reply["type"])


def test_the_backend_is_asked_once_and_what_it_says_counts(serve: Callable[..., Both], backend: Backend) -> None:
    backend.rule = lambda told: yes() if told.json["user"]["id"] != "eve" else no()
    server = serve(backend.url("/may"))
    with server.plain("ann") as ann, server.plain("eve") as eve, server.plain("ann") as again:
        assert join(ann, "club:tea") == "subscribed"
        assert join(again, "club:tea") == "subscribed"
        assert [join(eve, "club:tea") for _ in range(3)] == ["forbidden"] * 3
        assert len(backend.told) == 2
        told = backend.told[0]
        assert told.json == {
            "type": "subscribe", "platform": "both", "channel": "club:tea", "parameters": {"club": "tea"},
            "user": {"id": "ann", "roles": []},
        }
        assert verifies(SECRET, told.headers, told.body, time.time()) and told.path == "/may"
        server.admin.publish("said", {"text": "hello"}, to=["club:tea"])
        assert ann.receive()["data"] == {"text": "hello"} and again.receive()["data"] == {"text": "hello"}
    stock = server.stock("ben")
    assert stock.call("subscribe", {"channel": "club:tea"})["success"]
    denied = server.stock("eve")
    assert not denied.call("subscribe", {"channel": "club:tea"}).get("success")
    stock.close()
    denied.close()


def test_rights_that_need_no_asking_go_first(serve: Callable[..., Both], backend: Backend) -> None:
    server = serve(backend.url())
    with server.open(token("owner", roles=["owner"])) as owner:
        owner.receive()
        assert join(owner, "club:tea") == "subscribed"
        assert join(owner, "room:1") == "subscribed"
    assert not backend.told


@pytest.mark.parametrize("way", [*BAD, "away", "nonsense", "text"])
@pytest.mark.parametrize("down", ["refuse", "allow"])
def test_while_the_backend_answers_badly_the_contract_decides(
    serve: Callable[..., Both], backend: Backend, way: str, down: str
) -> None:
    others = {"nonsense": Answer(200, b'{"allow": "yes"}'), "text": Answer(200, b"<html>yes</html>")}
    url = f"http://127.0.0.1:{free_port()}/" if way == "away" else backend.url()
    backend.rule = lambda _: others.get(way) or BAD[way]
    server = serve(url, deadline="300ms", down=down)
    with server.plain("ann") as client:
        assert join(client, "club:tea") == ("subscribed" if down == "allow" else "unavailable")
        # Everything else goes on.
        assert join(client, "room:1") == "subscribed"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_these_statuses_are_a_no_whatever_the_body(serve: Callable[..., Both], backend: Backend, status: int) -> None:
    backend.rule = lambda _: Answer(status, b"<html>no</html>")
    server = serve(backend.url(), down="allow")
    with server.plain("ann") as client:
        assert join(client, "club:tea") == "forbidden"


def test_all_who_ask_the_same_at_once_share_one_question(serve: Callable[..., Both], backend: Backend) -> None:
    backend.rule = lambda _: yes()._replace(delay=0.5)
    server = serve(backend.url())
    clients = [server.plain("ann") for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(lambda client: join(client, "club:tea"), clients)) == {"subscribed"}
    assert len(backend.told) == 1
    for client in clients:
        client.close()


def test_what_a_client_sends_behind_a_question_waits_for_its_answer(
    serve: Callable[..., Both], backend: Backend
) -> None:
    backend.rule = lambda _: yes()._replace(delay=0.3)
    server = serve(backend.url())
    with server.plain("ann") as client:
        client.send({"type": "subscribe", "channel": "club:tea"})
        client.send({"type": "unsubscribe", "channel": "club:tea"})
        client.send({"type": "subscribe", "channel": "room:1"})
        assert [client.receive()["type"] for _ in range(3)] == ["subscribed", "unsubscribed", "subscribed"]


def test_reading_a_channel_holds_to_the_same_decision(serve: Callable[..., Both], backend: Backend) -> None:
    backend.rule = lambda told: yes() if told.json["user"]["id"] == "ann" else no()
    server = serve(backend.url())
    server.admin.publish("said", {"text": "hello"}, to=["club:tea"])
    for command, field, value in [("history", "items", [{"text": "hello"}]), ("present", "count", 0), ("record", "record", None)]:
        with server.plain("ann") as ann, server.plain("eve") as eve:
            assert ann.ask({"type": command, "channel": "club:tea", "club": "tea"})[field] == value
            assert eve.ask({"type": command, "channel": "club:tea", "club": "tea"})["code"] == "forbidden"
    address = f"http://127.0.0.1:{server.port}/history/tea"
    assert server.admin.http.get(address, params={"token": token("ann")}).json() == [{"text": "hello"}]
    assert server.admin.http.get(address, params={"token": token("eve")}).status_code == 403
    assert len(backend.told) == 2 or len({told.json["user"]["id"] for told in backend.told}) == 2


def test_an_event_for_an_app_needs_the_right_to_its_channel(
    backend: Backend, tmp_path: pathlib.Path, request: pytest.FixtureRequest
) -> None:
    """Of a client without a user, about whom the backend is asked as such."""
    source = ROOT / "Benchmarks" / "calls.yaml"

    def change(document: dict[str, Any]) -> None:
        document["apps"]["manifest"] = str(source.parent / "apps" / "calls.yaml")
        document["commands"]["{app}:*"]["channel"] = "room:{args.roomId}"
        document["channels"]["room:{roomId}"]["subscribe"] = {"ask": backend.url(), "secret": SECRET}

    backend.rule = lambda told: yes() if told.json["channel"] == "room:1" else no()
    port, app = free_port(), Webhook(free_port())
    app.verdict = lambda call: {"type": "echo", "of": call["data"]["roomId"]}
    server = Server(
        tmp_path / "data", derived(tmp_path, change, source=source), name=request.node.name, port=port, platform="calls",
        CALLS_PORT=str(port), CALLS_APP_PORT=str(app.port))
    server.start()
    try:
        with Client(server.url(None, "/sub")) as client:
            assert client.ask({"type": "echo:x", "roomId": "1"}) == {"type": "echo", "of": "1"}
            assert client.ask({"type": "echo:x", "roomId": "2"})["code"] == "forbidden"
            assert [told.json["user"] for told in backend.told] == [None, None]
    finally:
        server.kill()
        server.admin.close()
        app.close()


def test_a_client_that_returns_is_asked_about_again(serve: Callable[..., Both], backend: Backend) -> None:
    server = serve(backend.url(), cache="1s")
    wire = server.wire("ann")
    assert wire.call("subscribe", {"channel": "club:tea"})[0]["success"]
    server.admin.publish("said", {"text": "one"}, to=["club:tea"])
    assert wire.events("said", 1) == [{"text": "one"}]
    wire.cut()
    server.admin.publish("said", {"text": "two"}, to=["club:tea"])
    asked = len(backend.told)
    time.sleep(1.2)  # the answer ends; nothing rests on it
    again, before = server.returned(wire, "ann")
    assert ("said", {"text": "two"}) in before
    assert len(backend.told) > asked
    again.cut()


def test_a_live_subscription_is_asked_about_again_and_ends_with_a_no(
    serve: Callable[..., Both], backend: Backend
) -> None:
    server = serve(backend.url(), cache="2s")
    with server.plain("ann") as client:
        assert join(client, "club:tea") == "subscribed"
        eventually(lambda: len(backend.told) >= 3, what="it is asked for again")
        assert server.admin.channels().get("club:tea") == 1
        backend.rule = lambda _: no()
        assert client.receive() == {"channel": "club:tea"}
        assert "club:tea" not in server.admin.channels()
        assert join(client, "club:tea") == "forbidden"


def test_a_live_subscription_stays_while_the_backend_is_down(serve: Callable[..., Both], backend: Backend) -> None:
    server = serve(backend.url(), cache="1s", deadline="200ms")
    with server.plain("ann") as client:
        assert join(client, "club:tea") == "subscribed"
        backend.rule = lambda _: Answer(500)
        eventually(lambda: "the backend cannot be asked who may subscribe" in server.log)
        server.admin.publish("said", {"text": "still"}, to=["club:tea"])
        assert client.receive()["data"] == {"text": "still"}
        backend.rule = lambda _: no()
        assert client.receive() == {"channel": "club:tea"}


def test_an_answer_says_how_long_it_holds(serve: Callable[..., Both], backend: Backend) -> None:
    backend.rule = lambda _: no(**{"for": "1h"})
    server = serve(backend.url(), cache="1s")
    with server.plain("ann") as client:
        assert join(client, "club:tea") == "forbidden"
        time.sleep(1.5)  # the contract's time is over, the answer's is not
        backend.rule = lambda _: yes()
        assert join(client, "club:tea") == "forbidden"
        assert len(backend.told) == 1


def test_one_message_cannot_make_the_server_ask_thousands_of_times(
    serve: Callable[..., Both], backend: Backend
) -> None:
    server = serve(backend.url())
    with server.plain("ann") as client:
        client.send({"type": "subscribe", "channels": [f"club:{number}" for number in range(1000)]})
        replies = [client.receive() for _ in range(1000)]
    codes = [str(reply.get("code") or reply["type"]) for reply in replies]
    assert codes.count("subscribed") == 100 and codes.count("unavailable") == 900
    assert len(backend.told) == 100


def test_a_hanging_backend_holds_up_nobody_else(serve: Callable[..., Both], backend: Backend) -> None:
    def rule(told: Told) -> Answer:
        return yes()._replace(delay=30) if told.json["channel"] == "club:slow" else yes()

    backend.rule = rule
    server = serve(backend.url(), deadline="5s")
    with server.plain("ann") as slow, server.plain("ben") as fast:
        slow.send({"type": "subscribe", "channel": "club:slow"})
        eventually(lambda: backend.told)
        start = time.monotonic()
        assert join(fast, "room:1") == "subscribed" and join(fast, "club:tea") == "subscribed"
        assert time.monotonic() - start < 5
        assert slow.receive()["code"] == "unavailable"
