# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`switchboard generate typescript`: right programs type-check against what it writes, wrong ones do not."""

import json
import pathlib
import re
import subprocess

import pytest

from harness.commands import switchboard
from harness.deno import DENO, deno, settings, variables, wrong_lines
from harness.payloads import Deal
from harness.server import ROOT, Server
from harness.tokens import token
from harness.waiting import eventually

#: What names and schemas can be.
ODD = pathlib.Path(__file__).with_name("harness") / "odd.yaml"

CONTRACTS = ["rangkai", "rooms", "paychain", "orion", "bulkbuyer"]

#: Programs in which every line is right.
GOOD = {
    "rangkai": """
        import { payloadChecks } from 'switchboard-client/schema';
        import { channel, type ChannelName, connect, definitions, errorCodes, type Events, schemas } from './rangkai.ts';
        const connection = connect('ws://localhost:3000/ws', { token: 't', schemas: payloadChecks(schemas, definitions) });
        connection.on('order.created', (order) => {
          const status: 'payment_pending' = order.status;
          const amount: number = order.total.amount;
          console.log(status, amount);
        });
        connection.on('rating.revealed', ({ revealed }) => {
          const yes: true = revealed;
          console.log(yes);
        });
        connection.subscribe(channel.order('7'));
        connection.subscribe(['global', channel.user('did:rangkai:alice'), 'proposal:1']);
        connection.send('ping');
        const name: `order:${string}` = channel.order(7);
        const other: ChannelName = name;
        const close: 4001 = errorCodes.unauthenticated.close;
        const paid: Events['order.paid']['status'] = 'paid';
        console.log(other, close, paid);
    """,
    "paychain": """
        import { channel, connect } from './paychain.ts';
        const connection = connect('ws://localhost:8080/ws');
        connection.on('job_created', (job) => console.log(job.title.length, job.pay_amount_usd.toFixed(2)));
        connection.on('history', (history) => console.log(history.messages.map((message) => message.timestamp)));
        connection.on('reconnect_token', (notice) => console.log(notice.token.length));
        connection.on('presence', (presence) => console.log(presence.status === 'online'));
        connection.send('chat_message', { job_id: 124, text: 'I can start on Monday.' });
        connection.send('history', { channel: channel.job(124), limit: 10 });
        connection.subscribe('any name at all');
    """,
    "bulkbuyer": """
        import { connect, type WebSocketMessage } from './bulkbuyer.ts';
        const connection = connect('ws://localhost:5000/api/notifications/ws');
        connection.on('POOL_PROGRESS', (pool) => console.log(pool.progress + pool.currentQuantity));
        connection.onAny((event) => handle(event.frame as WebSocketMessage));
        connection.send('PING');
        function handle(message: WebSocketMessage): string {
          switch (message.type) {
            case 'ORDER_STATUS_CHANGE':
              return message.data.toStatus;
            case 'POOL_PROGRESS':
              return message.data.progress.toFixed();
            case 'SYSTEM_NOTIFICATION':
              return message.data.severity;
          }
        }
    """,
    "rooms": """
        import { type ClientToServerEvents, connect, connectRooms, namespace, type ServerToClientEvents } from './rooms.ts';
        import { io, type Socket } from 'socket.io-client';
        const socket = connect('http://localhost:4000', { auth: { token: 't' } });
        socket.on('room:created', (data, id) => console.log(data.room.name, id.length));
        socket.on('token:expired', (data) => console.log(data.timestamp));
        socket.emit('room:subscribe', { roomId: 'r' }, (answer) => {
          if (answer.success) console.log(answer.data);
          else console.log(answer.error.code);
        });
        const answer = await socket.request('room:unsubscribe', { roomId: 'r' });
        console.log(answer);
        const stock: Socket<ServerToClientEvents, ClientToServerEvents> = io('http://localhost:4000');
        stock.on('prize:created', ({ prize }) => console.log(prize.quantity + 1));
        stock.emit('presence:get_online', { roomId: 'r' });
        connectRooms('http://localhost:4000/', 'r').on('room:updated', (data) => console.log(data.changes));
        const name: `/rooms/${string}` = namespace.rooms('r');
        console.log(name);
    """,
    "orion": """
        import { connect, connectAdmin } from './orion.ts';
        const socket = connect('http://localhost:20001', { auth: { token: 't' } });
        socket.on('health:update', (health) => console.log(health.details.checks.database?.status));
        socket.on('system:event', (event) => event.type === 'critical' && console.log(event.metadata));
        socket.on('reconnect', (attempt: number) => console.log(attempt));
        socket.emit('subscribe:health', { services: ['auth'] }, (answer) => console.log(answer));
        socket.emit('ping');
        connectAdmin('http://localhost:20004').on('admin:event', (event) => console.log(event.type));
    """,
}

#: Statements, each wrong by itself; they stand behind the good program's imports and first connection.
BAD = {
    "rangkai": [
        "connection.on('order.creatd', () => {});",
        "connection.on('order.created', (order) => console.log(order.total.sum));",
        "connection.on('order.created', (order) => order.total.amount.trim());",
        "connection.on('order.paid', (order) => order.status === 'shipped');",
        "connection.on('rating.submitted', (rating) => { const yes: true = rating.revealed; console.log(yes); });",
        "connection.on('shipment.created', (shipment: Events['order.paid']) => console.log(shipment));",
        "connection.subscribe('oder:7');",
        "connection.subscribe(['order:7', 'globall']);",
        "connection.subscribe(channel.order());",
        "connection.subscribe(channel.room('7'));",
        "connection.subscribe('signers');",
        "connection.send('pong');",
        "console.log(errorCodes.unautenticated);",
        "const bad: Events['order.paid'] = { orderId: '7' }; console.log(bad);",
    ],
    "paychain": [
        "connection.on('job_create', () => {});",
        "connection.on('job_created', (job) => console.log(job.name));",
        "connection.on('job_completed', (job) => job.payment_released.length);",
        "connection.on('presence', (presence) => presence.status === 'away');",
        "connection.send('chat_message', { job_id: 124 });",
        "connection.send('chat_message', { job_id: true, text: 'x' });",
        "connection.send('typing', { job_id: 124, is_typing: 'yes' });",
        "connection.send('chat_message');",
        "connection.send('chat', { job_id: 124, text: 'x' });",
        "connection.send('history', { channel: 'job:1', limt: 3 });",
        "channel.job({});",
    ],
    "bulkbuyer": [
        "connection.on('POOL_PROGRES', () => {});",
        "connection.on('POOL_PROGRESS', (pool) => pool.progress.length);",
        "connection.on('SYSTEM_NOTIFICATION', (note) => note.severity === 'FATAL');",
        "connection.onAny((event) => (event.frame as WebSocketMessage).data.poolId);",
        "connection.subscribe('all');",
        "connection.send('SUBSCRIBE');",
    ],
    "rooms": [
        "socket.on('room:create', () => {});",
        "socket.on('room:created', (data) => console.log(data.room.title));",
        "socket.on('prize:created', (data) => data.prize.quantity.length);",
        "socket.emit('room:subscribe', { room: 'r' });",
        "socket.emit('room:subscribe', { roomId: 7 });",
        "socket.emit('room:subscribe');",
        "socket.emit('room:subscrib', { roomId: 'r' });",
        "socket.emit('room:subscribe', { roomId: 'r' }, (answer) => console.log(answer.rooms));",
        "stock.emit('notification:mark_read', { id: 'n' });",
        "connectRooms('http://localhost:4000');",
        "socket.emit('app:publish', { roomId: 'r', event: 'x' });",
    ],
    "orion": [
        "socket.on('health:updat', () => {});",
        "socket.on('health:update', (health) => health.status === 'fine');",
        "socket.on('user:session-expired', (session) => session.expiryReason === 'bored');",
        "socket.emit('subscribe:health', { services: 'auth' });",
        "socket.emit('subscribe:health', {});",
        "socket.emit('request:helth', { services: ['auth'] });",
        "socket.on('admin:event', () => {});",
    ],
}


def generate(contract: str | pathlib.Path, output: pathlib.Path, *more: str) -> str:
    file = contract if isinstance(contract, pathlib.Path) else ROOT / "Contracts" / f"{contract}.yaml"
    done = switchboard("generate", "typescript", str(file), "--output", str(output), *more, BOTH_SECRET="0" * 32)
    assert done.returncode == 0, done.stderr
    return output.read_text(encoding="utf-8")


def lines(program: str) -> list[str]:
    return [line[8:] for line in program.strip("\n").splitlines()][:-1] + [""]


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("typescript")
    settings(folder)
    for name in CONTRACTS:
        generate(name, folder / f"{name}.ts")
    return folder


@pytest.mark.requirement("RNG-071")
def test_what_is_written_is_typed_formatted_and_without_lint(folder: pathlib.Path) -> None:
    files = [f"{name}.ts" for name in CONTRACTS]
    for arguments in (["check"], ["fmt", "--check"], ["lint"]):
        done = deno(folder, *arguments, *files)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.requirement("RNG-071")
@pytest.mark.requirement("RNG-059")
def test_right_programs_type_check(folder: pathlib.Path) -> None:
    for name in CONTRACTS:
        (folder / f"good-{name}.ts").write_text("\n".join(lines(GOOD[name])), encoding="utf-8")
    done = deno(folder, "check", *(f"good-{name}.ts" for name in CONTRACTS))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.requirement("RNG-071")
def test_the_documented_program_type_checks(folder: pathlib.Path) -> None:
    text = (ROOT / "docs" / "generate.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```typescript\n(.*?)```", text, re.DOTALL)
    (folder / "documented.ts").write_text(program, encoding="utf-8")
    for arguments in (["check"], ["fmt", "--check"], ["lint"]):
        done = deno(folder, *arguments, "documented.ts")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.requirement("RNG-071")
def test_each_wrong_line_is_refused_and_no_other(folder: pathlib.Path) -> None:
    expected = {}
    for name in CONTRACTS:
        right = lines(GOOD[name])[:-1]
        text = right + BAD[name]
        file = folder / f"bad-{name}.ts"
        file.write_text("\n".join(text) + "\n", encoding="utf-8")
        expected[file] = set(range(len(right) + 1, len(text) + 1))
    done = deno(folder, "check", *(file.name for file in expected))
    assert done.returncode != 0
    output = done.stdout + done.stderr
    found = {file.name: wrong_lines(output, file) for file in expected}
    assert found == {file.name: wrong for file, wrong in expected.items()}, output


@pytest.mark.requirement("BULK-024")
def test_generated_messages_are_those_of_the_client_package(folder: pathlib.Path) -> None:
    program = """
        import type { WebSocketMessage as Package } from 'switchboard-client/bulkbuyer';
        import type { WebSocketMessage as Generated } from './bulkbuyer.ts';
        declare const generated: Generated;
        const message: Package = generated;
        console.log(message);
    """
    (folder / "message.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    done = deno(folder, "check", "message.ts")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.requirement("RNG-071")
@pytest.mark.parametrize("name", ["rangkai", "paychain", "bulkbuyer"])
def test_the_dialect_is_that_of_the_client_package(folder: pathlib.Path, name: str) -> None:
    """What the package's authors wrote by hand is what the contract says."""
    package = (ROOT / "Clients" / "javascript" / "src" / f"{name}.ts").as_uri()
    program = f"""
        import {{ {name} }} from '{package}';
        import {{ dialect }} from './{name}.ts';
        console.log(JSON.stringify([{name}, dialect]));
    """
    (folder / f"dialect-{name}.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    done = deno(folder, "run", "--no-check", f"dialect-{name}.ts")
    assert done.returncode == 0, done.stderr
    written, generated = json.loads(done.stdout)
    assert written == generated


@pytest.mark.requirement("RNG-059")
def test_payload_checks_are_made_of_the_schemas(folder: pathlib.Path) -> None:
    program = """
        import { payloadChecks } from 'switchboard-client/schema';
        import { definitions, schemas } from './rangkai.ts';
        const checks = payloadChecks(schemas, definitions);
        const order = { orderId: 'o', orderNumber: 'n', status: 'paid', buyerDid: 'a', vendorDid: 'b' };
        const good = checks['order.paid']({ ...order, timestamp: '2025-11-05T12:00:00Z' });
        const bad = checks['order.paid'](order);
        console.log(JSON.stringify([good ?? null, bad ?? null]));
    """
    (folder / "checks.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    done = deno(folder, "run", "--no-check", "checks.ts")
    assert done.returncode == 0, done.stderr
    good, bad = json.loads(done.stdout)
    assert good is None
    assert "timestamp" in bad


def test_odd_names_and_every_kind_of_schema(folder: pathlib.Path) -> None:
    generate(ODD, folder / "odd.ts")
    program = """
        import { channel, connect } from './odd.ts';
        const connection = connect('ws://x/ws');
        connection.on('shape', (shape) => shape.kind === 'circle' ? shape.radius : shape.sides);
        connection.on('tree', (tree) => tree.children?.[0].children?.[0].leaf.of?.on);
        connection.on('self', (self) => self.next?.next?.next);
        connection.on('inner', (inner) => inner.x?.y.toFixed());
        connection.on('pair', ([name, number]) => name + (number ?? 0).toFixed());
        connection.on('mixed', (mixed) => mixed.id.length);
        connection.on('map', (map) => map.any.value);
        connection.on('both', (both) => both.more + both.value);
        connection.send('class', { value: 1 });
        connection.subscribe(channel.a('x', 'y'));
    """
    (folder / "odd-good.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    for arguments in (["check", "odd-good.ts"], ["check", "odd.ts"], ["fmt", "--check", "odd.ts"], ["lint", "odd.ts"]):
        done = deno(folder, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


BOTH = pathlib.Path(__file__).with_name("harness") / "both.yaml"


def test_a_contract_of_both_wire_languages_has_both_connections(folder: pathlib.Path) -> None:
    generate(BOTH, folder / "both.ts")
    program = """
        import { connect, connectAdmin, connectSocketIO } from './both.ts';
        const connection = connect('ws://localhost:9201/ws');
        connection.on('said', (said) => console.log(said));
        connection.send('say', { channel: 'room:1', text: 'x' });
        const socket = connectSocketIO('http://localhost:9202', { auth: { token: 't' } });
        socket.on('said', (said, id) => console.log(said, id.length));
        socket.on('subscribed', (subscribed) => console.log(subscribed.at, subscribed.channels));
        socket.emit('say', { channel: 'room:1', text: 'x' }, (answer) => console.log(answer));
        connectAdmin('http://localhost:9202').on('error', (error) => console.log(error.message));
    """
    (folder / "both-good.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    for arguments in (["check", "both-good.ts"], ["fmt", "--check", "both.ts"], ["lint", "both.ts"]):
        done = deno(folder, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_called_alike_is_told_apart_and_no_path_ends_a_comment(folder: pathlib.Path) -> None:
    generate(ODD.with_name("clashes.yaml"), folder / "clashes.ts")
    program = """
        import { connect, connectA, connectAB, connectANamespace, connectMain, connectOf, connectSocketIO, namespace } from './clashes.ts';
        const main: ['/', '/main'] = [namespace.main, namespace.mainOf];
        const letters: ['/A', '/a', '/a*/b'] = [namespace.a, namespace.aNamespace, namespace.ab];
        for (const open of [connectSocketIO, connectMain, connectA, connectANamespace, connectAB]) open('http://localhost:9203');
        connectOf('http://localhost:9203', 1, 'x', { autoConnect: false });
        console.log(main, letters, connect);
    """
    (folder / "clashes-good.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    for arguments in (["check", "clashes-good.ts"], ["fmt", "--check", "clashes.ts"], ["lint", "clashes.ts"]):
        done = deno(folder, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_parameter_that_would_make_another_name_is_refused(folder: pathlib.Path) -> None:
    generate(ODD, folder / "odd.ts")
    program = """
        import { channel } from './odd.ts';
        const tried = [() => channel.a('x', 'y:z'), () => channel.a('x:y', 'z'), () => channel.a('', 'z'), () => channel.a('x', '')];
        console.log(JSON.stringify(tried.map((make) => {
          try {
            return make();
          } catch (error) {
            return (error as Error).name;
          }
        })));
    """
    (folder / "names.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    done = deno(folder, "run", "--no-check", "names.ts")
    assert json.loads(done.stdout) == ["a:x:y:z", "RangeError", "RangeError", "RangeError"], done.stderr


@pytest.mark.requirement("RNG-071")
def test_a_program_of_the_generated_module_talks_to_the_server(folder: pathlib.Path, rangkai: Server) -> None:
    """The dialect, the channels' names and the schemas are those of the server that serves the contract."""
    deal = Deal()
    program = f"""
        import {{ payloadChecks }} from 'switchboard-client/schema';
        import {{ channel, connect, definitions, schemas }} from './rangkai.ts';
        const connection = connect('ws://127.0.0.1:{rangkai.port}/ws', {{
          token: '{token(deal.buyer)}',
          schemas: payloadChecks(schemas, definitions),
        }});
        connection.onError((fault) => console.log(JSON.stringify({{ fault: fault.kind }})));
        connection.on('order.created', (order) => console.log(JSON.stringify({{ amount: order.total.amount }})));
        connection.on('order.paid', (order) => {{
          console.log(JSON.stringify({{ status: order.status }}));
          connection.close();
        }});
        connection.subscribe([channel.user('{deal.buyer}'), 'global']);
    """
    (folder / "live.ts").write_text("\n".join(lines(program)), encoding="utf-8")
    command = [str(DENO), "run", "-A", "--check", "live.ts"]
    with subprocess.Popen(command, cwd=folder, env=variables(), stdout=subprocess.PIPE, text=True) as process:
        try:
            eventually(lambda: rangkai.admin.channels().get(f"user:{deal.buyer}"), within=60)
            rangkai.admin.publish("order.created", deal.created())
            rangkai.admin.publish("order.paid", deal.paid())
            output, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert [json.loads(line) for line in output.splitlines()] == [{"amount": 100}, {"status": "paid"}]


def test_the_same_contract_gives_the_same_bytes_under_a_header(tmp_path: pathlib.Path) -> None:
    first = generate("rooms", tmp_path / "a.ts")
    assert first == generate("rooms", tmp_path / "b.ts")
    version = switchboard("--version").stdout.strip()
    assert re.match(rf'// Generated by Switchboard {re.escape(version)} from the contract "rooms" \(rooms\.yaml\)', first)
    printed = switchboard("generate", "typescript", str(ROOT / "Contracts" / "rooms.yaml"))
    assert printed.stdout == first


def test_check_fails_when_the_file_is_not_what_would_be_written(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "rangkai.ts"
    contract = str(ROOT / "Contracts" / "rangkai.yaml")
    check = ["generate", "typescript", contract, "--output", str(file), "--check"]
    missing = switchboard(*check)
    assert missing.returncode == 1 and "no such file" in missing.stderr
    text = generate("rangkai", file)
    assert switchboard(*check).returncode == 0
    file.write_text(text.replace("amount", "sum"), encoding="utf-8")
    stale = switchboard(*check)
    assert stale.returncode == 1 and str(file) in stale.stderr
    assert "sum" in file.read_text(encoding="utf-8")
    assert switchboard("generate", "typescript", contract, "--check").returncode == 64


def test_faults_of_a_contract_and_of_the_file_are_told(tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("contract: x\n", encoding="utf-8")
    done = switchboard("generate", "typescript", str(broken))
    assert done.returncode == 1 and done.stdout == "" and f"{broken}:" in done.stderr
    nowhere = switchboard(
        "generate", "typescript", str(ROOT / "Contracts" / "rangkai.yaml"), "--output", str(tmp_path / "no" / "x.ts"))
    assert nowhere.returncode == 1 and nowhere.stderr.startswith("error: ")


def test_no_secret_is_in_the_code() -> None:
    for name in CONTRACTS:
        secret = "not-for-anybody-to-see-0123456789abcdef"
        done = switchboard(
            "generate", "typescript", str(ROOT / "Contracts" / f"{name}.yaml"),
            **{f"{name.upper()}_JWT_SECRET": secret, f"{name.upper()}_SESSION_SECRET": secret})
        assert done.returncode == 0, done.stderr
        assert secret not in done.stdout
