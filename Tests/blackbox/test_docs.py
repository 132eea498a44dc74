# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Documents made of contracts: valid by the judges of their formats, true to what the server does, and safe to open."""

import json
import pathlib
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import validate

from harness.commands import switchboard
from harness.contracts import derived
from harness.deno import deno, settings
from harness.pages import StrictPage, hostile_contract
from harness.server import OUTPUT, RANGKAI, ROOT, Server
from harness.tokens import token

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from asyncapi3.models.asyncapi import AsyncAPI3

NAMES = ["bulkbuyer", "orion", "paychain", "rangkai", "rooms"]
def readme_contract(folder: pathlib.Path) -> pathlib.Path:
    """The small contract that the README shows."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(contract: shop\n.*?)```", text, re.DOTALL)
    assert found is not None
    file = folder / "shop.yaml"
    file.write_text(found[1], encoding="utf-8")
    return file


@pytest.fixture(params=[*NAMES, "readme", "hostile"])
def contract(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> pathlib.Path:
    if request.param == "readme":
        return readme_contract(tmp_path)
    if request.param == "hostile":
        return hostile_contract(tmp_path)
    return ROOT / "Contracts" / f"{request.param}.yaml"


def docs(contract: pathlib.Path, *arguments: str) -> str:
    done = switchboard("docs", str(contract), *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref" and isinstance(member, str):
                yield member
            else:
                yield from references(member)
    elif isinstance(value, list):
        for element in value:
            yield from references(element)


def target(document: Any, reference: str) -> Any:
    """What a local reference leads to; fails where it leads nowhere."""
    assert reference.startswith("#/"), reference
    value = document
    for token in reference[2:].split("/"):
        token = token.replace("~1", "/").replace("~0", "~")
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def fits(document: Any, schema: Any, value: Any) -> None:
    Draft202012Validator({"components": document["components"], "allOf": [schema]}).validate(value)


# asyncapi


def test_the_sockets_are_described_in_valid_asyncapi_3(contract: pathlib.Path) -> None:
    document = yaml.safe_load(docs(contract, "--format", "asyncapi"))
    assert document["asyncapi"] == "3.0.0"
    AsyncAPI3.model_validate(document)
    found = list(references(document))
    assert found
    for reference in found:
        target(document, reference)
    source = yaml.safe_load(contract.read_text(encoding="utf-8"))
    described = {message["name"] for message in document["components"]["messages"].values()}
    assert set(source["events"]) <= described
    assert {channel["title"] for channel in document["channels"].values()} == {*source["channels"], "The connection"}


def test_examples_of_asyncapi_fit_their_schemas(contract: pathlib.Path) -> None:
    document = yaml.safe_load(docs(contract, "--format", "asyncapi"))
    count = 0
    for message in document["components"]["messages"].values():
        for example in message.get("examples", []):
            if example["payload"] and "(" not in json.dumps(example):
                fits(document, message["payload"], example["payload"])
                count += 1
    assert count > 0 or contract.name == "shop.yaml"


def test_yaml_and_json_say_the_same(contract: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for kind in ["asyncapi", "openapi"]:
        file = tmp_path / f"out.{kind}.json"
        assert docs(contract, "--output", str(file)) == ""
        assert json.loads(file.read_text(encoding="utf-8")) == yaml.safe_load(docs(contract, "--format", kind))


# openapi


def test_requests_are_described_in_valid_openapi_3_1(contract: pathlib.Path) -> None:
    document = yaml.safe_load(docs(contract, "--format", "openapi"))
    assert document["openapi"].startswith("3.1")
    validate(document)
    for reference in references(document):
        target(document, reference)
    source = yaml.safe_load(contract.read_text(encoding="utf-8"))
    routes = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert routes == set(source.get("http", {}))


def test_examples_of_openapi_fit_their_schemas(contract: pathlib.Path) -> None:
    document = yaml.safe_load(docs(contract, "--format", "openapi"))
    for item in document["paths"].values():
        for operation in item.values():
            contents = [operation.get("requestBody"), *operation["responses"].values()]
            for content in contents:
                media = (content or {}).get("content", {}).get("application/json", {})
                if "example" in media and "(" not in json.dumps(media["example"]):
                    fits(document, media["schema"], media["example"])


# html and markdown


def test_the_page_is_well_formed_and_needs_nothing_else(contract: pathlib.Path) -> None:
    text = docs(contract)
    page = StrictPage(text)
    page.check_links()
    source = yaml.safe_load(contract.read_text(encoding="utf-8"))
    for name in [*source["events"], *source["channels"]]:
        assert name in page.text, name
    assert text == docs(contract, "--format", "html")
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts == [{"id": "contract-data", "type": "application/json"}, {}]


def test_what_a_contract_says_is_never_markup(tmp_path: pathlib.Path) -> None:
    contract = hostile_contract(tmp_path)
    page = StrictPage(docs(contract))
    assert not {"img", "b", "i", "u"} & {tag for tag, _ in page.elements}
    assert page.text.count("<script>alert(1)</script>") >= 4
    markdown = docs(contract, "--format", "markdown")
    outside = re.sub(r"(`+).*?\1", "", markdown, flags=re.DOTALL)
    assert "<script" not in outside and "<img" not in outside and "<b>" not in outside


def test_markdown_links_lead_somewhere(contract: pathlib.Path) -> None:
    text = docs(contract, "--format", "markdown")
    ids = set(re.findall(r'<a id="([^"]+)"></a>', text))
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert links and set(links) <= ids, set(links) - ids
    assert text.count("```") % 2 == 0


@pytest.mark.requirement("ROOM-079")
def test_events_of_apps_are_described_as_their_manifest_says() -> None:
    contract = ROOT / "Contracts" / "rooms.yaml"
    variables = {"ROOMS_APPS": "apps/rooms.yaml", "LOTTERY_KEY": "a-key-that-nobody-may-see-0123"}
    page = StrictPage(switchboard("docs", str(contract), **variables).stdout)
    page.check_links()
    assert "event-lottery:draw_started" in page.ids and "A draw has begun in the room." in page.text
    assert "X-App-Id: app_lottery_v1" in page.text and "a-key-that-nobody" not in page.text
    # Also of those that are registered while the server runs.
    assert "GET /api/apps/{appId}/events" in page.text
    made = switchboard("docs", str(contract), "--format", "asyncapi", **variables)
    document = yaml.safe_load(made.stdout)
    AsyncAPI3.model_validate(document)
    for reference in references(document):
        target(document, reference)
    message = document["components"]["messages"]["event_lottery_draw_started"]
    fits(document, message["payload"], {"drawNumber": 1, "totalPrizes": 10, "estimatedDuration": 300})
    with pytest.raises(ValidationError):
        fits(document, message["payload"], {"drawNumber": 0})
    rooms = document["channels"]["room_roomId"]["messages"]
    assert {"event_lottery_draw_started", "event_quiz_answer_result", "event_room_created"} <= set(rooms)


#: A contract with names and schemas that no shipped one has.
ODD = """
contract: odd
title: 日本語 "quotes" |pipes|
listen: { port: 0, socketio: /s, namespaces: { "/rooms/{roomId}": { joins: ["room:{path.roomId}"] } } }
auth: { mode: optional, tokens: [ { jwt: auth.token } ], keys: { secret: "${ODD_SECRET}" } }
channels:
  "room:{roomId}": { subscribe: everyone, clientPublish: everyone }
  connection: { subscribe: nobody }
events:
  "a b": { to: [ "room:{r}" ], data: { $ref: "#/schemas/Tree" } }
  a_b: { to: [ connection ], data: { properties: { x: { oneOf: [ { type: string }, { $ref: "#/schemas/Tree" } ] }, "odd key": { type: [ string, "null" ] } } } }
  anything: { data: true, description: "one\\r\\n\\r\\n# two \\u0000 \\u0007 `\\u0301`" }
  nested: { data: { type: array, items: { $ref: "#" } } }
commands:
  "say it": { does: publish, event: anything, args: { properties: { t: {} } }, data: { t: "{args.t?}" }, channels: [ "room:{args.t}" ], ack: { all: [ "{args.t}", 2 ] } }
schemas:
  Tree: { type: object, required: [ r ], properties: { r: { type: string }, much: { type: number, minimum: -2.5E-7, maximum: 1e308 }, kids: { type: array, items: { $ref: "#" } }, local: { $ref: "#/$defs/L" } }, $defs: { L: { enum: [ 1, two, null ] } } }
"""


@pytest.mark.parametrize("text", [ODD, 'contract: least\nlisten: { port: 0, websocket: / }\nauth: { mode: none }\nchannels: { "{name}": { subscribe: everyone } }\n'])
def test_odd_and_empty_contracts_have_documents(tmp_path: pathlib.Path, text: str) -> None:
    contract = tmp_path / "odd.yaml"
    contract.write_text(text, encoding="utf-8")
    StrictPage(docs(contract)).check_links()
    markdown = docs(contract, "--format", "markdown")
    assert markdown.startswith("# ") and "one" in markdown
    assert re.search(r"^# two|[\x00-\x08\x0b-\x1f\x7f]", markdown, re.MULTILINE) is None
    for kind in ["asyncapi", "openapi"]:
        document = yaml.safe_load(docs(contract, "--format", kind))
        if kind == "asyncapi":
            AsyncAPI3.model_validate(document)
        else:
            validate(document)
        for reference in references(document):
            target(document, reference)


# The command


def test_a_faulty_contract_has_no_documents(tmp_path: pathlib.Path) -> None:
    contract = tmp_path / "broken.yaml"
    contract.write_text("contract: shop\nlisten: 5\n", encoding="utf-8")
    done = switchboard("docs", str(contract))
    assert done.returncode == 1 and done.stdout == ""
    assert re.search(r"broken\.yaml:\d+:\d+: error:", done.stderr)


def test_the_name_of_the_output_says_the_format(tmp_path: pathlib.Path) -> None:
    beginnings = {"a.md": "# ", "a.html": "<!DOCTYPE html>", "a.asyncapi.yaml": 'asyncapi: "3', "a.openapi.json": "{"}
    for name, beginning in beginnings.items():
        docs(RANGKAI, "--output", str(tmp_path / name))
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning), name
    done = switchboard("docs", str(RANGKAI), "--output", str(tmp_path / "no" / "such" / "folder.md"))
    assert done.returncode == 1 and "cannot be written" in done.stderr
    assert switchboard("docs", str(RANGKAI), "--format", "pdf").returncode == 64


def test_documents_tell_no_secret(contract: pathlib.Path) -> None:
    secrets = {
        name: "a-secret-that-nobody-may-see-0123456789"
        for name in ["RANGKAI_JWT_SECRET", "ROOMS_JWT_SECRET", "ORION_JWT_SECRET", "PAYCHAIN_JWT_SECRET", "SHOP_JWT_SECRET"]
    }
    for kind in ["html", "markdown", "asyncapi", "openapi"]:
        done = switchboard("docs", str(contract), "--format", kind, BULKBUYER_SESSION_SECRET="a-secret-that-nobody", **secrets)
        assert done.returncode == 0, done.stderr
        assert "a-secret-that-nobody" not in done.stdout


# serve


def without_key(server: Server, path: str, method: str = "GET", **headers: str) -> Any:
    import httpx

    return httpx.request(method, server.admin.base + path, headers=headers, timeout=30, trust_env=False)


def test_the_server_shows_its_contracts_without_a_key(rangkai: Server) -> None:
    listed = without_key(rangkai, "/docs")
    assert listed.status_code == 200 and "rangkai" in listed.text
    StrictPage(listed.text)
    kinds = {
        "": "text/html", ".md": "text/markdown", ".asyncapi.yaml": "application/yaml", ".asyncapi.json": "application/json",
        ".openapi.yaml": "application/yaml", ".openapi.json": "application/json",
    }
    for ending, kind in kinds.items():
        answer = without_key(rangkai, f"/docs/rangkai{ending}")
        assert answer.status_code == 200, ending
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        tag = answer.headers["ETag"]
        known = without_key(rangkai, f"/docs/rangkai{ending}", **{"If-None-Match": f'"other", W/{tag}'})
        assert known.status_code == 304 and known.content == b"" and known.headers["ETag"] == tag
        head = without_key(rangkai, f"/docs/rangkai{ending}", "HEAD")
        assert head.status_code == 200 and head.content == b""
        assert int(head.headers["Content-Length"]) == len(answer.content)
    document = without_key(rangkai, "/docs/rangkai.asyncapi.json").json()
    AsyncAPI3.model_validate(document)
    assert document["servers"]["main"]["host"] == f"localhost:{rangkai.port}"
    for path in ["/docs/nobody", "/docs/rangkai.pdf", "/docs/", "/docs/rangkai/x"]:
        assert without_key(rangkai, path).status_code == 404, path
    assert without_key(rangkai, "/docs/rangkai", "POST").status_code == 405


def test_documents_follow_a_reload(serve: Callable[..., Server], tmp_path: pathlib.Path) -> None:
    file = derived(tmp_path, lambda document: None)
    server = serve(file)
    before = without_key(server, "/docs/rangkai")

    def change(document: dict[str, Any]) -> None:
        document["title"] = "Another title"
        document["events"]["order.refunded"] = {"to": ["order:{orderId}"], "data": {"$ref": "#/schemas/Order"}}

    derived(tmp_path, change)
    assert server.admin.http.post("/v1/reload").status_code == 200
    after = without_key(server, "/docs/rangkai", **{"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200 and "order.refunded" in after.text and "order.refunded" not in before.text
    assert "Another title" in without_key(server, "/docs").text


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_documents_can_be_turned_off(serve: Callable[..., Server], way: str) -> None:
    server = serve(arguments=("--no-docs",)) if way == "flag" else serve(SWITCHBOARD_DOCS="false")
    assert without_key(server, "/docs").status_code == 404
    assert without_key(server, "/docs/rangkai").status_code == 404


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["paychain", "bulkbuyer", "rooms"])
def test_requests_are_answered_as_openapi_says(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path, name: str
) -> None:
    server = request.getfixturevalue(name)
    document = tmp_path / "openapi.json"
    docs(ROOT / "Contracts" / f"{name}.yaml", "--format", "openapi", "--output", str(document))
    header = "X-Nothing: here"
    if name == "bulkbuyer":
        header = f"Cookie: session={server.session('u-1')}"
    elif name == "rooms":
        header = f"Authorization: Bearer {token('usr_abc123')}"
    log = OUTPUT / f"schemathesis-{name}.log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [
                str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", str(document),
                "--url", f"http://127.0.0.1:{server.port}", "--header", header,
                "--checks", "not_a_server_error,status_code_conformance,response_schema_conformance",
                "--max-examples", "10", "--seed", "1", "--phases", "examples,fuzzing", "--generation-database", "none",
                "--no-color",
            ],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path, timeout=250, check=False,
        )
    assert done.returncode == 0, log.read_text(encoding="utf-8")[-8000:]


def choices(markdown: str, name: str) -> list[str]:
    """The code that stands under this name, wherever it does."""
    return re.findall(rf"^\*\*{re.escape(name)}\*\*\n\n(?:[^`\n][^\n]*\n\n)?```\w+\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("contract_name", [*NAMES, "readme"])
def test_the_typed_lines_compile(contract_name: str, tmp_path: pathlib.Path) -> None:
    contract = readme_contract(tmp_path) if contract_name == "readme" else ROOT / "Contracts" / f"{contract_name}.yaml"
    settings(tmp_path)
    name = yaml.safe_load(contract.read_text(encoding="utf-8"))["contract"]
    made = switchboard("generate", "typescript", str(contract), "--output", str(tmp_path / f"{name}.ts"))
    assert made.returncode == 0, made.stderr
    markdown = docs(contract, "--format", "markdown")
    connecting = choices(markdown, "TypeScript, typed")
    assert len(connecting) == 1 and f"./{name}.ts" in connecting[0]
    host = "declare function fetchToken(): Promise<string>;\ndeclare const token: string;\n"
    (tmp_path / "connecting.ts").write_text(connecting[0] + host + "export {};\n", encoding="utf-8")
    # What stands at each event is for the connection, or the socket, of those lines.
    events = choices(markdown, "TypeScript")
    assert events
    object = "socket" if "const socket" in connecting[0] else "connection"
    # One for each namespace; some events are in one of them only.
    connects = re.findall(r"^export function (connect\w*)\(", (tmp_path / f"{name}.ts").read_text(encoding="utf-8"), re.MULTILINE)
    type = " & ".join(f"ReturnType<typeof {one}>" for one in connects)
    files = []
    for index, text in enumerate(events):
        file = tmp_path / f"event{index}.ts"
        file.write_text(
            f"import {{ {', '.join(connects)} }} from './{name}.ts';\ndeclare const {object}: {type};\n{text}", encoding="utf-8"
        )
        files.append(file.name)
    done = deno(tmp_path, "check", "connecting.ts", *files)
    assert done.returncode == 0, done.stderr[-4000:]
