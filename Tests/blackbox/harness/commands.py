# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The program's commands, run to their end."""

import subprocess

from .server import RANGKAI, SWITCHBOARD, environment

#: Every command with the arguments that it cannot do without.
COMMANDS = {
    "serve": [str(RANGKAI)],
    "check": [str(RANGKAI)],
    "token": [str(RANGKAI), "--user", "u"],
    "publish": ["rangkai", "order.paid", "{}"],
    "listen": [str(RANGKAI)],
    "bench": [str(RANGKAI), "--channel", "global", "--event", "announcement"],
    "explain": [str(RANGKAI), "--channel", "global"],
    "docs": [str(RANGKAI)],
    "generate": ["typescript", str(RANGKAI)],
    "diff": [str(RANGKAI), str(RANGKAI)],
}


def switchboard(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SWITCHBOARD), *arguments], env=environment(**variables), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60, check=False,
    )
