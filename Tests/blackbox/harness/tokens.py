# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Tokens made without the server's code: JWS compact serialization by hand (RFC 7515 §3.1), signed by `cryptography`."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

#: The secret that the servers under test are started with.
SECRET = "a-secret-of-the-tests-that-is-long-enough"
HOUR = 3600


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int, size: int) -> str:
    return base64url(value.to_bytes(size, "big"))


def claims(user: str, *, expires_in: float | None = HOUR, **others: Any) -> dict[str, Any]:
    """The claims of a user's token; `expires_in` is in seconds from now, None leaves `exp` out."""
    content: dict[str, Any] = {"sub": user, "iat": int(time.time())}
    if expires_in is not None:
        content["exp"] = int(time.time() + expires_in)
    return content | others


def encode(header: dict[str, Any], content: Any) -> str:
    """The first two parts of a token, ready to be signed."""
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, content))
    return ".".join(base64url(part) for part in parts)


def sign_with_secret(content: Any, secret: str = SECRET, header: dict[str, Any] | None = None) -> str:
    start = encode(header or {"alg": "HS256", "typ": "JWT"}, content)
    return f"{start}.{base64url(hmac.new(secret.encode(), start.encode(), hashlib.sha256).digest())}"


def token(user: str, *, roles: list[str] | None = None, expires_in: float | None = HOUR, **others: Any) -> str:
    """A good HS256 token of the user under the secret of the servers under test."""
    if roles is not None:
        others["roles"] = roles
    return sign_with_secret(claims(user, expires_in=expires_in, **others))


class RSAKey:
    """A key for RS256 (RFC 7518 §3.3)."""

    def __init__(self, kid: str, size: int = 2048) -> None:
        self.kid = kid
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=size)

    def token(self, content: Any, **header: Any) -> str:
        start = encode({"alg": "RS256", "typ": "JWT", "kid": self.kid} | header, content)
        return f"{start}.{base64url(self._key.sign(start.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    @property
    def pem(self) -> str:
        return _pem(self._key)

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self._key.public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": _number(numbers.n, size), "e": _number(numbers.e, 3),
        }


class ECKey:
    """A key for ES256 (RFC 7518 §3.4)."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._key = ec.generate_private_key(ec.SECP256R1())

    def token(self, content: Any, **header: Any) -> str:
        start = encode({"alg": "ES256", "typ": "JWT", "kid": self.kid} | header, content)
        r, s = decode_dss_signature(self._key.sign(start.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{start}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    @property
    def pem(self) -> str:
        return _pem(self._key)

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self._key.public_key().public_numbers()
        return {
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": _number(numbers.x, 32), "y": _number(numbers.y, 32),
        }


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
