# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The list of requirements (scripts/requirements.py): what it takes for proof."""

import pathlib
import shutil
import subprocess
import sys

import pytest

from harness.server import ROOT


def judge(folder: pathlib.Path, results: str | None, missing: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the script in a project that has the one requirement ALL-01."""
    for name in ("scripts", "Tests", "test-output"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "scripts" / "requirements.py", folder / "scripts")
    (folder / "Tests" / "requirements.txt").write_text("ALL-01  it works\n", encoding="utf-8")
    (folder / "Tests" / "requirements-missing.txt").write_text(missing, encoding="utf-8")
    if results is not None:
        (folder / "test-output" / "a.xml").write_text(f"<testsuite>{results}</testsuite>", encoding="utf-8")
    command = [sys.executable, str(folder / "scripts" / "requirements.py")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("results", "missing", "code", "says"),
    [
        ('<testcase name="ALL-01 works"/>', "", 0, "requirements passed: 1 of 1"),
        ('<testcase name="ALL-01 works"/>', "ALL-01  later\n", 1, "take it out"),
        ('<testcase name="ALL-01 works"><skipped/></testcase>', "", 1, "ALL-01 is named by no test that ran"),
        ('<testcase name="ALL-01 works"><skipped/></testcase>', "ALL-01  later\n", 0, "requirements skipped: 1 of 1"),
        ('<testcase name="other"/>', "", 1, "ALL-01 is named by no test that ran"),
        (None, "", 1, "there are no results in test-output/"),
    ],
    ids=["passed", "passed but listed", "skipped", "skipped and listed", "no test", "no results"],
)
def test_only_a_test_that_ran_proves_a_requirement(
    tmp_path: pathlib.Path, results: str | None, missing: str, code: int, says: str
) -> None:
    judged = judge(tmp_path, results, missing)
    assert judged.returncode == code and says in judged.stdout, judged.stdout + judged.stderr
