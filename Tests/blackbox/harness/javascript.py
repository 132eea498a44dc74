# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Programs of JavaScript with the stock socket.io-client, in Node or in a browser, and what they tell the test.

A program finds `io` (the client; printed addresses lead to the server under test), `say(name, ...values)`, whose calls
the test awaits with `expect`, and the names that the test defines for it.
"""

import functools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from .node import NODE_PATH, needs_node
from .server import ROOT, environment
from .waiting import DEADLINE, SILENCE, eventually

FOLDER = pathlib.Path(__file__).parent / "javascript"
#: Where scripts/vendor puts the official bundles.
CLIENTS = ROOT / ".vendor" / "socket.io-client"
#: The client package.
PACKAGE = ROOT / "Clients" / "javascript"
#: The stock clients, newest first.
VERSIONS = ("4.8.1", "4.7.5", "4.7.2")
#: How a client may be told to connect, by the name that the tests give it.
TRANSPORTS = {
    "websocket": ["websocket"],
    "polling": ["polling"],
    "upgrade": ["polling", "websocket"],
}


def client_file(version: str) -> pathlib.Path:
    """The bundle of this version; skips the test, saying so, where it is not installed."""
    file = CLIENTS / f"{version}.js"
    if not file.exists():
        pytest.skip(f"socket.io-client {version} is not installed (scripts/vendor takes it out of a package of PyPI)")
    return file


def _script_of_ours(folder: pathlib.Path) -> str:
    """The client package's script for pages that have loaded a stock client."""
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    file = folder / "switchboard-io.js"
    sources = PACKAGE / "src" / "socketio"
    subprocess.run(
        [
            "esbuild", str(sources / "index.ts"), "--bundle", "--format=iife", "--target=es2020", "--log-level=warning",
            "--global-name=SwitchboardIO", f"--alias:socket.io-client={sources / 'global.ts'}", f"--outfile={file}",
        ],
        check=True,
    )
    return file.read_text(encoding="utf-8")


@functools.cache
def bundle_of_ours(version: str) -> pathlib.Path:
    """A script whose `io` is the client package's, with this stock client below."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="client-"))
    file = folder / f"{version}.js"
    file.write_text(
        client_file(version).read_text(encoding="utf-8")
        + "\n;if (typeof module === 'object') { globalThis.io = module.exports; }\n"
        + _script_of_ours(folder)
        + "\n;if (typeof module === 'object') { module.exports = SwitchboardIO.io; } else { globalThis.io = SwitchboardIO.io; }\n",
        encoding="utf-8",
    )
    return file


@dataclass
class Options:
    """What a program is run with."""

    version: str = VERSIONS[0]
    #: Whether `io` is the client package's, with that stock client under it.
    is_ours: bool = False
    #: The client's transports; None leaves them to the program.
    transports: Sequence[str] | None = None
    #: Printed address -> the server's, such as {"wss://api.platform.example.com": "http://127.0.0.1:4000"}. Paths stay.
    hosts: Mapping[str, str] = field(default_factory=dict)
    #: Further options of `io`, which win over the program's.
    io: Mapping[str, object] = field(default_factory=dict)
    #: Names that the program takes for granted, with their values (JSON).
    names: Mapping[str, object] = field(default_factory=dict)
    #: Names of functions that it takes for granted: calls are told as by `say`.
    functions: Sequence[str] = ()

    def written(self) -> dict[str, object]:
        """As prelude.js takes them."""
        forced = dict(self.io) | ({} if self.transports is None else {"transports": list(self.transports)})
        return {
            "client": str(bundle_of_ours(self.version) if self.is_ours else client_file(self.version)),
            "hosts": list(self.hosts.items()),
            "options": forced,
            "names": dict(self.names),
            "functions": list(self.functions),
        }


def is_module(text: str) -> bool:
    """Whether a program has import or export statements."""
    return re.search(r"^(import|export)\b", text, re.MULTILINE) is not None


class Program:
    """A running program: its console's lines, and what it said with `say`."""

    def __init__(self) -> None:
        #: Everything that the console showed, a line each, in order.
        self.lines: list[str] = []
        self._taken = 0
        self._kept: list[list[Any]] = []

    # For subclasses

    def run(self, text: str) -> None:
        """Runs more text, which sees what the program defined (not a module's names)."""
        raise NotImplementedError

    def is_running(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    # For tests

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def told(self) -> list[list[Any]]:
        """All calls of `say` until now, in order: [name, *values]."""
        return [said for line in list(self.lines) if (said := _said(line)) is not None]

    def expect(self, name: str, *, within: float = DEADLINE) -> list[Any]:
        """Waits for the first call of `say` with this name that no `expect` has taken, and gives its values."""

        def take() -> list[Any] | None:
            lines = self.lines[self._taken :]
            self._taken += len(lines)
            self._kept += [said for line in lines if (said := _said(line)) is not None]
            for index, said in enumerate(self._kept):
                if said[0] == name:
                    return self._kept.pop(index)
            return None if self.is_running() else ["end of the program"]

        try:
            found = eventually(take, within=within)
        except AssertionError:
            found = None
        assert found is not None and found[0] == name, f"no {name!r} within {within} s:\n" + "\n".join(self.lines[-60:])
        return found[1:]

    def expect_line(self, start: str, *, within: float = DEADLINE) -> str:
        """Waits for a line of the console that begins so, and gives it."""
        eventually(
            lambda: any(line.startswith(start) for line in self.lines) or not self.is_running(),
            within=within, what=f"a line that begins {start!r}",
        )
        found = next((line for line in self.lines if line.startswith(start)), None)
        assert found is not None, f"no line begins {start!r}:\n" + "\n".join(self.lines[-60:])
        return found

    def expect_silence(self, name: str, *, during: float = SILENCE) -> None:
        """Nothing of this name is told for a while."""
        try:
            values = self.expect(name, within=during)
        except AssertionError:
            return
        raise AssertionError(f"{name!r} was told: {values!r}")


def _said(line: str) -> list[Any] | None:
    if not line.startswith('["'):
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None


class NodeRuntime(Program):
    """A program in Node (18 or later, Debian's `ws`)."""

    def __init__(self, folder: pathlib.Path, text: str, options: Options, **variables: str | None) -> None:
        """`folder` must be empty; `variables` are for the process's environment, such as NODE_EXTRA_CA_CERTS."""
        super().__init__()
        needs_node()
        program = folder / ("program.mjs" if is_module(text) else "program.js")
        program.write_text(text, encoding="utf-8")
        (folder / "options.json").write_text(json.dumps(options.written()), encoding="utf-8")
        package = folder / "node_modules" / "socket.io-client"
        package.mkdir(parents=True)
        (package / "package.json").write_text(
            '{"name": "socket.io-client", "exports": {"import": "./module.mjs", "require": "./script.cjs"}}'
        )
        (package / "module.mjs").write_text(MODULE)
        (package / "script.cjs").write_text("module.exports = globalThis.io;\n")
        self.process = subprocess.Popen(
            ["node", str(FOLDER / "node.js"), str(folder / "options.json"), str(program)],
            env=environment(NODE_PATH=NODE_PATH, **variables),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def run(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()

    def is_running(self) -> bool:
        return self._reader.is_alive()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(5)


#: What `import … from 'socket.io-client'` gives, in Node and in a page.
MODULE = (
    "const { io, Manager, Socket, connect, protocol } = globalThis.io;\n"
    "export { io, Manager, Socket, connect, protocol };\nexport default io;\n"
)
