# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Pages of an app that is built with React 18, as a frontend's development server would serve them.

The page's files are answered within the browser, so that the app's origin is whatever the test says: the documented
`http://localhost:5173`, or the server's own. WebSockets and all else go to the real network.
"""

import json
import pathlib
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest

from .browser import Browser
from .javascript import FOLDER, MODULE, VERSIONS, Program, client_file
from .server import ROOT

VENDOR = ROOT / ".vendor" / "react"
PACKAGE = ROOT / "Clients" / "javascript"
#: Where Vite serves an app while it is developed.
VITE = "http://localhost:5173"

#: When a page's clock of the tests' own begins, in seconds since 1970.
CLOCK = 1_800_000_000
#: The names that `import … from 'react'` and its like find: React is an object of the page, as its bundles leave it.
REACT = (
    "const React = globalThis.React;\nexport default React;\n"
    "export const {{ {names} }} = React;\n"
)
REACT_NAMES = (
    "Component, Fragment, StrictMode, createContext, createElement, memo, useCallback, useContext, useEffect, useId, "
    "useInsertionEffect, useLayoutEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore, version"
)
REACT_DOM = "export const { createRoot, flushSync } = globalThis.ReactDOM;\nexport default globalThis.ReactDOM;\n"

#: Mounts `App` of the program, and lets the test unmount it and mount it again.
MOUNT = """
import {{ StrictMode, createElement }} from 'react';
import {{ createRoot }} from 'react-dom/client';
import * as program from './program.js';

let root;
globalThis.mount = () => {{
  root = createRoot(document.getElementById('root'));
  const app = createElement(program.App);
  root.render({strict} ? createElement(StrictMode, null, app) : app);
}};
globalThis.unmount = () => root.unmount();
globalThis.mount();
globalThis.say('mounted');
"""


def transformed(text: str, loader: str = "jsx", **options: str) -> str:
    """A source as a frontend's build has it: JSX becomes calls, types go; all else stays. Skips where there is no esbuild."""
    if shutil.which("esbuild") is None:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    done = subprocess.run(
        ["esbuild", f"--loader={loader}", "--log-level=error", *(f"--{name}={value}" for name, value in options.items())],
        input=text, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def needs_react(*, is_production: bool) -> list[pathlib.Path]:
    """The bundles of React; skips the test, saying so, where they are not installed."""
    ending = ".min.js" if is_production else ".js"
    files = [VENDOR / f"react{ending}", VENDOR / f"react-dom{ending}"]
    if not all(file.exists() for file in files):
        pytest.skip("React is not installed (scripts/vendor takes it out of a package of PyPI)")
    return files


class ReactPage(Program):
    """A page whose program exports the component `App`.

    `program` and `modules` (by path) are sources with JSX; a path that ends in `.ts` or `.tsx` may have types. `imports`
    are further entries of the import map. `names` are names that a printed block takes for granted, with their values;
    calls of `functions` are told as by `say`. `setup` is a script that runs before everything else. `has_clock`: the test
    can move the page's clock; `is_clock_still`: and only the test does.
    """

    def __init__(
        self,
        browser: Browser,
        program: str,
        *,
        origin: str = VITE,
        modules: Mapping[str, str] = {},
        imports: Mapping[str, str] = {},
        names: Mapping[str, object] = {},
        functions: Sequence[str] = (),
        hosts: Mapping[str, str] = {},
        cookies: Mapping[str, str] = {},
        setup: str = "",
        is_strict: bool = False,
        is_production: bool = False,
        has_clock: bool = False,
        is_clock_still: bool = False,
        define: Mapping[str, str] = {},
    ) -> None:
        super().__init__()
        self.origin = origin
        #: Errors that nothing in the page caught. Most tests want none.
        self.errors: list[str] = []
        self._browser = browser
        self._files: dict[str, tuple[str, bytes]] = {}
        self._cookies = dict(cookies)
        self._page: Any = None
        self._context: Any = None
        self._add_scripts(is_production, hosts, names, functions, setup)
        defined = {f"define:{name}": value for name, value in define.items()}
        self._add_package(imports, defined)
        for path, text in {"/src/program.jsx": program, **modules}.items():
            loader = path.rsplit(".", 1)[1] if path.endswith((".ts", ".tsx")) else "jsx"
            source = transformed(text, loader, **defined)
            # An import may name the file, or leave its ending to the build.
            stem = path.rsplit(".", 1)[0]
            for address in (path, stem, f"{stem}.js"):
                self._files[address] = ("text/javascript", source.encode())
        self._files["/src/main.js"] = ("text/javascript", MOUNT.format(strict=json.dumps(is_strict)).encode())
        browser.do(self._open(has_clock, is_clock_still))

    # What the page loads

    def _add_scripts(
        self, is_production: bool, hosts: Mapping[str, str], names: Mapping[str, object], functions: Sequence[str], setup: str
    ) -> None:
        options = json.dumps(
            {"hosts": list(hosts.items()), "options": {}, "names": dict(names), "functions": list(functions)}
        )
        react, dom = needs_react(is_production=is_production)
        scripts = {
            "/react.js": react.read_text(encoding="utf-8"),
            "/react-dom.js": dom.read_text(encoding="utf-8"),
            "/socket.io.js": client_file(VERSIONS[0]).read_text(encoding="utf-8"),
            "/prelude.js": (FOLDER / "prelude.js").read_text(encoding="utf-8"),
            "/setup.js": f"prepare(globalThis, {options}, io);\n{setup}",
            "/modules/react.js": REACT.format(names=REACT_NAMES),
            "/modules/react-dom.js": REACT_DOM,
            "/modules/socket.io-client.js": MODULE,
        }
        self._files |= {path: ("text/javascript", text.encode()) for path, text in scripts.items()}

    def _add_package(self, further: Mapping[str, str], defined: Mapping[str, str]) -> None:
        imports = {
            "react": "/modules/react.js", "react-dom/client": "/modules/react-dom.js",
            "socket.io-client": "/modules/socket.io-client.js", "@/": "/src/",
        }
        description = PACKAGE / "package.json"
        if description.exists():
            content = json.loads(description.read_text(encoding="utf-8"))
            for name, entry in content["exports"].items():
                for file in PACKAGE.glob(entry["default"].removeprefix("./")):
                    imports[content["name"] + name[1:].replace("*", file.stem)] = f"/package/{file.relative_to(PACKAGE)}"
            for built in (PACKAGE / "dist").rglob("*.js"):
                text = built.read_text(encoding="utf-8")
                text = transformed(text, "js", **defined) if defined and "import.meta.env" in text else text
                self._files[f"/package/{built.relative_to(PACKAGE)}"] = ("text/javascript", text.encode())
        scripts = "".join(
            f'<script src="/{name}.js"></script>' for name in ("react", "react-dom", "socket.io", "prelude", "setup")
        )
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">'
            f'<script type="importmap">{json.dumps({"imports": imports | dict(further)})}</script>'
            f'{scripts}<div id="root"></div><script type="module" src="/src/main.js"></script></html>'
        )
        self._files["/"] = ("text/html", page.encode())

    # The page

    async def _open(self, has_clock: bool, is_clock_still: bool) -> None:
        self._context = await self._browser._browser.new_context()
        # What is answered within the browser comes from no address, and such pages must ask for the machine's own.
        await self._context.grant_permissions(["local-network-access"], origin=self.origin)
        await self._context.route(self._is_own, self._answer)
        if self._cookies:
            cookies = [{"name": name, "value": value, "url": self.origin} for name, value in self._cookies.items()]
            await self._context.add_cookies(cookies)
        self._page = await self._context.new_page()
        if has_clock:
            await self._page.clock.install(time=CLOCK)
            if is_clock_still:
                await self._page.clock.pause_at(CLOCK + 1)
        self._page.on("console", lambda message: self.lines.extend(message.text.split("\n")))
        self._page.on("pageerror", self._note_error)
        await self._page.goto(self.origin + "/")

    def _is_own(self, address: str) -> bool:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}" == self.origin and parts.path in self._files

    async def _answer(self, route: Any) -> None:
        kind, body = self._files[urlsplit(route.request.url).path]
        await route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    def _note_error(self, error: Any) -> None:
        self.errors.append(str(error))
        self.lines.append(f"uncaught: {error}")

    # For tests

    def run(self, text: str) -> None:
        self._browser.do(self._page.evaluate("text => { (0, eval)(text); }", text))

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        return self._browser.do(self._page.evaluate(expression))

    def text(self) -> str:
        """What the app shows."""
        return str(self.evaluate("document.body.innerText"))

    def pass_time(self, seconds: float) -> None:
        """Moves the page's clock (`has_clock`), running what is due on the way."""
        self._browser.do(self._page.clock.run_for(int(seconds * 1000)))

    def reload(self) -> None:
        """Opens the page anew and waits until the app is mounted."""
        self._browser.do(self._page.reload())
        self._browser.do(self._page.wait_for_function("globalThis.mount !== undefined"))

    def set_offline(self, is_offline: bool) -> None:
        """Cuts the page off the network, WebSockets included, or joins it again."""
        self._browser.do(self._context.set_offline(is_offline))

    def screenshot(self, file: pathlib.Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._browser.do(self._page.screenshot(path=str(file)))

    def is_running(self) -> bool:
        return not self._page.is_closed()

    def stop(self) -> None:
        self._browser.do(self._context.close())
