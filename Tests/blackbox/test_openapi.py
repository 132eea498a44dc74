# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI description: valid, served, and no request made from it finds a fault of the server."""

import pathlib
import subprocess
import sys

import pytest
import yaml
from openapi_spec_validator import validate

from harness.payloads import Deal
from harness.server import API_KEY, OUTPUT, ROOT, Server

DESCRIPTION = ROOT / "docs" / "openapi.yaml"


def test_the_description_is_valid_openapi_3_1() -> None:
    document = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_server_gives_the_description_that_is_in_the_repository(rangkai: Server) -> None:
    answer = rangkai.admin.http.get("/openapi.yaml")
    assert answer.status_code == 200
    assert yaml.safe_load(answer.text) == yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))


def test_the_routes_that_backends_use_are_described() -> None:
    paths = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    routes = {(method, path) for path, item in paths.items() for method in item}
    for method, end in [
        ("post", "/events"), ("get", "/members"), ("put", "/members"), ("delete", "/members"), ("get", "/channels"),
        ("get", "/connections"), ("get", "/history"), ("get", "/health/live"), ("get", "/health/ready"), ("get", "/metrics"),
    ]:
        assert any(m == method and path.endswith(end) for m, path in routes), f"{method} …{end} is not described"


@pytest.mark.timeout(400)
def test_a_fuzzing_client_finds_no_server_error(rangkai: Server, tmp_path: pathlib.Path) -> None:
    deal = Deal()
    rangkai.admin.publish("order.created", deal.created())
    with rangkai.connect(deal.buyer) as bystander:
        bystander.subscribe(deal.order_channel)
        log = OUTPUT / "schemathesis.log"
        with log.open("w", encoding="utf-8") as output:
            done = subprocess.run(
                [
                    str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", str(DESCRIPTION),
                    "--url", rangkai.admin.base, "--header", f"Authorization: Bearer {API_KEY}",
                    "--checks", "not_a_server_error,status_code_conformance,response_schema_conformance",
                    "--max-examples", "10", "--seed", "1", "--phases", "examples,coverage,fuzzing",
                    "--generation-database", "none", "--no-color",
                ],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path, timeout=350, check=False,
            )
        assert done.returncode == 0, log.read_text(encoding="utf-8")[-8000:]
        assert rangkai.is_alive()
