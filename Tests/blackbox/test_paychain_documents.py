# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain: the printed programs, commands and configuration, run as they are printed on the documented port."""

import asyncio
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap
import time
import types
from collections.abc import Callable, Iterator

import httpx
import pytest

from harness.node import NodeProgram, needs_node
from harness.paychain import PayChain, PayChainClient
from harness.ports import documented_ports, free_port, is_taken
from harness.proxies import program
from harness.server import API_KEY, ROOT
from harness.tokens import token
from harness.waiting import DEADLINE, eventually

requirement = pytest.mark.requirement
DOCUMENTS = pathlib.Path(__file__).parent / "documents"
CLIENT = ROOT / "Clients" / "python" / "src"
HELLO = {"message": "Hello WebSocket!"}
DOCUMENTED_PORT = 8080


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayChain]:
    """PayChain on its documented port; on another where 8080 is taken."""
    with documented_ports(DOCUMENTED_PORT) as free:
        port = DOCUMENTED_PORT if free else free_port()
        server = PayChain(tmp_path_factory.mktemp("data"), name="paychain-documented", port=port).start()
        yield server
        server.stop()


def printed(name: str, server: PayChain) -> str:
    """A printed block, with the port where it must be."""
    text = (DOCUMENTS / name).read_text(encoding="utf-8")
    if server.port != DOCUMENTED_PORT and f"localhost:{DOCUMENTED_PORT}" in text:
        text = text.replace(f"localhost:{DOCUMENTED_PORT}", f"localhost:{server.port}")
    return text


def shell(text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    for name in ("curl", "jq"):
        if name in text and shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        ["bash", "-c", text], env=kept | variables, capture_output=True, text=True, timeout=DEADLINE, check=False
    )


# Commands


@requirement("PAY-045", "PAY-009")
def test_the_printed_curl_broadcast_reaches_the_subscribers_of_jobs(documented: PayChain) -> None:
    with documented.guest() as subscriber, documented.guest() as other:
        subscriber.subscribe("jobs")
        done = shell(printed("paychain-broadcast.sh", documented))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["recipients"] == 1
        assert subscriber.receive_type("test_message") == HELLO
        other.expect_silence()


@requirement("PAY-010")
def test_the_printed_curl_of_health_prints_the_documented_object(documented: PayChain) -> None:
    with documented.guest() as client:
        client.subscribe("jobs")
        done = shell(printed("paychain-health.sh", documented))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"status", "service", "connections"}
    assert answer["connections"]["by_channel"]["jobs"] >= 1


@requirement("PAY-068")
def test_the_printed_curl_of_health_fails_while_the_server_is_down(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain()
    assert shell(printed("paychain-health.sh", server)).returncode == 0
    server.stop()
    done = shell(printed("paychain-health.sh", server))
    assert done.returncode == 7 and "connect" in done.stderr


@requirement("PAY-011")
def test_jq_takes_what_the_printed_curl_of_stats_prints(documented: PayChain) -> None:
    done = shell(f"set -o pipefail; {printed('paychain-stats.sh', documented)}")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"total", "by_channel"}


# Python


@requirement("PAY-041", "PAY-021", "PAY-058")
def test_the_printed_python_block_broadcasts(documented: PayChain) -> None:
    block = textwrap.indent(printed("paychain-broadcast.py", documented), "    ")
    names: dict[str, object] = {
        "settings": types.SimpleNamespace(WS_SERVICE_URL=f"http://localhost:{documented.internal_port}"),
        "new_job": types.SimpleNamespace(id=123, title="Web Development", pay_amount_usd="5000", job_type="development"),
    }
    # The block stands in a coroutine, as in the service. What it is answered is seen through its own client.
    answers: list[int] = []
    exec(f"async def service():\n{block}", names)

    class Noting(httpx.AsyncClient):
        async def post(self, *arguments: object, **options: object) -> httpx.Response:
            answer = await super().post(*arguments, **options)  # type: ignore[arg-type]
            answers.append(answer.status_code)
            return answer

    with documented.guest() as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "AsyncClient", Noting)
        start = time.monotonic()
        asyncio.run(names["service"]())  # type: ignore[operator]
        assert time.monotonic() - start < 5 and len(answers) == 1 and 200 <= answers[0] < 300
        assert client.receive_type("job_created") == {
            "job_id": 123, "title": "Web Development", "pay_amount_usd": 5000, "job_type": "development",
        }


@requirement("PAY-058", "PAY-047")
def test_the_helper_reads_the_printed_environment_and_its_log_shows_broadcasts(
    documented: PayChain, tmp_path: pathlib.Path
) -> None:
    text = (DOCUMENTS / "paychain-environment.env").read_text()
    printed_url = dict(re.findall(r"^(\w+)=(.*)$", text, re.M))["WS_SERVICE_URL"]
    assert printed_url == "http://websocket-server:8000"
    job_service = tmp_path / "job_service.py"
    job_service.write_text(
        "import asyncio\nfrom switchboard_client import Settings, broadcast\n"
        f"assert Settings.from_environment().service_url == {printed_url!r}\n"
        "import os\n"
        f"os.environ['WS_SERVICE_URL'] = 'http://127.0.0.1:{documented.internal_port}'\n"
        "for event in ({'job_id': 1, 'title': 't', 'pay_amount_usd': 1},):\n"
        "    asyncio.run(broadcast('job_created', event))\n"
        "asyncio.run(broadcast('job_accepted', {'job_id': 1, 'worker_id': 2}, channel='jobs'))\n"
    )
    with documented.guest() as client:
        client.subscribe("jobs")
        environment = f"set -a; . {DOCUMENTS / 'paychain-environment.env'}; set +a"
        # `docker logs` shows what the service has on its standard output.
        logs = (DOCUMENTS / "paychain-grep.sh").read_text().replace(
            "docker logs paychain-job-service", f"{sys.executable} {job_service}"
        )
        done = shell(f"{environment}; {logs}", PYTHONPATH=str(CLIENT))
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 2
        assert "'job_created' to all clients" in done.stdout and "'job_accepted' to channel 'jobs'" in done.stdout
        assert [client.receive()["type"] for _ in range(2)] == ["job_created", "job_accepted"]


@pytest.fixture
def connection_manager(documented: PayChain, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """The shipped module, as a service of the same network has it."""
    monkeypatch.syspath_prepend(str(CLIENT))
    monkeypatch.setenv("WS_SERVICE_URL", f"http://127.0.0.1:{documented.internal_port}")
    monkeypatch.setenv("SWITCHBOARD_ADMIN_URL", f"http://127.0.0.1:{documented.admin_port}")
    monkeypatch.setenv("SWITCHBOARD_API_KEY", API_KEY)
    for name in [name for name in sys.modules if name.split(".")[0] in ("connection_manager", "switchboard_client")]:
        monkeypatch.delitem(sys.modules, name)
    import connection_manager as module  # type: ignore[import-not-found]

    yield module
    module.manager.close()


@requirement("PAY-051", "PAY-D17")
def test_the_printed_call_gives_total_and_by_channel(
    documented: PayChain, connection_manager: types.ModuleType
) -> None:
    eventually(lambda: documented.total() == 0, what="the end of the tests before")
    line = (DOCUMENTS / "paychain-stats.py").read_text().strip()
    with documented.guest() as first, documented.guest() as second:
        first.subscribe("jobs", "payments")
        second.subscribe("jobs")
        assert eval(line, {"manager": connection_manager.manager}) == {
            "total": 2, "by_channel": {"jobs": 2, "payments": 1},
        }


@requirement("PAY-050", "PAY-D17")
def test_the_manager_reaches_all_a_channel_and_one_connection(
    documented: PayChain, connection_manager: types.ModuleType
) -> None:
    manager = connection_manager.manager
    with documented.guest() as first, documented.guest() as second:
        first.subscribe("jobs")
        assert manager.broadcast_to_all("test_message", {"n": 1}) == 2
        assert manager.broadcast_to_channel("jobs", "test_message", {"n": 2}) == 1
        assert manager.send_to_connection(second.connection, "test_message", {"n": 3}) is True
        assert [first.receive_type("test_message")["n"] for _ in range(2)] == [1, 2]
        assert [second.receive_type("test_message")["n"] for _ in range(2)] == [1, 3]
        second.ping()
        assert manager.get_message_count(second.connection) == 1
        gone = first.connection
    eventually(lambda: not manager.send_to_connection(gone, "test_message", {}), what="the end of the connection")
    assert manager.get_message_count(gone) == 0


@requirement("PAY-050", "PAY-051", "PAY-D17")
def test_the_asynchronous_manager_does_the_same(documented: PayChain, connection_manager: types.ModuleType) -> None:
    async def all_of_it(connection: str) -> None:
        async with connection_manager.AsyncConnectionManager() as manager:
            assert set(await manager.get_stats()) == {"total", "by_channel"}
            assert await manager.broadcast_to_all("test_message", {"n": 1}) >= 1
            assert await manager.broadcast_to_channel("async", "test_message", {"n": 2}) == 1
            assert await manager.send_to_connection(connection, "test_message", {"n": 3}) is True
            assert await manager.get_message_count(connection) == 1

    with documented.guest() as client:
        client.subscribe("async")
        asyncio.run(all_of_it(client.connection))
        assert [client.receive_type("test_message")["n"] for _ in range(3)] == [1, 2, 3]


# JavaScript


@requirement("PAY-046", "PAY-D16", "PAY-015", "PAY-013")
def test_the_printed_console_lines_work_one_after_the_other(documented: PayChain, tmp_path: pathlib.Path) -> None:
    """In a console a line is typed once the one before is done; the socket is open by the second."""
    needs_node()
    statements = printed("paychain-console.js", documented).strip().split("\n\n")
    assert len(statements) == 4
    console = tmp_path / "console.js"
    console.write_text(
        "globalThis.WebSocket = require('ws');\nconst vm = require('vm');\n"
        f"const statements = {json.dumps(statements)};\n"
        "vm.runInThisContext(statements[0]);\nvm.runInThisContext(statements[1]);\n"
        "vm.runInThisContext('ws').onopen = () => statements.slice(2).forEach((line) => vm.runInThisContext(line));\n"
    )
    with NodeProgram(console) as running:
        eventually(lambda: "pong" in "\n".join(running.lines), what=f"the pong in {running.lines}")
        output = "\n".join(running.lines)
        heard = re.findall(r"Received: \{\s*type: '(\w+)'", output)
        assert heard == ["connected", "subscribed", "pong"], output


@requirement("PAY-052", "PAY-D21")
def test_the_printed_line_connects_with_a_token(serve_paychain: Callable[..., PayChain], tmp_path: pathlib.Path) -> None:
    needs_node()
    server = serve_paychain(auth="required")
    file = tmp_path / "connect.js"
    file.write_text(
        f"const WebSocket = require('ws'), wsUrl = 'ws://localhost:{server.port}', accessToken = '{token('alice')}';\n"
        + (DOCUMENTS / "paychain-connect.js").read_text()
        + "ws.on('message', (data) => console.log(JSON.parse(data).type));\n"
    )
    with NodeProgram(file) as running:
        running.wait_for_line("connected")
        assert len(server.admin.connections("alice")) == 1


# Configuration


@requirement("PAY-059", "PAY-058")
def test_the_printed_environment_is_what_the_contract_and_the_helper_have_by_default(documented: PayChain) -> None:
    values = dict(
        re.findall(r"^(\w+)=(.*)$", (DOCUMENTS / "paychain-environment.env").read_text(encoding="utf-8"), re.M)
    )
    assert "CORS_ALLOWED_ORIGINS" not in documented.environment
    documented.guest(origin=values["CORS_ALLOWED_ORIGINS"]).close()
    if documented.port == DOCUMENTED_PORT:
        with PayChainClient(values["VITE_WS_URL"] + "/ws") as client:
            client.welcome()


@requirement("PAY-062", "PAY-D06")
def test_clients_connect_through_the_printed_nginx_location(documented: PayChain, tmp_path: pathlib.Path) -> None:
    """The location as printed, in the least configuration that nginx takes around it; its upstream is the server under test."""
    location = (DOCUMENTS / "paychain-nginx.conf").read_text()
    assert "proxy_pass http://websocket:8080;" in location
    location = location.replace("websocket:8080", f"127.0.0.1:{documented.port}")
    port = free_port()
    folders = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ {folders} access_log off;\n"
        f"server {{ listen 127.0.0.1:{port};\n{location}}}}}\n"
    )
    nginx = subprocess.Popen(
        [program("nginx"), "-c", str(conf), "-g", "daemon off;"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: is_taken(port) or nginx.poll() is not None, what="the start of nginx")
        assert nginx.poll() is None, (tmp_path / "error.log").read_text()
        with PayChainClient(f"ws://127.0.0.1:{port}/ws", origin="http://localhost:5173") as client:
            client.welcome()
            client.subscribe("jobs")
            documented.broadcast("test_message", HELLO, channel="jobs")
            assert client.receive_type("test_message") == HELLO
            assert client.ping()["type"] == "pong"
    finally:
        nginx.terminate()
        nginx.wait(DEADLINE)
