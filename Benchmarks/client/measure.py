#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What the JavaScript client costs a page, in headless Chromium against the server.

First many events a second for some seconds, shown in a list that changes with each batch: what arrived, in which order and how
late, and the longest task of the page. (On a busy machine tasks are long because others run: give it priority.) Then many reconnects: what the page still holds after them, garbage collected.
Needs what scripts/setup installs, and a build of the server and of the client (scripts/build-client).

    .venv/bin/python Benchmarks/client/measure.py                    10,000 events/s for 10 s, 1,000 reconnects
    .venv/bin/python Benchmarks/client/measure.py --rate 2000 --batch 0   each event by itself
    SWITCHBOARD_BIN_DIR=.build/debug .venv/bin/python Benchmarks/client/measure.py
"""

import argparse
import asyncio
import functools
import gzip
import http.server
import os
import pathlib
import sys
import tempfile
import threading
import time
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("SWITCHBOARD_BIN_DIR", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Tests" / "blackbox"))

from harness.browser import needs_browser  # noqa: E402
from harness.server import Server  # noqa: E402
from harness.tokens import token  # noqa: E402

DIST = ROOT / "Clients" / "javascript" / "dist"
#: Publications of one request.
BUNCH = 100


class Pages(http.server.SimpleHTTPRequestHandler):
    """The page, and the client as it was built."""

    def translate_path(self, path: str) -> str:
        name = path.split("?")[0].lstrip("/")
        folder = DIST.parent if name.startswith("dist/") else pathlib.Path(__file__).parent
        return str(folder / name)

    def log_message(self, *_: object) -> None:
        pass


async def publish(server: Server, rate: int, seconds: float) -> float:
    """Publishes numbered announcements evenly, and gives the rate that was reached."""
    import httpx

    loop = asyncio.get_running_loop()
    headers = {"Authorization": server.admin.http.headers["Authorization"]}
    async with httpx.AsyncClient(base_url=server.admin.base, headers=headers, trust_env=False, timeout=60) as client:
        start = loop.time()
        for bunch in range(int(rate * seconds) // BUNCH):
            due = start + bunch * BUNCH / rate
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            numbers = range(bunch * BUNCH, (bunch + 1) * BUNCH)
            body = [
                {"event": "announcement", "data": {"n": n, "title": f"Announcement {n}", "made": time.time() * 1000}}
                for n in numbers
            ]
            answer = await client.post("/v1/platforms/rangkai/events", json=body)
            answer.raise_for_status()
        return int(rate * seconds) // BUNCH * BUNCH / (loop.time() - start)


async def measure_events(page: Any, server: Server, options: argparse.Namespace) -> None:
    total = int(options.rate * options.seconds) // BUNCH * BUNCH
    url = server.url(token("did:rangkai:alice"))
    await page.evaluate("options => begin(options)", {"url": url, "batch": options.batch})
    await page.wait_for_function("isReady()")
    reached = await asyncio.to_thread(lambda: asyncio.run(publish(server, options.rate, options.seconds)))
    await page.wait_for_function("total => count() >= total", arg=total, timeout=120_000)
    told = await page.evaluate("end()")
    print(f"events: {told['count']} of {total} arrived, {told['misplaced']} out of order, {told['faults']} faults")
    print(f"  published at {reached:.0f}/s; from there to the handler p50 {told['p50']:.0f} ms, p99 {told['p99']:.0f} ms")
    longest = f"{told['tasks']}, the longest {told['longest']:.0f} ms"
    print(f"  tasks over 50 ms: {longest}; handlers of one burst at most {told['burst']:.1f} ms")


async def held(session: Any) -> dict[str, float]:
    """What the page holds once its garbage is collected."""
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    metrics = await session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in metrics["metrics"]}


async def measure_reconnects(page: Any, server: Server, options: argparse.Namespace) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await page.evaluate("url => watch(url)", server.url(token("did:rangkai:alice")))
    await page.evaluate("count => drop(count)", 100)
    before, timers = await held(session), await page.evaluate("timers()")
    start = time.monotonic()
    for _ in range(options.reconnects // 100):
        await page.evaluate("count => drop(count)", 100)
    took = time.monotonic() - start
    after, more = await held(session), await page.evaluate("timers()")
    growth = after["JSHeapUsedSize"] - before["JSHeapUsedSize"]
    print(f"reconnects: {options.reconnects} in {took:.1f} s")
    print(f"  heap {before['JSHeapUsedSize'] / 1024:.0f} KiB before, {growth / 1024:+.1f} KiB after them")
    listening = f"{before['JSEventListeners']:.0f} before and {after['JSEventListeners']:.0f} after"
    print(f"  listeners {listening}, timers {timers} and {more}")
    await page.evaluate("stop()")
    ended = await held(session)
    left = await page.evaluate("timers()")
    there = len(await asyncio.to_thread(server.admin.connections))
    print(f"  after close(): {ended['JSEventListeners']:.0f} listeners, {left} timers, {there} connections on the server")


async def main(options: argparse.Namespace) -> None:
    from playwright.async_api import async_playwright

    script = (DIST / "switchboard.js").read_bytes()
    print(f"size of the core: {len(script)} bytes, {len(gzip.compress(script, 9))} gzipped")
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as data:
        server = Server(pathlib.Path(data)).start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=needs_browser(), args=["--no-sandbox", "--enable-precise-memory-info"]
                )
                page = await browser.new_page()
                page.on("console", lambda message: print(f"page: {message.text}"))
                page.on("pageerror", lambda error: print(f"uncaught: {error}"))
                await page.goto(f"http://127.0.0.1:{pages.server_port}/page.html")
                await page.wait_for_function("globalThis.isLoaded")
                if options.seconds > 0:
                    await measure_events(page, server, options)
                if options.reconnects > 0:
                    await measure_reconnects(page, server, options)
                await browser.close()
        finally:
            server.kill()
            pages.shutdown()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What the JavaScript client costs a page.")
    parser.add_argument("--rate", type=int, default=10_000, help="events a second")
    parser.add_argument("--seconds", type=float, default=10, help="how long; 0: not at all")
    parser.add_argument("--batch", type=int, default=100, help="milliseconds that events are collected; 0: not at all")
    parser.add_argument("--reconnects", type=int, default=1000, help="0: none")
    asyncio.run(main(parser.parse_args()))
