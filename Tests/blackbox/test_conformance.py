# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""RFC 6455 conformance: the Autobahn cases, run by kosoku against the echo server.

Groups 1-7 and 10 are the protocol, group 9 large messages and many fragments. Groups 12 and 13 need
permessage-deflate, which the transport does not speak. The binary is looked for in SWITCHBOARD_BIN_DIR,
by default .build/debug.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("SWITCHBOARD_BIN_DIR", ROOT / ".build" / "debug"))
PASSING = {"OK", "NON-STRICT", "INFORMATIONAL"}

# The number of cases each run must report: a runner that skips them would otherwise pass.
CORE_CASES = 247
LIMIT_CASES = 54


def run_cases(port: int, report: pathlib.Path, *selection: str) -> dict:
    """Runs the selected cases and returns what became of each, by case id."""
    program = pathlib.Path(sys.executable).with_name("kosoku")
    command = [str(program) if program.exists() else "kosoku"]
    subprocess.run(
        [*command, *selection, "-p", "4", "-o", str(report), f"127.0.0.1:{port}"],
        timeout=300,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    (cases,) = json.loads((report / "index.json").read_text()).values()
    return cases


def start_echo_server() -> tuple[subprocess.Popen, int]:
    """Starts the server on a free port, which it prints when it is listening."""
    binary = BIN_DIR / "EchoServer"
    assert binary.exists(), f"{binary} is missing; build it, or set SWITCHBOARD_BIN_DIR"
    server = subprocess.Popen([str(binary), "0"], stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    return server, int(line.rsplit(":", 1)[1])


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        pytest.param(("-x", "9.*", "-x", "12.*", "-x", "13.*"), CORE_CASES, id="core"),
        pytest.param(("-i", "9.*"), LIMIT_CASES, id="limits"),
    ],
)
def test_every_case_of_the_group_passes(tmp_path, selection, count):
    server, port = start_echo_server()
    try:
        cases = run_cases(port, tmp_path, *selection)
    finally:
        server.kill()
        server.wait()
    failed = {
        name: (case["behavior"], case["behaviorClose"])
        for name, case in cases.items()
        if case["behavior"] not in PASSING or case["behaviorClose"] not in PASSING
    }
    assert failed == {}
    assert len(cases) == count
