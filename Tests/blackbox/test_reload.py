# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Contracts read again while the server runs, by SIGHUP and by the admin API: as a whole or not at all, nobody is cut off."""

import pathlib
import re
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from harness.contracts import derived
from harness.payloads import did
from harness.server import Server
from harness.tokens import claims, sign_with_secret, token
from harness.waiting import eventually

Change = Callable[[dict[str, Any]], None]


class Contract:
    """A contract file that a server was started with and that changes under it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.file = self.write()

    def write(self, change: Change = lambda document: None) -> pathlib.Path:
        return derived(self.folder, change)


def reload(server: Server) -> tuple[int, dict[str, Any]]:
    answer = server.admin.http.post("/v1/reload")
    return answer.status_code, answer.json()


def reloads(server: Server, result: str) -> int:
    found = re.search(rf'^switchboard_reloads_total{{result="{result}"}} (\d+)$', server.admin.metrics(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def topic(rule: Any) -> Change:
    """A channel of its own beside the contract's, with this rule."""

    def change(document: dict[str, Any]) -> None:
        document["channels"]["topic:{topic}"] = {"subscribe": rule, "publish": "any"}

    return change


def test_subscribers_lose_and_repeat_nothing_while_contracts_are_read_again(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    contract = Contract(tmp_path)
    contract.write(topic("everyone"))
    server = serve(contract.file)
    count = 300
    with server.connect(did()) as one, server.connect(did()) as two:
        for client in (one, two):
            client.subscribe("topic:a")

        def publish() -> None:
            for number in range(count):
                server.admin.publish("told", {"n": number}, to=["topic:a"])

        publisher = threading.Thread(target=publish)
        publisher.start()
        done = 0
        while publisher.is_alive():
            contract.write(topic("everyone"))
            status, answer = reload(server)
            assert (status, answer["ok"]) == (200, True), answer
            done += 1
        publisher.join()
        assert done >= 3
        for client in (one, two):
            assert [client.receive()["data"]["n"] for _ in range(count)] == list(range(count))
            client.expect_silence()
        assert reloads(server, "adopted") == done


def test_a_changed_right_ends_those_subscriptions_and_no_others(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    contract = Contract(tmp_path)
    contract.write(topic("everyone"))
    server = serve(contract.file)
    with server.connect(did()) as plain, server.connect(did(), roles=["reader"]) as reader:
        for client in (plain, reader):
            client.subscribe("topic:a", "global")
        contract.write(topic({"role": "reader"}))
        server.process.send_signal(signal.SIGHUP)
        ended = plain.receive()
        assert (ended["type"], ended["channel"]) == ("unsubscribed", "topic:a")
        assert plain.is_refused("topic:a")
        server.admin.publish("told", {"n": 1}, to=["topic:a"])
        assert reader.receive()["data"] == {"n": 1}
        plain.expect_silence()
        assert "are in effect" in server.log


def test_a_broken_file_changes_nothing_and_says_why(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    contract = Contract(tmp_path)
    server = serve(contract.file)
    with server.connect(did()) as client:
        client.subscribe("global")
        good = contract.file.read_text(encoding="utf-8")
        contract.file.write_text(good.replace("subscribe: everyone", "subscribe: anybody", 1), encoding="utf-8")
        status, answer = reload(server)
        assert (status, answer["ok"]) == (422, False)
        fault = answer["faults"][0]
        assert fault["severity"] == "error" and fault["place"].startswith(f"{contract.file}:"), fault
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: reloads(server, "refused") == 2)
        assert fault["message"] in server.log and "nothing has changed" in server.log
        server.admin.publish("x", {}, to=["global"])
        assert client.receive()["event"] == "x"
        contract.file.unlink()
        assert reload(server)[0] == 422
        contract.file.write_text(good, encoding="utf-8")
        assert reload(server)[0] == 200
        client.expect_silence()


def test_origins_errors_limits_and_keys_take_effect(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    contract = Contract(tmp_path)
    server = serve(contract.file)
    other = "another-secret-of-the-black-box-tests-0123456789"

    def origin(name: str) -> int:
        with server.raw() as connection:
            return connection.upgrade(f"/ws?token={token(did())}", f"Origin: {name}")

    def change(document: dict[str, Any]) -> None:
        document["listen"][0]["origins"] = ["https://new.example"]
        document["errors"]["unknownCommand"] = {"message": "No idea"}
        document["limits"]["messages"] = ["3/min per connection"]
        document["errors"]["tooManyMessages"] = {"message": "Enough"}
        for keys in (document["auth"]["keys"] if isinstance(document["auth"]["keys"], list) else [document["auth"]["keys"]]):
            if "secret" in keys:
                keys["secret"] = other

    with server.connect(did()) as client:
        contract.write(change)
        assert reload(server)[0] == 200, server.log
        assert client.ask({"type": "nonsense"})["message"] == "No idea"
        assert client.ping()["type"] == "pong"
        assert client.ping()["type"] == "pong"
        assert client.ask({"type": "ping"})["message"] == "Enough"
        assert origin("https://old.example") == 403
        with server.open(token(did())) as refused:
            assert refused.receive()["type"] == "error"
        with server.open(sign_with_secret(claims(did()), other)) as accepted:
            accepted.welcome()


def test_what_a_reload_cannot_change_is_refused_as_a_whole(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    contract = Contract(tmp_path)
    server = serve(contract.file)

    def moved(document: dict[str, Any]) -> None:
        document["listen"][0]["port"] = 1
        document["errors"]["unknownCommand"] = {"message": "No idea"}

    def renamed(document: dict[str, Any]) -> None:
        document["contract"] = "other"

    with server.connect(did()) as client:
        for change, words in ((moved, "does not move a listener"), (renamed, "neither adds nor renames")):
            contract.write(change)
            status, answer = reload(server)
            assert status == 422
            assert any(words in fault["message"] for fault in answer["faults"]), answer
            assert any(fault.get("hint") == "restart the server for that" for fault in answer["faults"])
        assert client.ask({"type": "nonsense"})["message"] != "No idea"


def test_many_signals_at_once_are_dealt_with_one_after_the_other(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    server = serve(Contract(tmp_path).file)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(reload(server)[0])) for _ in range(8)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
        server.process.send_signal(signal.SIGHUP)
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    assert time.monotonic() - start < 20
    assert server.is_alive()
