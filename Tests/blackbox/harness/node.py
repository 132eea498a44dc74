# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Running programs of Node, with Debian's `ws` package."""

import os
import pathlib
import shutil
import subprocess
import threading

import pytest

from .waiting import DEADLINE, eventually

NODE_PATH = os.environ.get("NODE_PATH", "/usr/share/nodejs")


def needs_node() -> None:
    """Skips the test, saying so, where there is no Node with `ws`."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed (scripts/setup installs it on Debian)")
    found = subprocess.run(
        ["node", "-e", "require('ws')"], env=os.environ | {"NODE_PATH": NODE_PATH}, capture_output=True, check=False
    )
    if found.returncode != 0:
        pytest.skip("the ws package is not installed (Debian: node-ws)")


class NodeProgram:
    """A program of Node that runs until the test ends it; its output is read line by line."""

    def __init__(self, file: pathlib.Path) -> None:
        self.process = subprocess.Popen(
            ["node", str(file)],
            env=os.environ | {"NODE_PATH": NODE_PATH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def __enter__(self) -> "NodeProgram":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def wait_for_line(self, text: str, *, times: int = 1) -> None:
        """Waits until the program has printed this whole line so many times."""
        eventually(
            lambda: self.lines.count(text) >= times or self.process.poll() is not None,
            within=DEADLINE,
            what=f"the line {text!r} of {self.lines}",
        )
        assert self.lines.count(text) >= times, f"no {text!r} in {self.lines}"

    def wait_for_start(self, start: str) -> str:
        """Waits for a line that begins so, and gives it."""
        return eventually(
            lambda: next((line for line in self.lines if line.startswith(start)), None),
            what=f"a line that begins {start!r}",
        )
