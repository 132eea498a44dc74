# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Contracts of the tests' own, made from a shipped one by changing single keys."""

import pathlib
import re
from collections.abc import Callable
from typing import Any

import yaml

from .server import RANGKAI

VARIABLE = re.compile(r"\$\{\w+(?::-[^}]*)?\}")
PLACEHOLDER = re.compile(r"VARIABLE_(\d+)_")


class _Loader(yaml.SafeLoader):
    """Reads times as the text that they are in a contract."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def derived(
    folder: pathlib.Path,
    change: Callable[[dict[str, Any]], None],
    name: str = "changed.yaml",
    source: pathlib.Path = RANGKAI,
) -> pathlib.Path:
    """Writes a shipped contract after `change` edited it, and gives its path.

    Variables stay as they are written: the server under test fills them in.
    """
    variables: list[str] = []

    def hide(found: re.Match[str]) -> str:
        # A placeholder that YAML takes as plain text in any place, also in a flow mapping.
        variables.append(found[0])
        return f"VARIABLE_{len(variables) - 1}_"

    document = yaml.load(VARIABLE.sub(hide, source.read_text(encoding="utf-8")), _Loader)
    change(document)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=False, width=1000)
    file = folder / name
    file.write_text(PLACEHOLDER.sub(lambda found: variables[int(found[1])], text), encoding="utf-8")
    return file
