# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Waiting on conditions, never on time alone."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

#: How long anything that must happen may take, on a machine that is busy with other tests. In seconds.
DEADLINE = 20.0
#: How long to listen before saying that nothing came. In seconds.
SILENCE = 0.25


def eventually(condition: Callable[[], Value], *, within: float = DEADLINE, what: str = "the condition") -> Value:
    """The first truthy value of `condition`, asked again until `within` seconds are over."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {within} s; its last value was {value!r}")
        time.sleep(0.02)
