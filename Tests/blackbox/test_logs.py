# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What a server takes down of its clients and operators: the audit log, the access log, and no token in any of them."""

import json
import pathlib
import signal
from collections.abc import Callable
from typing import Any

import pytest

from harness.both import Both, Wire
from harness.payloads import did
from harness.server import API_KEY, Server
from harness.tokens import SECRET, token
from harness.waiting import eventually


def lines(file: pathlib.Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def logged(serve: Callable[..., Server], tmp_path: pathlib.Path) -> tuple[Server, pathlib.Path, pathlib.Path]:
    audit, access = tmp_path / "audit.log", tmp_path / "access.log"
    server = serve(
        arguments=("--audit-log", str(audit), "--access-log", str(access), "--log-level", "trace")
    )
    return server, audit, access


@pytest.mark.requirement("ROOM-083")
def test_the_audit_log_says_who_did_what_and_what_was_refused(
    logged: tuple[Server, pathlib.Path, pathlib.Path],
) -> None:
    server, audit, _ = logged
    user = did()
    with server.connect(user) as client:
        client.subscribe("global")
        assert client.is_refused("order:1")
        client.ask({"type": "unsubscribe", "channel": "global"})
    with server.open("no-token") as refused:
        refused.receive()
    server.admin.set_members("order:1", user)
    server.admin.publish("told", {"secret": "payload-of-somebody"}, to=["global"])
    server.admin.try_publish("unknown.event", {})
    server.admin.http.get("/v1/platforms", headers={"Authorization": "Bearer wrong-key"})

    def done() -> bool:
        return any(line.get("reason") == "unauthenticated" and line["action"] == "admin" for line in lines(audit))

    eventually(done)
    eventually(lambda: any(line["action"] == "disconnect" for line in lines(audit)))
    told = [
        (line["action"], line.get("channel"), line["decision"], line.get("reason"))
        for line in lines(audit)
        if line.get("user") == user and line["action"] != "admin"
    ]
    assert told == [
        ("connect", None, "allowed", None),
        ("subscribe", "global", "allowed", None),
        ("subscribe", "order:1", "denied", "forbidden"),
        ("unsubscribe", "global", "allowed", None),
        ("disconnect", None, "allowed", None),
    ]
    connections = {line["connection"] for line in lines(audit) if line.get("user") == user and "connection" in line}
    assert len(connections) == 1
    assert all(line["address"] == "127.0.0.1" for line in lines(audit) if line["action"] in ("connect", "refuse"))
    refusals = [line for line in lines(audit) if line["action"] == "refuse"]
    assert [line["decision"] for line in refusals] == ["denied"]
    operations = [
        (line.get("operation"), line.get("channel"), line.get("event"), line["decision"])
        for line in lines(audit)
        if line["action"] == "admin"
    ]
    assert operations == [
        ("replaceMembers", "order:1", None, "allowed"),
        ("publish", "global", "told", "allowed"),
        ("publish", None, "unknown.event", "denied"),
        (None, None, None, "denied"),
    ]
    assert "payload-of-somebody" not in audit.read_text(encoding="utf-8")
    assert audit.stat().st_mode & 0o777 == 0o600


def test_the_access_log_has_one_line_for_each_request(logged: tuple[Server, pathlib.Path, pathlib.Path]) -> None:
    server, _, access = logged
    with server.connect(did()):
        pass
    server.admin.http.get("/v1/platforms", params={"page": "x" * 100})
    eventually(lambda: any(line["path"] == "/v1/platforms" for line in lines(access)))
    upgrade = next(line for line in lines(access) if line["path"] == "/ws")
    assert upgrade["query"] == "token=REDACTED"
    assert (upgrade["status"], upgrade["method"], upgrade["address"]) == (101, "GET", "127.0.0.1")
    listing = next(line for line in lines(access) if line["path"] == "/v1/platforms")
    assert listing["query"] == "page=" + "x" * 64 + "..."
    assert listing["status"] == 400 and listing["bytes"] > 0 and listing["milliseconds"] >= 0


@pytest.mark.requirement("ALL-D08")
def test_no_log_has_a_token_at_any_level(logged: tuple[Server, pathlib.Path, pathlib.Path]) -> None:
    server, audit, access = logged
    good, wrong = token(did()), token(did()) + "x"
    for credentials in (good, wrong):
        with server.open(credentials) as client:
            client.receive()
        with server.raw() as connection:
            connection.upgrade(f"/elsewhere?token={credentials}&other={credentials}")
        with server.raw() as connection:
            connection.upgrade(f"/ws?token={credentials}", "Origin: https://evil.example", f"Cookie: token={credentials}")
        server.admin.http.get(f"/v1/platforms?token={credentials}")
        server.admin.http.get("/v1/platforms", headers={"Authorization": f"Bearer {credentials}"})
        server.admin.http.delete(f"/v1/platforms/rangkai/sessions/{credentials}")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "are in effect" in server.log)
    server.stop()
    for file in (server.log_file, audit, access):
        text = file.read_text(encoding="utf-8", errors="replace")
        assert text, file
        for secret in (good, wrong, good.split(".")[1], good.split(".")[2], API_KEY, SECRET):
            assert secret not in text, f"{file} has a secret"


def test_logs_are_opened_again_and_put_aside(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    audit = tmp_path / "audit.log"
    server = serve(arguments=("--audit-log", str(audit), "--audit-log-size", "4KB"))
    server.admin.set_members("order:1", did())
    eventually(lambda: len(lines(audit)) == 1)
    moved = tmp_path / "moved.log"
    audit.rename(moved)
    server.process.send_signal(signal.SIGHUP)
    eventually(audit.exists)
    for _ in range(250):
        server.admin.set_members("order:1", did())
    eventually((tmp_path / "audit.log.5").exists)
    assert len(lines(moved)) == 1
    assert not (tmp_path / "audit.log.6").exists()


def test_a_full_disk_ends_nothing(serve: Callable[..., Server]) -> None:
    server = serve(arguments=("--audit-log", "/dev/full"))
    with server.connect(did()) as client:
        client.subscribe("global")
        eventually(lambda: 'switchboard_log_lines_lost_total{log="audit"} 2' in server.admin.metrics())
        assert client.ping()["type"] == "pong"
    assert "lines are lost" in server.log


def test_a_log_that_cannot_be_opened_ends_the_start(serve: Callable[..., Server]) -> None:
    server = serve(start=False, arguments=("--audit-log", "/nowhere/audit.log"))
    server.launch()
    assert server.wait() == 1
    assert "cannot be opened" in server.log


@pytest.mark.requirement("ALL-D08")
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_no_log_has_the_secrets_of_a_socketio_client(
    serve_both: Callable[..., Both], tmp_path: pathlib.Path, transport: str
) -> None:
    """Neither the session's id, which lets anybody into it, nor the secret of recovery, nor the token."""
    audit, access = tmp_path / "audit.log", tmp_path / "access.log"
    both = serve_both(
        arguments=("--audit-log", str(audit), "--access-log", str(access), "--log-level", "trace")
    )
    credentials = token("ann")
    session = both.engine.polling(f"&token={credentials}")
    secrets = [session.sid, credentials, *credentials.split(".")[1:]]
    wire = Wire(session if transport == "polling" else session.upgrade())
    wire.join({"token": credentials})
    assert wire.id and wire.pid
    secrets.append(wire.pid)
    wire.call("subscribe", {"channel": "room:logs"})
    wire.cut()
    # What is refused is in the log as well: a session that has ended, and a token where none belongs.
    session.expect_gone()
    for query in (f"sid={session.sid}", f"sid={session.sid}&x={credentials}", f"SID={session.sid}"):
        both.engine.exchange("GET", f"?EIO=4&transport=polling&{query}")
    assert both.engine.websocket(session.sid).status == 400
    again, _ = both.returned(wire, "ann")
    again.cut()
    both.stop()
    requests = [line for line in lines(access) if line["path"] == "/socket.io/"]
    assert requests[0]["query"] == "EIO=4&transport=polling&token=REDACTED"
    assert any(line["query"] == "EIO=4&transport=polling&sid=REDACTED" for line in requests)
    for file in (both.log_file, audit, access):
        text = file.read_text(encoding="utf-8", errors="replace")
        assert text, file
        for secret in secrets:
            assert secret not in text, f"{file} has a secret"
