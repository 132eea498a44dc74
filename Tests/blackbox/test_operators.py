# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What an operator meets: wrong options, missing secrets, taken ports, nobody who reads; plain words and exit codes."""

import json
import os
import pathlib
import re
import subprocess
from collections.abc import Callable

import pytest

from harness.client import Client
from harness.commands import COMMANDS, switchboard
from harness.payloads import Deal, did
from harness.ports import free_port
from harness.server import RANGKAI, SWITCHBOARD, Server, environment
from harness.tokens import SECRET, token
from harness.waiting import eventually


def test_no_reader_of_the_output_ends_a_command_quietly(rangkai: Server) -> None:
    done = subprocess.run(
        ["bash", "-c", f"'{SWITCHBOARD}' listen '{RANGKAI}' --user ann --for 30s | head -1"],
        env=rangkai.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )
    assert '"connected"' in done.stdout and done.stderr == ""
    with open("/dev/full", "w", encoding="utf-8") as full:
        full_disk = subprocess.run(
            [str(SWITCHBOARD), "check", str(RANGKAI)], env=environment(), stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=60, check=False,
        )
    assert full_disk.returncode == 1
    assert full_disk.stderr == "error: standard output cannot be written to: No space left on device\n"


def test_a_server_goes_on_without_a_reader_of_its_output(serve: Callable[..., Server]) -> None:
    server = serve(start=False)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        process = subprocess.Popen(
            [str(SWITCHBOARD), "serve", str(RANGKAI), "--data", str(server.data)], env=server.environment,
            stdin=subprocess.DEVNULL, stdout=nobody, stderr=subprocess.DEVNULL,
        )
    try:
        eventually(lambda: server.is_ready() or process.poll() is not None, what="the server to be ready")
        assert process.poll() is None
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("command", ["token", "explain", "listen", "bench", "publish"])
def test_commands_make_no_data_folder(command: str, tmp_path: pathlib.Path) -> None:
    port = str(free_port())
    switchboard(
        command, *COMMANDS[command], "--data", str(tmp_path / "data"), RANGKAI_PORT=port, SWITCHBOARD_ADMIN_PORT=port
    )
    assert list(tmp_path.iterdir()) == []


def test_a_token_without_the_servers_secret_is_refused_with_the_variable(tmp_path: pathlib.Path) -> None:
    done = switchboard("token", str(RANGKAI), "--user", "u", "--data", str(tmp_path))
    assert done.returncode == 1 and done.stdout == ""
    assert "RANGKAI_JWT_SECRET is not set" in done.stderr and "hint: " in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--expires=-9223372036854775808s"], ["--expires=9223372036854775807d"], ["--expires="], ["--expires=s"],
        ["--claim", "a"], ["--claim", "a={"], ["--user", ""],
    ],
    ids=str,
)
def test_token_refuses_what_it_cannot_mean(options: list[str]) -> None:
    done = switchboard("token", str(RANGKAI), "--user", "u", *options, RANGKAI_JWT_SECRET=SECRET)
    assert done.returncode == 64, done.stderr
    assert done.stdout == "" and done.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    "options",
    [
        ["--rate", "nan"], ["--rate", "1e-12"], ["--rate", "-1"], ["--rate", "1", "--window", "1"], ["--window", "0"],
        ["--duration", "nan"], ["--warmup", "1e300"], ["--concurrency", "0"], ["--connections", "0"],
        ["--pid", "999999999"],
    ],
    ids=str,
)
def test_bench_refuses_what_it_cannot_do(options: list[str]) -> None:
    done = switchboard("bench", *COMMANDS["bench"], *options, RANGKAI_JWT_SECRET=SECRET)
    assert done.returncode == 64, done.stderr
    assert done.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["ws://localhost:99999/ws"], ["ws:///ws"], ["wss:///ws"], ["wss://localhost/ws", "--ca", "/nowhere.pem"], ["ws://localhost/ws", "--user", "u"],
        [str(RANGKAI), "--user", ""],
    ],
    ids=str,
)
def test_listen_refuses_what_it_cannot_reach(arguments: list[str]) -> None:
    done = switchboard("listen", *arguments)
    assert done.returncode == 64, done.stderr


def test_listen_says_in_plain_words_why_it_cannot_connect(rangkai: Server) -> None:
    for address, reason in {
        f"ws://localhost:{free_port()}/ws": "Connection refused",
        f"ws://127.0.0.1:{rangkai.port}/nowhere": "the server answered 404",
        "ws://no.such.host.invalid/ws": 'the host name "no.such.host.invalid" is not known',
    }.items():
        done = switchboard("listen", address)
        assert done.returncode == 1 and done.stdout == ""
        assert reason in done.stderr and "hint: " in done.stderr
        assert not re.search(r"errno|Fault\(|Error", done.stderr), done.stderr


def test_listen_prints_what_a_bad_token_is_told_and_fails(rangkai: Server) -> None:
    done = switchboard("listen", f"ws://127.0.0.1:{rangkai.port}/ws?token=bad")
    assert done.returncode == 1
    assert json.loads(done.stdout)["message"] == "Authentication required"
    assert "closed the connection" in done.stderr


def bench(server: Server, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(SWITCHBOARD), "bench", str(RANGKAI), "--admin", server.admin.base, "--connections", "5", "--warmup", "0.2",
            "--duration", "1", *options,
        ],
        env=server.environment | variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False,
    )


@pytest.mark.parametrize("pace", [["--rate", "20"], ["--window", "4"]], ids=["rate", "window"])
def test_bench_counts_every_delivery_and_the_servers_cost(rangkai: Server, pace: list[str]) -> None:
    assert rangkai.process is not None
    done = bench(rangkai, "--channel", "global", "--event", "announcement", *pace, "--pid", str(rangkai.process.pid))
    assert done.returncode == 0, done.stdout + done.stderr
    published = int(re.search(r"^published +(\d+) in", done.stdout, re.MULTILINE)[1])  # type: ignore[index]
    delivered = re.search(r"^delivered +(\d+) of (\d+),", done.stdout, re.MULTILINE)
    assert delivered and int(delivered[1]) == int(delivered[2]) == 5 * published > 0
    assert re.search(r"^lost +0, refused 0, closed 0$", done.stdout, re.MULTILINE)
    p50, p99, most = map(float, re.search(r"p50 ([\d.]+), .*p99 ([\d.]+), .*max ([\d.]+)", done.stdout).groups())  # type: ignore[union-attr]
    assert 0 < p50 <= p99 <= most
    assert "server CPU" in done.stdout and "server memory" in done.stdout


def test_bench_says_why_nothing_can_be_measured(rangkai: Server) -> None:
    refused = bench(rangkai, "--channel", "nonsense", "--event", "announcement", RANGKAI_JWT_SECRET="another" * 8)
    assert refused.returncode == 1
    assert "5 were closed" in refused.stderr and "Authentication required" in refused.stderr
    unknown = bench(rangkai, "--channel", "global", "--event", "no.such.event")
    assert unknown.returncode == 1
    assert re.search(r"first refusal +the server answered 422 unknownEvent: .*no\.such\.event", unknown.stdout)


def test_publish_reads_a_payload_from_standard_input(rangkai: Server) -> None:
    done = subprocess.run(
        [str(SWITCHBOARD), "publish", "rangkai", "announcement", "-", "--admin", rangkai.admin.base],
        env=rangkai.environment, input='{"text": "hello"}', capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["channels"] == ["global"]


def test_publish_says_in_one_line_what_the_server_refuses(rangkai: Server) -> None:
    done = switchboard(
        "publish", "nowhere", "announcement", "{}", "--admin", rangkai.admin.base,
        SWITCHBOARD_API_KEY=rangkai.environment["SWITCHBOARD_API_KEY"],
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == 'error: the server answered 404 notFound: this server has no platform "nowhere"\n'


def test_explain_asks_the_server_who_belongs_to_a_channel(rangkai: Server) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    for user, code in [(deal.buyer, 0), (did(), 1)]:
        done = switchboard(
            "explain", str(RANGKAI), "--user", user, "--channel", deal.order_channel, "--admin", rangkai.admin.base,
            SWITCHBOARD_API_KEY=rangkai.environment["SWITCHBOARD_API_KEY"],
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert done.stderr == ""
        lines = [int(line) for line in re.findall(r"rangkai\.yaml:(\d+):", done.stdout)]
        assert len(lines) == 2 and lines == sorted(lines)


def test_explain_without_a_server_says_that_it_knows_no_members() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = switchboard("explain", str(RANGKAI), "--user", "u", "--channel", "order:7", "--admin", nowhere, "--key", "k")
    assert done.returncode == 1 and "--member" in done.stderr and "may not" in done.stdout
    alone = switchboard("explain", str(RANGKAI), "--user", "u", "--channel", "user:u", "--admin", nowhere)
    assert alone.returncode == 0 and alone.stderr == ""
    for wrong in [[], ["--channel", "global", "--event", "announcement"], ["--channel", "global", "--member", "x"]]:
        assert switchboard("explain", str(RANGKAI), *wrong).returncode == 64


# serve refuses


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"RANGKAI_JWT_SECRET": None}, "the variable RANGKAI_JWT_SECRET is not set"),
        ({"RANGKAI_JWT_SECRET": "0123456789abcdef"}, "16 bytes"),
        ({"SWITCHBOARD_API_KEY": None}, "set SWITCHBOARD_API_KEY"),
        ({"SWITCHBOARD_API_KEY": "short"}, "SWITCHBOARD_API_KEY has 5 bytes"),
        ({"RANGKAI_PORT": "abc"}, 'is "abc"'),
    ],
    ids=["no secret", "weak secret", "no key", "weak key", "no port"],
)
def test_production_refuses_missing_and_weak_secrets(
    serve: Callable[..., Server], variables: dict[str, str | None], message: str
) -> None:
    server = serve(start=False, arguments=("--production",), **variables).launch()
    assert server.wait(30) == 1
    said = server.log.rsplit("--- ", 1)[1].split("\n", 1)[1]
    assert message in said and "error: " in said and "ready" not in said
    for secret in filter(None, [*variables.values(), SECRET]):
        assert secret == "abc" or secret not in said


def test_a_data_folder_that_cannot_be_used_is_a_plain_error(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in [tmp_path / "file", pathlib.Path("/proc/nowhere")]:
        server = serve(start=False, data=folder).launch()
        assert server.wait(30) == 1
        assert f'error: the data folder "{folder}" cannot be written to: ' in server.log
        assert "--data" in server.log and "Domain" not in server.log


def test_a_second_server_on_one_data_folder_is_refused(rangkai: Server, serve: Callable[..., Server]) -> None:
    second = serve(start=False, data=rangkai.data).launch()
    assert rangkai.process is not None
    number = rangkai.process.pid
    assert second.wait(30) == 1
    assert f"in use by the process {number}" in second.log


def test_ports_that_cannot_be_had_are_plain_errors(rangkai: Server, serve: Callable[..., Server]) -> None:
    taken = serve(start=False, SWITCHBOARD_ADMIN_PORT=str(rangkai.admin_port)).launch()
    assert taken.wait(30) == 1
    assert f"port {rangkai.admin_port}: Address already in use\n" in taken.log and "errno" not in taken.log
    for options in [("--admin-port", "99999"), ("--log-level", "loud"), ("--loops", "0")]:
        assert serve(start=False, arguments=options).launch().wait(30) == 64
    unknown = serve(start=False, arguments=("--admin-host", "no.such.host.invalid")).launch()
    assert unknown.wait(30) == 1
    assert 'the host name "no.such.host.invalid" is not known' in unknown.log


def test_two_contracts_share_a_port_when_their_paths_differ(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text(
        RANGKAI.read_text().replace("contract: rangkai", "contract: copy").replace("websocket: /ws", "websocket: /other")
    )
    server = serve(RANGKAI, copy)
    user = did()
    with server.open(token(user)) as first, Client(server.url(token(user), path="/other")) as second:
        for client in (first, second):
            client.welcome()
            client.subscribe("global")
        server.admin.publish("announcement", {"text": "hello"}, to=["global"])
        assert first.receive()["event"] == "announcement"
        second.expect_silence()
    assert server.raw().upgrade(f"/nowhere?token={token(user)}") == 404


def test_the_log_tells_of_clients_that_come_and_go_but_not_their_tokens(serve: Callable[..., Server]) -> None:
    server = serve(arguments=("--log-level", "debug"))
    user = did()
    credentials = token(user)
    with server.open(credentials) as client:
        client.welcome()
    with server.open("bad.token.here") as client:
        client.receive()
        client.expect_close(4001)
    eventually(lambda: server.log.count(" ended after ") == 2, what="both ends in the log")
    assert server.log.count(" opened") == 2
    assert "refused a token" in server.log and "closed with 4001" in server.log
    assert credentials not in server.log and "bad.token.here" not in server.log
    assert server.stop() == 0
    assert "stopping" in server.log and "stopped" in server.log


def test_the_line_to_paste_works_without_the_servers_variables(serve: Callable[..., Server]) -> None:
    server = serve(arguments=("--mock",))
    line = eventually(lambda: re.search(r"^  (\S+ listen .*)$", server.log, re.MULTILINE), what="the line to paste")[1]
    done = subprocess.run(
        ["bash", "-c", f"{line} --for 3s"], env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"subscribed"' in done.stdout and '"event"' in done.stdout
