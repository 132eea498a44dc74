# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""React's modules as they are published: a user's compiler reads their types."""

import json
import pathlib
import re
import shutil
import subprocess

import pytest

from harness.react import PACKAGE
from harness.server import ROOT, environment

requirement = pytest.mark.requirement
DENO = ROOT / ".venv" / "bin" / "deno"


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    """A user's project with the package; what it needs of React's own types stands for those."""
    if not DENO.exists() or shutil.which("esbuild") is None:
        pytest.skip("deno or esbuild is not installed (scripts/setup installs them)")
    built = subprocess.run([str(ROOT / "scripts" / "build-client")], capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    modules = tmp_path / "node_modules"
    (modules / "switchboard-client").mkdir(parents=True)
    (modules / "switchboard-client" / "dist").symlink_to(PACKAGE / "dist")
    shutil.copy(PACKAGE / "package.json", modules / "switchboard-client")
    for name in ("react", "socket.io-client"):
        folder = modules / name
        folder.mkdir()
        shutil.copy(PACKAGE / "types" / f"{name}.d.ts", folder / "index.d.ts")
        (folder / "index.js").touch()
        (folder / "package.json").write_text(json.dumps({"name": name, "version": "18.3.1", "types": "index.d.ts"}))
    dependencies = {"switchboard-client": "*", "react": "*", "socket.io-client": "*"}
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": dependencies}))
    (tmp_path / "deno.json").write_text('{"nodeModulesDir": "manual"}')
    return tmp_path


@requirement("PAY-022", "RNG-053", "ROOM-086")
def test_the_hooks_are_typed_in_what_is_published(project: pathlib.Path) -> None:
    # What the package's own sources are checked with, with the names that users import. It expects errors, too.
    text = (PACKAGE / "test" / "react-types.ts").read_text(encoding="utf-8")
    text, count = re.subn(r"'\.\./src/([\w/]+?)(/index)?\.ts'", r"'switchboard-client/\1'", text)
    assert count == 5
    (project / "app.ts").write_text(text, encoding="utf-8")
    variables = environment(DENO_NO_UPDATE_CHECK="1", DENO_DIR=str(ROOT / ".build" / "deno"), NO_COLOR="1")
    checked = subprocess.run(
        [str(DENO), "check", "app.ts"], cwd=project, env=variables, capture_output=True, text=True, timeout=120, check=False
    )
    assert checked.returncode == 0, checked.stderr
