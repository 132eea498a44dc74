# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""docs/testing.md: every sample runs as it is printed, and passes."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from harness.browser import needs_browser
from harness.bulkbuyer import BULKBUYER, BulkBuyerClient
from harness.client import Client
from harness.commands import switchboard
from harness.javascript import PACKAGE
from harness.node import NODE_PATH, needs_node
from harness.rooms import ROOMS
from harness.server import RANGKAI, ROOT, SWITCHBOARD, environment
from harness.tokens import SECRET
from test_scenarios import MockServer

requirement = pytest.mark.requirement
GUIDE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
#: The samples by the names of their files, as they are printed.
SAMPLES = {name: text for name, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)}


def run(*command: str, folder: pathlib.Path, **variables: str) -> str:
    paths = os.pathsep.join([str(ROOT / "Clients" / "python" / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=180, check=False,
        env=environment(PYTHONPATH=paths, SWITCHBOARD=str(SWITCHBOARD), **variables),
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def pytest_runs(name: str, folder: pathlib.Path, tests: int, **variables: str) -> None:
    """Runs a sample of pytest with the project's folder as its own, as its paths say."""
    (folder / name).write_text(SAMPLES[name], encoding="utf-8")
    for part in ("Contracts", "Examples"):
        (folder / part).symlink_to(ROOT / part)
    (folder / "pytest.ini").write_text("[pytest]\n")
    output = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", name, folder=folder, **variables)
    assert f"{tests} passed" in output, output


def node_runs(name: str, folder: pathlib.Path, **variables: str) -> None:
    """Runs a sample of node with the built client package."""
    needs_node()
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    subprocess.run([str(ROOT / "scripts" / "build-client"), "--fast"], check=True, timeout=120)
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "switchboard-client").symlink_to(PACKAGE)
    (folder / name).write_text(SAMPLES[name], encoding="utf-8")
    output = run("node", "--test", "--test-reporter=tap", name, folder=folder, NODE_PATH=NODE_PATH, **variables)
    assert re.search(r"^# pass 1$", output, re.MULTILINE) and re.search(r"^# fail 0$", output, re.MULTILINE), output


def test_the_guide_has_the_samples_that_are_run_here() -> None:
    assert set(SAMPLES) == {"test_pools.py", "orders.test.mjs", "WinnerTests.swift", "test_page.py", "health.test.cjs"}


def test_the_printed_commands_run(tmp_path: pathlib.Path) -> None:
    lines = re.findall(r"^    switchboard (.*)$", GUIDE, re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["serve", "token", "session", "check"]
    serve, token, session, check = (shlex.split(line) for line in lines)
    # From the project's folder, as the paths are written.
    paths = [str(ROOT / word) if word.endswith(".yaml") else word for word in serve[1:]]
    assert paths == [str(ROOMS), "--mock", "--scenario", str(ROOT / "Examples" / "scenarios" / "rooms.yaml")]
    run(str(SWITCHBOARD), *check, folder=ROOT)
    made = run(str(SWITCHBOARD), *token, folder=ROOT, RANGKAI_JWT_SECRET=SECRET)
    expired = run(str(SWITCHBOARD), *token, "--expires=-1m", folder=ROOT, RANGKAI_JWT_SECRET=SECRET)
    with MockServer(RANGKAI, paused=True, binary=str(SWITCHBOARD), RANGKAI_JWT_SECRET=SECRET) as server:
        with Client(f"{server.address}?token={made.strip()}") as client:
            assert client.welcome()["userId"] == "did:rangkai:alice"
        with Client(f"{server.address}?token={expired.strip()}") as client:
            assert client.receive()["type"] == "error"
    with MockServer(BULKBUYER, paused=True, binary=str(SWITCHBOARD)) as server:
        admin = next(line for line in server.log.splitlines() if line.startswith("admin API: "))
        answer = run(
            str(SWITCHBOARD), *session, "--admin", admin.removeprefix("admin API: "), folder=ROOT, SWITCHBOARD_API_KEY=server.key
        )
        with BulkBuyerClient(server.address, additional_headers={"Cookie": f"session={json.loads(answer)['id']}"}) as client:
            client.ping()


@requirement("BULK-032")
def test_the_sample_of_pytest_runs(tmp_path: pathlib.Path) -> None:
    pytest_runs("test_pools.py", tmp_path, tests=2)


@requirement("BULK-032")
def test_the_sample_of_playwright_runs(tmp_path: pathlib.Path) -> None:
    pytest_runs("test_page.py", tmp_path, tests=1, CHROMIUM=needs_browser())


@requirement("BULK-032")
def test_the_sample_of_node_runs(tmp_path: pathlib.Path) -> None:
    for part in ("Contracts", "Examples"):
        (tmp_path / part).symlink_to(ROOT / part)
    node_runs("orders.test.mjs", tmp_path)


def test_the_sample_of_swift_runs(tmp_path: pathlib.Path) -> None:
    compiled = ROOT / "Tests" / "SwitchboardClientTests" / "WinnerTests.swift"
    # All but the header, which every file of the project has.
    assert compiled.read_text(encoding="utf-8").split("\n", 5)[5] == SAMPLES["WinnerTests.swift"]
    bundle = SWITCHBOARD.parent / "switchboardPackageTests.xctest"
    if not bundle.exists():
        pytest.skip("the Swift tests are not built (swift build --build-tests)")
    scenario = ROOT / "Examples" / "scenarios" / "rooms.yaml"
    with MockServer(ROOMS, scenario=scenario, binary=str(SWITCHBOARD), ROOMS_APPS="apps/rooms.yaml") as server:
        admin = next(line for line in server.log.splitlines() if line.startswith("admin API: "))
        output = run(
            str(bundle), "--testing-library", "swift-testing", "--filter", "WinnerTests", folder=tmp_path,
            ROOMS_URL=server.address, SWITCHBOARD_API_KEY=server.key, SWITCHBOARD_ADMIN=admin.removeprefix("admin API: "),
        )
    assert re.search(r"a winner is told with the prize\S* passed", output), output


@requirement("BULK-032", "ORI-053")
def test_the_sample_of_the_kit_runs(tmp_path: pathlib.Path) -> None:
    node_runs("health.test.cjs", tmp_path)


def test_the_printed_scenarios_are_right(tmp_path: pathlib.Path) -> None:
    texts = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert len(texts) == 2
    for number, (text, contract) in enumerate(zip(texts, (BULKBUYER, ROOMS), strict=True)):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text if text.startswith("scenario:") else f"scenario: rooms\n{text}", encoding="utf-8")
        done = switchboard("check", str(contract), str(file))
        assert done.returncode == 0, done.stderr
