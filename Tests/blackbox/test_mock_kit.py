# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The kit that stands in for the module socket.io in app teams' tests: the printed test, its corrected form, stock clients."""

import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.documents import DOCUMENTS
from harness.javascript import FOLDER, PACKAGE, VERSIONS, Program, client_file
from harness.node import NODE_PATH, NodeProgram, needs_node
from harness.server import ROOT
from harness.stock import SocketIOClient

requirement = pytest.mark.requirement
KIT = PACKAGE / "src" / "testing"


def bundled(folder: pathlib.Path, *files: pathlib.Path) -> pathlib.Path:
    """One program of these files, in which the module socket.io is the kit."""
    needs_node()
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    (folder / "entry.ts").write_text("".join(f"import '{file}';\n" for file in files))
    subprocess.run(
        [
            "esbuild", str(folder / "entry.ts"), "--bundle", "--platform=node", "--format=cjs", "--log-level=warning",
            f"--alias:socket.io={KIT / 'index.ts'}", "--external:socket.io-client", f"--outfile={folder / 'test.cjs'}",
        ],
        check=True,
    )
    return folder / "test.cjs"


def install_client(folder: pathlib.Path, version: str) -> None:
    """Puts a stock client where Node finds it for programs in this folder."""
    package = folder / "node_modules" / "socket.io-client"
    package.mkdir(parents=True)
    (package / "index.js").write_text(
        f"Object.assign(globalThis, require('{FOLDER / 'page.js'}'));\nmodule.exports = require('{client_file(version)}');\n"
    )


def run_tests(program: pathlib.Path) -> None:
    """Runs a file of Node's tests, of which there is one, which must pass."""
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", str(program)], cwd=program.parent, capture_output=True, text=True, timeout=60,
        env=os.environ | {"NODE_PATH": NODE_PATH}, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^ *# Subtest: should receive health update$", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^# fail 0$", done.stdout, re.MULTILINE), done.stdout


@requirement("ORI-053", "ORI-D22")
@pytest.mark.parametrize("version", [None, *VERSIONS], ids=lambda version: version or "kit's own client")
def test_the_printed_test_passes(tmp_path: pathlib.Path, version: str | None) -> None:
    if version:
        install_client(tmp_path, version)
    run_tests(bundled(tmp_path, KIT / "jest.ts", DOCUMENTS / "orion-mock.test.ts"))


@requirement("ORI-053", "ORI-D22")
@pytest.mark.parametrize("version", VERSIONS)
def test_the_corrected_test_passes(tmp_path: pathlib.Path, version: str) -> None:
    install_client(tmp_path, version)
    run_tests(bundled(tmp_path, KIT / "jest.ts", PACKAGE / "examples" / "mock-server.test.ts"))


@requirement("ORI-053")
def test_the_printed_test_fails_when_the_event_is_another(tmp_path: pathlib.Path) -> None:
    text = (DOCUMENTS / "orion-mock.test.ts").read_text(encoding="utf-8")
    other = tmp_path / "other.test.ts"
    other.write_text(text.replace("service: 'auth'", "service: 'user'"))
    with pytest.raises(AssertionError, match="toBe"):
        run_tests(bundled(tmp_path, KIT / "jest.ts", other))


#: A server of the kit that answers, and joins whoever asks to a room.
SERVER = """
import { createServer } from 'http';
import { Server } from 'socket.io';
const http = createServer();
const io = new Server(http);
io.of('/admin').use((socket, next) => next(socket.handshake.auth.token === 't' ? undefined : new Error('invalid token')));
for (const each of [io, io.of('/admin')]) {
  each.on('connection', (socket) => {
    socket.on('echo', (value, answer) => answer(value));
    socket.on('join', (room, answer) => { socket.join(room); answer('joined'); });
    socket.on('tell', (room, value) => each.to(room).emit('told', value, Buffer.from([1, 2, 3])));
    socket.on('disconnect', (reason) => console.log('gone', reason));
  });
}
http.listen(0, '127.0.0.1', () => console.log('port', http.address().port));
"""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the kit."""
    folder = tmp_path_factory.mktemp("kit")
    (folder / "server.ts").write_text(SERVER)
    with NodeProgram(bundled(folder, folder / "server.ts")) as program:
        yield "http://127.0.0.1:" + program.wait_for_start("port ").removeprefix("port ")


@requirement("ORI-053")
@pytest.mark.parametrize("transports", [("websocket",), ("polling",), None], ids=["websocket", "polling", "upgrade"])
def test_the_python_client_works_with_the_kit(kit: str, transports: tuple[str, ...] | None) -> None:
    options: dict[str, Any] = {"namespaces": ("/", "/admin"), "auth": {"token": "t"}, "transports": transports}
    with SocketIOClient(kit, **options) as client, SocketIOClient(kit, transports=transports) as other:
        for namespace in ("/", "/admin"):
            assert client.call("echo", {"text": "ä", "bytes": b"\x00\xff"}, namespace=namespace) == {
                "text": "ä", "bytes": b"\x00\xff",
            }
            assert client.call("join", "room", namespace=namespace) == "joined"
            client.emit("tell", "room", 7, namespace=namespace)
            assert client.expect("told", namespace=namespace) == (7, b"\x01\x02\x03")
        other.expect_silence("told", during=0.05)


@requirement("ORI-053")
@pytest.mark.parametrize("runtime", ["node", "chromium"])
@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids=["websocket", "polling", "upgrade"])
def test_the_javascript_client_works_with_the_kit(
    kit: str, javascript: Callable[..., Program], runtime: str, transports: list[str]
) -> None:
    program = javascript(
        """
        const socket = io(ADDRESS + '/admin', { auth: { token: 't' } });
        socket.on('connect_error', (error) => say('refused', error.message));
        socket.on('told', (value, bytes) => say('told', value, bytes.byteLength));
        socket.emit('echo', { text: 'ä' }, (value) => say('echo', value));
        socket.emit('join', 'r', (value) => { say('join', value); socket.emit('tell', 'r', 'x'.repeat(70000).length); });
        """,
        runtime=runtime, transports=transports, names={"ADDRESS": kit},
    )
    assert program.expect("echo") == [{"text": "ä"}]
    assert program.expect("join") == ["joined"]
    assert program.expect("told") == [70000, 3]
    refused = javascript(
        "io(ADDRESS + '/admin').on('connect_error', (error) => say('refused', error.message));",
        runtime=runtime, transports=transports, names={"ADDRESS": kit},
    )
    assert refused.expect("refused") == ["invalid token"]


@requirement("ORI-053")
@pytest.mark.parametrize("text", [
    "const { Server, mockServer } = require('switchboard-client/testing'); console.log(typeof new Server(), typeof mockServer);",
    "import('switchboard-client/testing').then(({ Server, mockServer }) => console.log(typeof new Server(), typeof mockServer));",
], ids=["require", "import"])
def test_the_built_kit_is_found_by_its_name(tmp_path: pathlib.Path, text: str) -> None:
    needs_node()
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    subprocess.run([ROOT / "scripts" / "build-client", "--fast"], check=True)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "switchboard-client").symlink_to(PACKAGE)
    (tmp_path / "program.cjs").write_text(text)
    done = subprocess.run(["node", "program.cjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "function function\n"
