# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""`switchboard generate swift`: what it writes compiles, decodes what the contract's examples are, and refuses wrong programs."""

import json
import pathlib
import re
import shutil
import subprocess
import textwrap

import pytest
import yaml

from harness.commands import switchboard
from harness.server import ROOT

CONTRACTS = ["rangkai", "rooms", "paychain", "orion", "bulkbuyer"]
ODD = pathlib.Path(__file__).with_name("harness") / "odd.yaml"

pytestmark = pytest.mark.skipif(shutil.which("swiftc") is None, reason="there is no swiftc")

GOOD = """
import SwitchboardClient

func use(_ order: Rangkai.OrderCreated, _ rooms: Rooms.WinnerSelected, _ job: Paychain.JobCreated) -> [String] {
    let amount: Double = order.total.amount
    let status: Rangkai.OrderCreatedStatus = order.status
    return [order.orderId, status.rawValue, "\\(amount)", rooms.winner.prize.name, job.title, job.jobType ?? ""]
}

let dialects: [Dialect] = [Rangkai.dialect, Rooms.dialect, Rooms.dialect(namespace: Rooms.Namespace.rooms("7")), Bulkbuyer.dialect]
let names = [Rangkai.Channel.order("7"), Rangkai.Channel.global, Paychain.Channel.named("any"), Rooms.ErrorCode.forbidden]
let chat = Paychain.ChatMessageCommand(jobId: 124, text: "I can start on Monday.")
let older = Paychain.HistoryCommand(channel: Paychain.Channel.job("124"), limit: 10)
func answer(_ history: Paychain.HistoryCommand.Answer) -> [String] { history.messages.map(\\.timestamp) }
func answer(_ result: Orion.SubscribeHealthCommand.Answer) -> [String] {
    switch result {
    case .answer(let answer): answer.services
    case .refusal(let refusal): [refusal.error.code]
    }
}
func severity(_ note: Bulkbuyer.SystemNotification) -> Bool { note.severity == .warning }
"""

#: Each wrong by itself.
BAD = [
    "func b1(_ order: Rangkai.OrderCreatd) {}",
    "func b2(_ order: Rangkai.OrderCreated) -> String { order.total.amount }",
    "func b3(_ order: Rangkai.OrderCreated) -> String { order.number }",
    "func b4(_ order: Rangkai.OrderPaid) -> Bool { order.status == .shipped }",
    "let b5 = Rangkai.Channel.order()",
    "let b6 = Rangkai.Channel.room(\"7\")",
    "let b7 = Paychain.ChatMessageCommand(jobId: 124)",
    "let b8 = Paychain.ChatMessageCommand(jobId: true, text: \"x\")",
    "let b9 = Paychain.TypingCommand(jobId: 124, isTyping: \"yes\")",
    "func b10(_ note: Bulkbuyer.SystemNotification) -> Bool { note.severity == .fatal }",
    "func b11(_ pool: Bulkbuyer.PoolProgress) -> String { pool.progress }",
    "let b12 = Rooms.RoomSubscribeCommand(room: \"r\")",
    "let b13 = Orion.SubscribeHealthCommand(services: \"auth\")",
    "func b14(_ job: Paychain.JobCreated) -> Int { job.jobType.count }",
    "let b15 = Rooms.ErrorCode.forbiden",
]


def generate(contract: pathlib.Path, output: pathlib.Path, *more: str) -> str:
    done = switchboard("generate", "swift", str(contract), "--output", str(output), *more, BOTH_SECRET="0" * 32)
    assert done.returncode == 0, done.stderr
    return output.read_text(encoding="utf-8")


def swiftc(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["swiftc", "-swift-version", "6", "-module-cache-path", str(ROOT / ".build" / "swift-modules"), *arguments],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
    )


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The generated files, beside a module `SwitchboardClient` that has what they name, made of the library's own sources."""
    folder = tmp_path_factory.mktemp("swift")
    sources = ROOT / "Sources" / "SwitchboardClient"
    files = [*sorted((sources / "Dialect").glob("*.swift")), *(sources / "Typed" / name for name in ["ClientCommand.swift", "ServerEvent.swift"])]
    done = swiftc(
        folder, "-parse-as-library", "-emit-module", "-emit-library", "-static", "-module-name", "SwitchboardClient",
        *map(str, files))
    assert done.returncode == 0, done.stderr
    for name in CONTRACTS:
        generate(ROOT / "Contracts" / f"{name}.yaml", folder / f"{name.title()}.swift")
    return folder


def generated() -> list[str]:
    return [f"{name.title()}.swift" for name in CONTRACTS]


def test_what_is_written_compiles_without_a_warning_and_is_formatted(folder: pathlib.Path) -> None:
    generate(ODD, folder / "Odd.swift")
    generate(ODD.with_name("both.yaml"), folder / "Both.swift")
    generate(ODD.with_name("clashes.yaml"), folder / "Clashes.swift")
    files = [*generated(), "Odd.swift", "Both.swift", "Clashes.swift"]
    done = swiftc(folder, "-typecheck", "-warnings-as-errors", "-I", ".", *files)
    assert done.returncode == 0, done.stderr
    settings = str(ROOT / ".swift-format")
    lint = subprocess.run(
        ["swift", "format", "lint", "--strict", "--configuration", settings, *files], cwd=folder, capture_output=True,
        text=True, timeout=120, check=False)
    assert lint.returncode == 0, lint.stderr
    for name in files:
        laid = subprocess.run(
            ["swift", "format", "--configuration", settings, name], cwd=folder, capture_output=True, text=True,
            timeout=120, check=True)
        assert laid.stdout == (folder / name).read_text(encoding="utf-8"), name


def test_right_programs_compile_and_each_wrong_line_is_refused(folder: pathlib.Path) -> None:
    good = GOOD.strip("\n").splitlines()
    (folder / "main.swift").write_text("\n".join(good) + "\n", encoding="utf-8")
    done = swiftc(folder, "-typecheck", "-I", ".", "main.swift", *generated())
    assert done.returncode == 0, done.stderr
    (folder / "main.swift").write_text("\n".join(good + BAD) + "\n", encoding="utf-8")
    done = swiftc(folder, "-typecheck", "-I", ".", "main.swift", *generated())
    found = {int(line) for line in re.findall(r"main\.swift:(\d+):\d+: error:", done.stderr)}
    assert found == set(range(len(good) + 1, len(good) + len(BAD) + 1)), done.stderr


def test_the_documented_program_compiles(folder: pathlib.Path) -> None:
    text = (ROOT / "docs" / "generate.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```swift\n(.*?)```", text, re.DOTALL)
    (folder / "main.swift").write_text(program, encoding="utf-8")
    done = swiftc(folder, "-typecheck", "-I", ".", "main.swift", "Rangkai.swift")
    assert done.returncode == 0, done.stderr


def examples(name: str) -> list[tuple[str, object]]:
    text = (ROOT / "Contracts" / f"{name}.yaml").read_text(encoding="utf-8")

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    events = yaml.load(text, Loader)["events"]
    return [
        (event, example)
        for event, rules in events.items()
        for example in rules.get("examples", [rules["example"]] if "example" in rules else [])
    ]


def test_every_example_of_the_contracts_is_decoded_and_written_again(folder: pathlib.Path) -> None:
    lines = ["import Foundation", "import SwitchboardClient", ""]
    lines += [
        "func check<Event: ServerEvent & Encodable>(_ type: Event.Type, _ json: String) {",
        "    do {",
        "        let event = try JSONDecoder().decode(type, from: Data(json.utf8))",
        "        let again = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(event)) as? NSDictionary",
        "        let given = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary",
        "        print(again == given ? \"same\" : \"other \\(Event.eventName) \\(again as Any) \\(given as Any)\")",
        "    } catch { print(\"failed \\(Event.eventName) \\(error)\") }",
        "}",
    ]
    count = 0
    for name in CONTRACTS:
        text = (folder / f"{name.title()}.swift").read_text(encoding="utf-8")
        types = dict(
            (event, declared)
            for declared, event in re.findall(r"struct (\w+): ServerEvent.*?eventName = \"([^\"]+)\"", text, re.DOTALL))
        for event, example in examples(name):
            count += 1
            lines.append(f'check({name.title()}.{types[event]}.self, #"{json.dumps(example)}"#)')
    (folder / "main.swift").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = swiftc(folder, "-Onone", "-I", ".", "-L", ".", "-lSwitchboardClient", "-o", "decode", "main.swift", *generated())
    assert done.returncode == 0, done.stderr
    ran = subprocess.run([str(folder / "decode")], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["same"] * count, ran.stdout


def test_a_refusal_is_told_from_an_answer(folder: pathlib.Path) -> None:
    program = """
    import Foundation
    import SwitchboardClient

    func read<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }
    let refused = #"{"success": false, "error": {"code": "NO", "message": "no"}}"#
    switch try read(Rooms.RoomUnsubscribeCommand.Answer.self, refused) {
    case .answer: print("answer")
    case .refusal(let refusal): print(refusal.error.code)
    }
    let granted = #"{"success": true, "data": {"roomId": "r"}}"#
    switch try read(Rooms.RoomUnsubscribeCommand.Answer.self, granted) {
    case .answer(let answer): print(answer.data.roomId)
    case .refusal: print("refusal")
    }
    let sent = try JSONEncoder().encode(Rooms.RoomSubscribeCommand(roomId: "r"))
    print(String(decoding: sent, as: UTF8.self))
    """
    (folder / "main.swift").write_text(textwrap.dedent(program).lstrip(), encoding="utf-8")
    done = swiftc(folder, "-Onone", "-I", ".", "-L", ".", "-lSwitchboardClient", "-o", "refusal", "main.swift", "Rooms.swift")
    assert done.returncode == 0, done.stderr
    ran = subprocess.run([str(folder / "refusal")], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.splitlines() == ["NO", "r", '{"roomId":"r"}']


def test_who_may_use_it_is_told(tmp_path: pathlib.Path) -> None:
    contract = ROOT / "Contracts" / "bulkbuyer.yaml"
    internal = generate(contract, tmp_path / "a.swift", "--access", "internal")
    assert "\nimport SwitchboardClient\n" in internal and "\nenum Bulkbuyer {" in internal and "public" not in internal
    package = generate(contract, tmp_path / "b.swift", "--access", "package")
    assert "\npackage import SwitchboardClient\n" in package and "\npackage enum Bulkbuyer {" in package
    refused = switchboard("generate", "swift", str(contract), "--access", "private")
    assert refused.returncode == 64


def test_check_fails_when_the_file_is_not_what_would_be_written(tmp_path: pathlib.Path) -> None:
    contract = ROOT / "Contracts" / "bulkbuyer.yaml"
    file = tmp_path / "Bulkbuyer.swift"
    text = generate(contract, file)
    assert text.startswith("// Generated by Switchboard ")
    assert switchboard("generate", "swift", str(contract), "--output", str(file), "--check").returncode == 0
    file.write_text(text + "\n", encoding="utf-8")
    assert switchboard("generate", "swift", str(contract), "--output", str(file), "--check").returncode == 1


@pytest.mark.parametrize("command", [["generate", "swift"], ["generate", "typescript"], ["docs"]])
def test_a_contract_is_not_overwritten_by_its_own_code(command: list[str], tmp_path: pathlib.Path) -> None:
    contract = tmp_path / "odd.yaml"
    shutil.copy(ODD, contract)
    (tmp_path / "link.yaml").symlink_to(contract)
    for output in (contract, tmp_path / "link.yaml", tmp_path / ".." / tmp_path.name / "odd.yaml"):
        done = switchboard(*command, str(contract), "--output", str(output))
        assert (done.returncode, "--output is the contract itself" in done.stderr) == (64, True), done.stderr
    assert contract.read_bytes() == ODD.read_bytes()
