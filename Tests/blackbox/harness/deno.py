# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""deno, which checks types, lint and format of TypeScript, with the client package under the name that programs import."""

import json
import os
import pathlib
import re
import subprocess
import sys

from .server import ROOT

DENO = pathlib.Path(sys.executable).with_name("deno")
CLIENT = ROOT / "Clients" / "javascript"

_PLACE = re.compile(r"at file://(\S+):(\d+):(\d+)")


def settings(folder: pathlib.Path) -> None:
    """Writes the configuration with which programs in the folder find the client package, laid out as the house does it."""
    names = {"": "index", "/schema": "schema", "/socketio": "socketio/index", "/bulkbuyer": "bulkbuyer"}
    imports = {f"switchboard-client{name}": (CLIENT / "src" / f"{file}.ts").as_uri() for name, file in names.items()}
    imports["socket.io-client"] = (CLIENT / "types" / "socket.io-client.d.ts").as_uri()
    house = json.loads((CLIENT / "deno.json").read_text(encoding="utf-8"))
    layout = {key: value for key, value in house["fmt"].items() if key != "exclude"}
    text = {"imports": imports, "compilerOptions": house["compilerOptions"], "nodeModulesDir": "none", "fmt": layout}
    (folder / "deno.json").write_text(json.dumps(text), encoding="utf-8")


def variables() -> dict[str, str]:
    """The environment for deno: it asks nobody for updates and keeps what it has compiled."""
    return os.environ | {"DENO_NO_UPDATE_CHECK": "1", "DENO_DIR": str(ROOT / ".build" / "deno"), "NO_COLOR": "1"}


def deno(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DENO), *arguments], cwd=folder, env=variables(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=120, check=False,
    )


def wrong_lines(output: str, file: pathlib.Path) -> set[int]:
    """The lines of a file that the compiler complains about."""
    return {int(line) for path, line, _ in _PLACE.findall(output) if pathlib.Path(path).name == file.name}
