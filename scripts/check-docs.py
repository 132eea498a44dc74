#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Checks the documentation: every relative link of every Markdown file leads somewhere, and OpenAPI files are valid.

Prints findings as file:line: text. Exit: 0 when there is none, 1 otherwise.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(page: pathlib.Path) -> set[str]:
    """The anchors that a Markdown page's headings make, by the usual rule (lower case, spaces to hyphens)."""
    found = set()
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            title = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
            found.add(title.replace(" ", "-"))
    return found


def broken_links(page: pathlib.Path) -> list[str]:
    findings = []
    in_code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        if in_code:
            continue
        for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, fragment = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            where = f"{page.relative_to(ROOT)}:{number}"
            if not file.exists():
                findings.append(f"{where}: there is no {target}")
            elif fragment and file.suffix == ".md" and fragment not in anchors(file):
                findings.append(f"{where}: {path or 'this page'} has no heading #{fragment}")
    return findings


def openapi_faults(file: pathlib.Path) -> list[str]:
    from openapi_spec_validator import validate
    from openapi_spec_validator.readers import read_from_filename

    try:
        document, _ = read_from_filename(str(file))
        validate(document)
    except Exception as fault:  # whatever the validator cannot take is a fault of the file
        return [f"{file.relative_to(ROOT)}:1: {fault}"]
    return []


def main() -> int:
    pages = sorted(p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    findings = [finding for page in pages for finding in broken_links(page)]
    specifications = sorted((ROOT / "docs").glob("openapi*.yaml"))
    for file in specifications:
        findings += openapi_faults(file)
    print(*findings, sep="\n", end="\n" if findings else "")
    print(f"docs: {len(pages)} pages, {len(specifications)} OpenAPI files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
