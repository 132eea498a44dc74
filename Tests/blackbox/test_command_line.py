# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The command line: exit codes, what goes to which stream, and that its tokens and keys work."""

import json
import pathlib
import re
import subprocess
from collections.abc import Callable

import httpx
import pytest

from harness.commands import COMMANDS, switchboard
from harness.payloads import Deal, did
from harness.ports import free_port
from harness.rooms import ROOMS
from harness.server import RANGKAI, SWITCHBOARD, Server
from harness.tokens import SECRET
from harness.waiting import eventually


def test_help_lists_every_command() -> None:
    done = switchboard("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\b", done.stdout, re.MULTILINE), f"{command} is not in:\n{done.stdout}"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_and_refuses_unknown_options(command: str) -> None:
    helped = switchboard(command, "--help")
    assert helped.returncode == 0
    assert "USAGE" in helped.stdout and "OPTIONS" in helped.stdout
    refused = switchboard(command, *COMMANDS[command], "--no-such-option")
    assert refused.returncode == 64
    assert refused.stdout == "" and "no-such-option" in refused.stderr
    assert switchboard(command).returncode == 64


# check


def test_the_shipped_contract_passes() -> None:
    done = switchboard("check", str(RANGKAI))
    assert done.returncode == 0, done.stderr
    assert "error:" not in done.stderr


def test_every_fault_is_reported_at_once_with_its_place_and_a_hint(tmp_path: pathlib.Path) -> None:
    lines = RANGKAI.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("heartbeat:"))
    lines[first] = lines[first].replace("heartbeat:", "heartbeet:")
    second = next(number for number, line in enumerate(lines) if line.startswith("limits:"))
    lines[second] = lines[second].replace("limits:", "limit:")
    broken = tmp_path / "broken.yaml"
    broken.write_text("\n".join(lines) + "\n")
    done = switchboard("check", str(broken))
    assert done.returncode == 1
    for number, wrong, right in [(first + 1, "heartbeet", "heartbeat"), (second + 1, "limit", "limits")]:
        (fault,) = [line for line in done.stderr.splitlines() if line.startswith(f"{broken}:{number}:1: error: ")]
        assert wrong in fault
        assert right in done.stderr[done.stderr.index(fault) :]


@pytest.mark.parametrize(
    "text",
    ["", "contract:", "[1, 2", "a: b: c", "\t", "- 1", "contract: x\ncontract: x", "&a [*a]", "contract: " + "[" * 500],
    ids=["empty", "bare", "cut", "colons", "tab", "list", "twice", "cycle", "deep"],
)
def test_a_file_that_is_no_contract_is_refused_with_its_place(tmp_path: pathlib.Path, text: str) -> None:
    file = tmp_path / "no.yaml"
    file.write_text(text)
    done = switchboard("check", str(file))
    assert done.returncode == 1, done.stderr
    assert re.search(rf"^{re.escape(str(file))}:\d+:\d+: error: ", done.stderr, re.MULTILINE), done.stderr


def test_check_names_every_file_that_is_missing_or_broken(tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("contract: 7\n")
    missing = tmp_path / "missing.yaml"
    done = switchboard("check", str(RANGKAI), str(broken), str(missing))
    assert done.returncode == 1
    assert str(broken) in done.stderr and str(missing) in done.stderr and f"{RANGKAI}:" not in done.stderr


def test_serve_refuses_what_check_refuses(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("contract: x\nunknown: 1\n")
    server = serve(broken, start=False).launch()
    assert server.wait(30) == 1
    assert f"{broken}:2:1: error: " in server.log


def test_two_contracts_that_claim_one_port_and_path_are_refused(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text(RANGKAI.read_text().replace("contract: rangkai", "contract: copy"))
    server = serve(RANGKAI, copy, start=False).launch()
    assert server.wait(30) != 0
    assert "rangkai" in server.log and "copy" in server.log


def test_a_port_that_is_taken_is_a_clear_error(rangkai: Server, serve: Callable[..., Server]) -> None:
    server = serve(start=False, RANGKAI_PORT=str(rangkai.port)).launch()
    assert server.wait(30) != 0
    assert str(rangkai.port) in server.log and "Fatal error" not in server.log


# token


def test_token_prints_one_token_that_opens_a_connection(rangkai: Server) -> None:
    user = did()
    done = switchboard("token", str(RANGKAI), "--user", user, "--role", "governance_signer", RANGKAI_JWT_SECRET=SECRET)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    with rangkai.open(line) as client:
        assert client.welcome()["userId"] == user
        client.subscribe("proposal:any")


def test_token_takes_the_time_that_it_shall_hold(rangkai: Server) -> None:
    done = switchboard("token", str(RANGKAI), "--user", did(), "--expires", "3s", RANGKAI_JWT_SECRET=SECRET)
    with rangkai.open(done.stdout.strip()) as client:
        client.welcome()
        assert client.receive()["type"] == "error"
        client.expect_close(4001)
    refused = switchboard("token", str(RANGKAI), "--user", did(), "--expires", "soon", RANGKAI_JWT_SECRET=SECRET)
    assert refused.returncode != 0 and "soon" in refused.stderr


# serve


def test_the_admin_port_can_be_given_as_an_option(serve: Callable[..., Server]) -> None:
    server = serve(start=False)
    del server.environment["SWITCHBOARD_ADMIN_PORT"]
    server.arguments = ("--admin-port", str(server.admin_port))
    server.start()
    assert server.admin.channels() == {}


def test_a_key_is_made_at_first_start_shown_once_and_kept(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    server = serve(data=tmp_path / "data", SWITCHBOARD_API_KEY=None)

    def working_keys(log: str) -> set[str]:
        candidates = set(re.findall(r"[A-Za-z0-9_\-]{20,}", log))
        return {
            key
            for key in candidates
            if httpx.get(
                f"{server.admin.base}/v1/platforms/rangkai/channels", headers={"Authorization": f"Bearer {key}"},
                trust_env=False,
            ).status_code == 200
        }

    found = eventually(lambda: working_keys(server.log), what="the key to be shown")
    assert len(found) == 1
    (key,) = found
    length = len(server.log)
    server.stop()
    server.start()
    assert working_keys(key) == {key}
    assert key not in server.log[length:]


def test_neither_the_api_key_nor_the_secret_reaches_the_log(rangkai: Server) -> None:
    rangkai.admin.publish("order.created", Deal().created())
    with rangkai.connect(did()) as client:
        client.ping()
    assert rangkai.environment["SWITCHBOARD_API_KEY"] not in rangkai.log
    assert SECRET not in rangkai.log


def test_the_mock_backend_publishes_what_the_contract_shows(serve: Callable[..., Server]) -> None:
    server = serve(arguments=("--mock",))
    printed = eventually(lambda: re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", server.log), what="ready-made tokens")
    assert len(printed) >= 2
    for credentials in printed:
        with server.open(credentials) as client:
            user = client.welcome()["userId"]
            client.subscribe(f"user:{user}")
            for _ in range(2):
                assert user in json.dumps(client.receive()["data"])


# publish, listen, explain


def test_publish_and_listen_meet(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    listener = subprocess.Popen(
        [str(SWITCHBOARD), "listen", str(RANGKAI), "--user", deal.buyer],
        env=rangkai.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        eventually(
            lambda: f"user:{deal.buyer}" in rangkai.admin.channels() or listener.poll() is not None,
            what="listen to subscribe",
        )
        assert listener.poll() is None, listener.communicate()
        done = switchboard(
            "publish", "rangkai", "order.paid", json.dumps(deal.paid()), "--admin", rangkai.admin.base,
            SWITCHBOARD_API_KEY=rangkai.environment["SWITCHBOARD_API_KEY"],
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["receivers"] == 1
        assert listener.stdout is not None
        assert any("order.paid" in line for line in listener.stdout), "listen ended without the event"
    finally:
        listener.kill()
        listener.communicate()


def test_publish_tells_what_the_server_refuses_and_fails(rangkai: Server) -> None:
    key = {"SWITCHBOARD_API_KEY": rangkai.environment["SWITCHBOARD_API_KEY"]}
    refused = switchboard("publish", "rangkai", "order.paid", "{}", "--admin", rangkai.admin.base, **key)
    assert refused.returncode == 1 and refused.stdout == ""
    assert "orderId" in refused.stderr
    garbage = switchboard("publish", "rangkai", "order.paid", "{", "--admin", rangkai.admin.base, **key)
    assert garbage.returncode == 64 and "JSON" in garbage.stderr
    stranger = switchboard("publish", "rangkai", "order.paid", "{}", "--admin", rangkai.admin.base, "--key", "wrong")
    assert stranger.returncode == 1 and stranger.stderr
    nobody = switchboard("publish", "rangkai", "order.paid", "{}", "--admin", f"http://127.0.0.1:{free_port()}", **key)
    assert nobody.returncode == 1 and nobody.stderr


def explain(*arguments: str) -> subprocess.CompletedProcess[str]:
    return switchboard("explain", str(RANGKAI), *arguments, RANGKAI_JWT_SECRET=SECRET)


@pytest.mark.parametrize(
    ("user", "channel", "allowed"),
    [
        ("did:rangkai:me", "user:did:rangkai:me", True),
        ("did:rangkai:me", "user:did:rangkai:you", False),
        ("did:rangkai:me", "order:7", True),
        ("did:rangkai:you", "order:7", False),
        ("did:rangkai:me", "nonsense", False),
    ],
)
def test_explain_says_why_a_user_may_or_may_not_subscribe(user: str, channel: str, allowed: bool) -> None:
    done = explain("--user", user, "--channel", channel, "--member", "order:7=did:rangkai:me")
    assert done.returncode == (0 if allowed else 1), done.stderr
    assert ("may not subscribe" in done.stdout) is not allowed
    assert re.search(r"rangkai\.yaml:\d+", done.stdout), done.stdout


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--user", "a", "--channel", "room:1", "--publish", "--member", "room:1=a"], True),
        (["--user", "b", "--channel", "room:1", "--publish", "--member", "room:1=a"], False),
        (["--user", "a", "--channel", "news", "--publish", "--claim", "kind=editor", "--claim", "kind=x"], True),
        (["--user", "a", "--channel", "news", "--publish", "--claim", "kind=x"], False),
        (["--user", "a", "--channel", "all", "--publish"], False),
        (["--user", "a", "--channel", "all"], False),
    ],
)
def test_explain_says_who_may_publish_as_a_client(tmp_path: pathlib.Path, arguments: list[str], allowed: bool) -> None:
    contract = tmp_path / "rooms.yaml"
    contract.write_text(
        "contract: rooms\n"
        "listen: { port: 3000, websocket: /ws }\n"
        "auth: { tokens: { session: cookie.s } }\n"
        "channels:\n"
        '  "room:{id}": { subscribe: nobody, clientPublish: member }\n'
        "  news: { subscribe: everyone, clientPublish: { claim: { kind: editor } } }\n"
        "  all: { internal: true }\n"
    )
    done = switchboard("explain", str(contract), *arguments)
    assert done.returncode == (0 if allowed else 1), done.stderr
    assert (" may not " in done.stdout.splitlines()[0]) is not allowed
    assert re.search(r"rooms\.yaml:\d+", done.stdout), done.stdout


def test_explain_says_where_an_event_may_go_that_is_not_declared() -> None:
    rooms = str(ROOMS)
    for event, is_taken in (("lottery:draw_started", True), ("draw", False)):
        done = switchboard("explain", rooms, "--event", event)
        assert done.returncode == 1 and "no such event" in done.stdout, done.stdout
        assert ("a publisher may name room:{roomId}" in done.stdout) == is_taken, done.stdout


def test_a_wrong_value_is_told_with_the_variable_that_it_comes_from() -> None:
    done = switchboard("check", str(ROOMS), ROOMS_EVENT_LIMIT="lots")
    assert done.returncode == 1 and "ROOMS_EVENT_LIMIT" in done.stderr, done.stderr


def test_explain_says_where_an_event_goes() -> None:
    deal = Deal()
    done = explain("--event", "order.paid", "--payload", json.dumps(deal.paid()), "--member", "order:7=somebody")
    assert done.returncode == 0, done.stderr
    for channel in (deal.order_channel, f"user:{deal.buyer}", f"user:{deal.vendor}"):
        assert channel in done.stdout
    assert re.search(r"rangkai\.yaml:\d+", done.stdout), done.stdout
    refused = explain("--event", "order.paid", "--payload", "{}", "--member", "order:7=somebody")
    assert refused.returncode == 1 and "orderId" in refused.stdout
    assert explain("--event", "no.such.event", "--payload", "{}").returncode == 1


def test_explain_says_what_follows_from_an_event() -> None:
    winner = {
        "id": "w1", "participantId": "part_1", "prizeId": "p1", "createdAt": "2025-01-15T10:00:00Z",
        "participant": {"id": "part_1", "user": {"id": "usr_1", "name": "J", "avatar": "https://..."}},
        "prize": {"id": "p1", "name": "iPhone", "imageUrl": "https://..."},
    }  # fmt: skip
    payload = json.dumps({"roomId": "r1", "winner": winner, "timestamp": "2025-01-15T10:00:00Z"})
    done = switchboard("explain", str(ROOMS), "--event", "winner:selected", "--payload", payload)
    assert done.returncode == 0, done.stdout + done.stderr
    before, _, after = done.stdout.partition('"notification:received" follows from it\n')
    assert "it goes to: room:r1" in before and "it goes to: user:usr_1" in after, done.stdout


def test_explain_says_that_a_channel_needs_a_record() -> None:
    done = switchboard(
        "explain", str(ROOMS), "--user", "u", "--channel", "room:r1", "--member", "room:r1=u", ROOMS_JWT_SECRET=SECRET
    )
    assert done.returncode == 0 and "exists while it has a record" in done.stdout, done.stdout + done.stderr
