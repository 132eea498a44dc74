# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A frontend of PayChain as its document has it: components that import `../contexts/WebSocketContext`."""

import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from .react import PACKAGE, ReactPage
from .server import ROOT

#: The one line of an app that leads to the package.
CONTEXT = ROOT / "Examples" / "frontend" / "src" / "contexts" / "WebSocketContext.jsx"

#: Keeps what the page's sockets do: `sockets`, each with its address, when it was made, and the texts that it sent.
RECORD = """
globalThis.sockets = [];
const Stock = globalThis.WebSocket;
globalThis.WebSocket = class extends Stock {
  sent = [];
  received = [];
  time = Date.now();
  constructor(...values) {
    super(...values);
    sockets.push(this);
    this.addEventListener('message', ({ data }) => this.received.push(data));
  }
  send(text) { this.sent.push(text); super.send(text); }
};
"""

#: Shows the indicator and gives the hook's value to the test as `hook`; what `on` tells of is kept as `heard`.
APP = """
import { WebSocketProvider, WebSocketStatus, useWebSocket } from './contexts/WebSocketContext';

function Inner() {
  const value = useWebSocket();
  globalThis.hook = value;
  globalThis.hooks = (globalThis.hooks ?? []).concat([value]);
  return <p id="state">{value.state} {String(value.isConnected)}</p>;
}
globalThis.heard = [];
globalThis.faults = [];
function Listener() {
  const { on } = useWebSocket();
  React.useEffect(() => {
    const stops = LISTEN.map((type) => on(type, (data) => heard.push([type, data])));
    return () => stops.forEach((stop) => stop());
  }, []);
  return null;
}
export function App() {
  return (
    <WebSocketProvider url={URL_OF_SERVER} channels={CHANNELS} onError={(fault) => faults.push(fault)} {...properties()}>
      <WebSocketStatus className="indicator" />
      <Inner />
      <Listener />
    </WebSocketProvider>
  );
}
"""


def build_client() -> None:
    """Builds the package's bundles, as `make` does; skips the test, saying so, where there is no esbuild."""
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    done = subprocess.run(
        [str(ROOT / "scripts" / "build-client"), "--fast"], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (PACKAGE / "dist").is_dir()


def open_app(
    react: Callable[..., ReactPage],
    port: int,
    *,
    properties: str = "{}",
    channels: list[str] | None = None,
    listen: list[str] | None = None,
    **options: Any,
) -> ReactPage:
    """The app, connected to PayChain on this port. `properties` of the provider are an expression."""
    names = {
        "URL_OF_SERVER": f"ws://localhost:{port}/ws", "CHANNELS": channels or [], "LISTEN": listen or ["job_created"],
    } | options.pop("names", {})
    setup = RECORD + options.pop("setup", "") + f"\nglobalThis.properties = () => ({properties});\n"
    modules = {"/src/contexts/WebSocketContext.jsx": CONTEXT.read_text(encoding="utf-8")} | options.pop("modules", {})
    return react(options.pop("program", APP), names=names, setup=setup, modules=modules, **options)
