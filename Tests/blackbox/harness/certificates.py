# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Certificates of the tests' own, made with OpenSSL, for servers on this machine."""

import pathlib
import ssl
import subprocess


class Certificate:
    """A certificate that signs itself, with its key, in two PEM files. It holds for `localhost` and `127.0.0.1`."""

    def __init__(self, folder: pathlib.Path, name: str = "localhost") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate = folder / "certificate.pem"
        self.key = folder / "key.pem"
        #: Of all that this object ever was, for clients that outlive an exchange.
        self.made: list[str] = []
        self.make(name)

    def make(self, name: str) -> None:
        """Puts a new certificate with this common name, and a new key, in the place of the old ones."""
        command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", f"{self.key}.new", "-out", f"{self.certificate}.new", "-days", "30", "-subj", f"/CN={name}",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ]
        subprocess.run(command, check=True, capture_output=True)
        self.made.append(pathlib.Path(f"{self.certificate}.new").read_text())
        for file in (self.key, self.certificate):
            pathlib.Path(f"{file}.new").rename(file)

    @property
    def rules(self) -> dict[str, str]:
        """What a contract's listener says: `tls: …`."""
        return {"certificate": str(self.certificate), "key": str(self.key)}

    def context(self) -> ssl.SSLContext:
        """For clients that trust this certificate, each that it ever was, and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata="\n".join(self.made))
        return context


def common_name(socket: ssl.SSLSocket) -> str:
    """Whose certificate the server has shown."""
    subject = socket.getpeercert() or {}
    return dict(pair for part in subject["subject"] for pair in part)["commonName"]
