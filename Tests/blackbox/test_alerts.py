# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The shipped alert rules (deploy/prometheus), judged by Prometheus's own tool and held against a server's metrics page."""

import pathlib
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml

from harness.server import ROOT, Server

FOLDER = ROOT / "deploy" / "prometheus"
RULES = FOLDER / "switchboard.rules.yml"


def promtool(*arguments: str) -> None:
    beside = pathlib.Path(sys.executable).parent / "promtool"
    tool = str(beside) if beside.exists() else shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed (scripts/setup takes it from Debian's prometheus package)")
    done = subprocess.run([tool, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "FAILED" not in done.stdout, done.stdout + done.stderr


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_the_rules_are_rules() -> None:
    promtool("check", "rules", RULES.name)


def test_each_alert_is_raised_and_clears_again() -> None:
    promtool("test", "rules", "switchboard.test.yml")
    tested = (FOLDER / "switchboard.test.yml").read_text(encoding="utf-8")
    for rule in alerts():
        assert tested.count(f"alertname: {rule['alert']}") >= 2, rule["alert"]


def test_the_rules_speak_of_metrics_that_there_are(rangkai: Server) -> None:
    page = rangkai.admin.metrics()
    families = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
    named = {name for rule in alerts() for name in re.findall(r"switchboard_\w+", rule["expr"])}
    assert named, "no rule names a metric"
    for name in named:
        assert name.removesuffix("_bucket") in families, name
