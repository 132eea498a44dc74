# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The platforms' printed blocks, as they stand in Tests/blackbox/documents."""

import pathlib

DOCUMENTS = pathlib.Path(__file__).parents[1] / "documents"


def printed(name: str, replace: dict[str, str] | None = None) -> str:
    """A block's text. Only placeholders are replaced, each of which must be there."""
    text = (DOCUMENTS / name).read_text(encoding="utf-8")
    for placeholder, value in (replace or {}).items():
        assert placeholder in text, f"{name} has no {placeholder!r}"
        text = text.replace(placeholder, value)
    return text
