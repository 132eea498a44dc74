# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Pages of metrics, in the Prometheus text format 0.0.4."""

import re

SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")


def samples(page: str) -> list[tuple[str, dict[str, str], float]]:
    """Name, labels and value of every line of a page."""
    found = []
    for line in page.splitlines():
        if line and not line.startswith("#"):
            parts = SAMPLE.match(line)
            assert parts, f"not a sample: {line}"
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', parts["labels"] or ""))
            found.append((parts["name"], labels, float(parts["value"])))
    return found


def total(page: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples that have these labels; one that lacks a label is not told apart by it, and counts."""
    values = [v for n, own, v in samples(page) if n == name and all(own.get(k, w) == w for k, w in labels.items())]
    assert values, f"no {name} with {labels}"
    return sum(values)
