# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Real nginx and HAProxy with the configurations of deploy/, in front of servers under test.

Both are the shipped files: HAProxy takes the addresses from its environment, in nginx's the addresses and folders are
replaced. What a file says to do for a second node or for TLS is done here as it says: by taking a comment's mark away.
"""

import os
import pathlib
import shutil
import socket
import subprocess
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from .client import Client
from .ports import free_port
from .server import ROOT
from .tokens import token
from .waiting import eventually

DEPLOY = ROOT / "deploy"
NGINX = DEPLOY / "nginx.conf"
HAPROXY = DEPLOY / "haproxy.cfg"


class Node(NamedTuple):
    """Where a node listens on the loopback."""

    port: int
    admin_port: int


class Certificate(NamedTuple):
    chain: pathlib.Path
    key: pathlib.Path


def edited(text: str, edits: dict[str, str]) -> str:
    """The text with each edit made; one that finds nothing to replace fails the test."""
    for old, new in edits.items():
        assert old in text, f"the shipped file does not hold {old!r}"
        text = text.replace(old, new)
    return text


def program(name: str) -> str:
    """The program's path; skips the test, saying so, where it is not installed."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed (scripts/setup installs it on Debian)")
    return path


class Proxy:
    """One proxy in front of one or two nodes. Whatever it writes is in its folder."""

    def __init__(self, kind: str, folder: pathlib.Path, nodes: list[Node], certificate: Certificate | None = None) -> None:
        self.kind = kind
        self.folder = folder / kind
        self.folder.mkdir()
        self.port = free_port()
        self.tls_port = free_port() if certificate else None
        start = {"nginx": self._nginx, "haproxy": self._haproxy}[kind]
        command, environment = start(program(kind), nodes, certificate)
        with (self.folder / "output.log").open("wb") as output:
            self.process = subprocess.Popen(
                command, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        eventually(lambda: self.process.poll() is not None or self._answers(), what=f"the start of {kind}")
        assert self.process.poll() is None, self.written

    def _nginx(
        self, path: str, nodes: list[Node], certificate: Certificate | None
    ) -> tuple[list[str], dict[str, str]]:
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        edits = {
            "/run/nginx.pid": f"{self.folder}/nginx.pid",
            "/var/log/nginx/": f"{self.folder}/",
            "http {": f"http {{ {temporary}",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "server 127.0.0.1:3000 ": f"server 127.0.0.1:{nodes[0].port} ",
        }
        if len(nodes) > 1:
            edits["# server 127.0.0.1:3100 "] = f"server 127.0.0.1:{nodes[1].port} "
        if certificate:
            edits |= {
                "# TLS ": "",
                "listen 443 ssl;": f"listen 127.0.0.1:{self.tls_port} ssl;",
                "/etc/nginx/tls/fullchain.pem": str(certificate.chain),
                "/etc/nginx/tls/privkey.pem": str(certificate.key),
            }
        file = self.folder / "nginx.conf"
        file.write_text(edited(NGINX.read_text(encoding="utf-8"), edits), encoding="utf-8")
        return [path, "-c", str(file), "-g", "daemon off;"], {}

    def _haproxy(
        self, path: str, nodes: list[Node], certificate: Certificate | None
    ) -> tuple[list[str], dict[str, str]]:
        environment = {"SWITCHBOARD_BIND": f"127.0.0.1:{self.port}", "SWITCHBOARD_CLIENTS": "400"}
        for letter, node in zip("AB", nodes):
            environment[f"SWITCHBOARD_NODE_{letter}"] = f"127.0.0.1:{node.port}"
            environment[f"SWITCHBOARD_NODE_{letter}_ADMIN_PORT"] = str(node.admin_port)
        edits = {"# server b ": "server b "} if len(nodes) > 1 else {}
        if os.geteuid() != 0:  # there are no rights to give up then, nor the right to try
            edits |= {"    chroot /var/lib/haproxy\n    user haproxy\n    group haproxy\n": ""}
        if certificate:
            both = self.folder / "switchboard.pem"
            both.write_text(certificate.chain.read_text() + certificate.key.read_text())
            edits |= {"# TLS bind *:443 ": f"bind 127.0.0.1:{self.tls_port} ", "/etc/haproxy/tls/switchboard.pem": str(both)}
        file = self.folder / "haproxy.cfg"
        file.write_text(edited(HAPROXY.read_text(encoding="utf-8"), edits), encoding="utf-8")
        return [path, "-db", "-f", str(file)], environment

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    @property
    def written(self) -> str:
        """Everything that the proxy wrote: its access log, its error log and its output."""
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in sorted(self.folder.glob("*.log")))

    def url(self, credentials: str, scheme: str = "ws") -> str:
        port = self.tls_port if scheme == "wss" else self.port
        return f"{scheme}://127.0.0.1:{port}/ws?{urlencode({'token': credentials})}"

    def connect(self, user: str, *, cookie: str | None = None, **options: Any) -> Client:
        """Connects through the proxy as this user and takes the welcome."""
        if cookie is not None:
            options["additional_headers"] = {"Cookie": cookie}
        client = Client(self.url(token(user)), **options)
        assert client.welcome()["userId"] == user
        return client


def cookie_of(client: Client) -> str | None:
    """The cookie that came with the upgrade, as a browser sends it back."""
    assert client.socket.response is not None
    value = client.socket.response.headers.get("Set-Cookie")
    return value.split(";")[0] if value else None
