#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""How soon the pages of `make run` show their first event, in milliseconds from the beginning of the navigation.

    .venv/bin/python Benchmarks/pages.py [http://localhost:9000/] [LOADS]

Each load is a browser context of its own, with nothing in its cache. Needs Chromium and playwright (scripts/setup test).
"""

import asyncio
import os
import shutil
import statistics
import sys

from playwright.async_api import Browser, async_playwright

TABS = ("rangkai", "rooms", "paychain", "orion", "bulkbuyer")
#: Waits until the first event is painted, and says when that was.
FIRST = """async (name) => {
    for (;;) {
        const [mark] = performance.getEntriesByName(name);
        if (mark) return mark.startTime;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}"""


async def first_event(browser: Browser, address: str, tab: str) -> float:
    context = await browser.new_context()
    try:
        page = await context.new_page()
        await page.goto(f"{address}#{tab}")
        return float(await page.evaluate(FIRST, f"first event: {tab}"))
    finally:
        await context.close()


async def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:9000/"
    loads = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    program = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for tab in TABS:
            times = sorted([await first_event(browser, address, tab) for _ in range(loads)])
            print(f"{tab:10} median {statistics.median(times):4.0f} ms, {times[0]:4.0f} to {times[-1]:4.0f} ms, {loads} loads")
        await browser.close()


asyncio.run(main())
