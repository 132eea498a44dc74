# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The JavaScript client as a user's compiler sees it: printed blocks, built types, and schemas that are the contract's."""

import json
import pathlib
import shutil
import subprocess

import pytest
import yaml

from harness.documents import printed
from harness.server import ROOT, environment

requirement = pytest.mark.requirement
CLIENT = ROOT / "Clients" / "javascript"
DENO = ROOT / ".venv" / "bin" / "deno"

#: What the printed block takes for granted, each function with the data of its own type of message.
GRANTED = """
import type { WebSocketMessage } from 'switchboard-client/bulkbuyer';
const calls: [string, string][] = [];
function updateOrderStatus(data: { orderId: string; fromStatus: string; toStatus: string }) {
  calls.push(['order', data.toStatus]);
}
function updatePoolProgress(data: { poolId: string; progress: number; currentQuantity: number; targetQuantity: number }) {
  calls.push(['pool', `${data.progress}`]);
}
function showSystemNotification(data: { title: string; message: string; severity: 'INFO' | 'WARNING' | 'ERROR' }) {
  calls.push(['system', data.title]);
}
"""

#: One message of each type, as the document has them.
MESSAGES = """
const at = { id: 'notification-id', timestamp: '2025-01-11T16:15:00Z' };
handleMessage({ type: 'ORDER_STATUS_CHANGE', ...at, data: { orderId: 'o', fromStatus: 'PENDING', toStatus: 'PROCESSING' } });
handleMessage({ type: 'POOL_PROGRESS', ...at, data: { poolId: 'p', progress: 75, currentQuantity: 150, targetQuantity: 200 } });
handleMessage({ type: 'SYSTEM_NOTIFICATION', ...at, data: { title: 'Maintenance', message: 'm', severity: 'INFO' } });
console.log(JSON.stringify(calls));
"""


class JSONLoader(yaml.SafeLoader):
    """Reads YAML as JSON would have it: times are texts."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def run_deno(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs deno in a folder of its own, where the package's names lead to what was built."""
    if not DENO.exists():
        pytest.skip("deno is not installed (scripts/setup installs it)")
    variables = environment(DENO_NO_UPDATE_CHECK="1", DENO_DIR=str(ROOT / ".build" / "deno"), NO_COLOR="1")
    return subprocess.run(
        [str(DENO), *arguments], cwd=folder, env=variables, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A user's project, to which the package was installed as it is published: built modules, and types beside them."""
    built = subprocess.run(
        [str(ROOT / "scripts" / "build-client")], capture_output=True, text=True, timeout=120, check=False
    )
    if "esbuild is missing" in built.stderr:
        pytest.skip("esbuild is not installed (scripts/setup installs it on Debian)")
    assert built.returncode == 0, built.stdout + built.stderr
    folder = tmp_path_factory.mktemp("project")
    package = folder / "node_modules" / "switchboard-client"
    package.mkdir(parents=True)
    (package / "dist").symlink_to(CLIENT / "dist")
    (package / "package.json").write_bytes((CLIENT / "package.json").read_bytes())
    (folder / "package.json").write_text('{"dependencies": {"switchboard-client": "*"}}')
    (folder / "deno.json").write_text('{"nodeModulesDir": "manual"}')
    return folder


@requirement("BULK-024")
def test_the_printed_handler_type_checks_and_each_type_reaches_its_branch(project: pathlib.Path) -> None:
    (project / "handle.ts").write_text(GRANTED + printed("bulkbuyer-handle.ts") + MESSAGES)
    ran = run_deno(project, "run", "--check", "handle.ts")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [["order", "PROCESSING"], ["pool", "75"], ["system", "Maintenance"]]


@requirement("BULK-024")
def test_a_branch_with_another_types_data_does_not_type_check(project: pathlib.Path) -> None:
    wrong = printed("bulkbuyer-handle.ts").replace("updatePoolProgress", "updateOrderStatus")
    (project / "wrong.ts").write_text(GRANTED + wrong + MESSAGES)
    ran = run_deno(project, "check", "wrong.ts")
    assert ran.returncode != 0 and "TS2345" in ran.stderr, ran.stderr


@requirement("RNG-071")
def test_events_are_typed_in_what_is_published(project: pathlib.Path) -> None:
    # The compiler complains of an expected error that is none.
    program = """
import { connectRangkai } from 'switchboard-client/rangkai';
const connection = connectRangkai('ws://localhost:3000/ws', 'token');
connection.on('order.shipped', (order) => order.orderNumber.length);
// @ts-expect-error -- there is no such event
connection.on('order.exploded', () => {});
// @ts-expect-error -- an order has none
connection.on('order.shipped', (order) => order.trackingNumber);
// @ts-expect-error -- the total is no text
connection.on('order.created', (order: { total: string }) => order);
"""
    (project / "typed.ts").write_text(program)
    ran = run_deno(project, "check", "typed.ts")
    assert ran.returncode == 0, ran.stderr


@requirement("ROOM-071", "ROOM-074", "ORI-053")
def test_sockets_are_typed_in_what_is_published(project: pathlib.Path, tmp_path: pathlib.Path) -> None:
    # A package finds its peers from where it stands, so that a link will not do.
    own = tmp_path / "project"
    shutil.copytree(project / "node_modules", own / "node_modules")
    for name in ("package.json", "deno.json"):
        shutil.copy(project / name, own)
    client = own / "node_modules" / "socket.io-client"
    client.mkdir()
    (client / "package.json").write_text('{"name": "socket.io-client", "types": "./index.d.ts", "main": "./index.js"}')
    (client / "index.js").write_text("module.exports = {};")
    (client / "index.d.ts").write_bytes((CLIENT / "types" / "socket.io-client.d.ts").read_bytes())
    # deno has Node's types itself, and still looks for the package that a team on Node has.
    node = own / "node_modules" / "@types" / "node"
    node.mkdir(parents=True)
    (node / "package.json").write_text('{"name": "@types/node", "version": "24.0.0", "types": "./index.d.ts"}')
    (node / "index.d.ts").write_text("export {};")
    program = """
import { connectOrion } from 'switchboard-client/orion';
import { connectRooms } from 'switchboard-client/rooms';
import { io, Manager, RequestError, type Socket } from 'switchboard-client/socketio';
import { type ClientSocket, Server } from 'switchboard-client/testing';

interface Heard { said: (text: string) => void }
interface Sent { say: (text: string, answer: (count: number) => void) => void }
const socket: Socket<Heard, Sent> = io<Heard, Sent>('http://localhost', { maximumAge: 300_000, transports: ['websocket'] });
socket.on('said', (text) => text.length);
socket.on('disconnect', (reason) => reason.length);
socket.on('reconnect_error', (error) => error.message);
socket.request('say', 'hello', { timeout: 5 }).then((count) => count.toFixed(), (error) => error instanceof RequestError);
socket.onState((state, { attempt }) => state === 'waiting' && attempt);
new Manager<Heard, Sent>('http://localhost').socket('/').emit('say', 'hello', (count) => count.toFixed());
connectRooms('http://localhost').on('winner:selected', ({ winner }) => winner.prize.name.length);
connectOrion('http://localhost').on('health:update', ({ details }) => details.checks.database?.responseTime);
const client: ClientSocket = new Server(0)('http://localhost');
client.close();
// @ts-expect-error -- there is no such event
socket.on('shouted', () => {});
// @ts-expect-error -- what is said is a text
socket.emit('say', 7, () => {});
// @ts-expect-error -- the answer is a number
socket.request('say', 'hello').then((count) => count.length);
// @ts-expect-error -- there is no such option
io('http://localhost', { maximalAge: 7 });
"""
    (own / "sockets.ts").write_text(program)
    ran = run_deno(own, "check", "sockets.ts")
    assert ran.returncode == 0, ran.stderr


@requirement("RNG-059")
def test_the_clients_schemas_are_the_contracts(project: pathlib.Path) -> None:
    program = (
        "import { rangkaiPayloads, rangkaiSchemas } from 'switchboard-client/rangkai-schemas';\n"
        "console.log(JSON.stringify([rangkaiPayloads, rangkaiSchemas]));\n"
    )
    (project / "schemas.ts").write_text(program)
    ran = run_deno(project, "run", "schemas.ts")
    assert ran.returncode == 0, ran.stderr
    contract = yaml.safe_load((ROOT / "Contracts" / "rangkai.yaml").read_text(encoding="utf-8"))
    payloads = {name: event["data"] for name, event in contract["events"].items()}
    assert json.loads(ran.stdout) == [payloads, contract["schemas"]]


@requirement("RNG-059")
def test_every_example_of_the_contract_passes_its_check(project: pathlib.Path) -> None:
    contract = yaml.load((ROOT / "Contracts" / "rangkai.yaml").read_text(encoding="utf-8"), Loader=JSONLoader)
    examples = [
        [name, example]
        for name, event in contract["events"].items()
        for example in event.get("examples", [event.get("example")])
    ]
    assert len(examples) >= 19
    program = (
        "import { rangkaiChecks } from 'switchboard-client/rangkai-schemas';\n"
        f"const examples = {json.dumps(examples)} as [keyof typeof rangkaiChecks, unknown][];\n"
        "console.log(JSON.stringify(examples.map(([name, data]) => rangkaiChecks[name](data) ?? null)));\n"
    )
    (project / "examples.ts").write_text(program)
    ran = run_deno(project, "run", "--check", "examples.ts")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [None] * len(examples)
