# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The shipped ways to install the server (deploy/): the systemd unit, the environment file, the compose file."""

import ipaddress
import os
import pathlib
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from harness.payloads import did
from harness.ports import free_port
from harness.proxies import DEPLOY, edited
from harness.server import RANGKAI, ROOT, SWITCHBOARD, Server
from harness.tokens import claims, sign_with_secret

requirement = pytest.mark.requirement
UNIT = (DEPLOY / "switchboard.service").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICE: dict[str, Any] = COMPOSE["services"]["websocket-server"]


def settings(file: pathlib.Path) -> dict[str, str]:
    """The variables of an environment file, as systemd and compose read them."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))  # type: ignore[misc]


EXAMPLE = settings(DEPLOY / "environment.example")
#: The secrets that a production server cannot do without, with what it says at the start when one is missing.
COMPLAINTS = {
    "SWITCHBOARD_API_KEY": "production needs an API key",
    "RANGKAI_JWT_SECRET": "there is no key to check tokens with",
    "PAYCHAIN_JWT_SECRET": "there is no key to check tokens with",
    "ROOMS_JWT_SECRET": "there is no key to check tokens with",
    "ORION_JWT_SECRET": "there is no key to check tokens with",
}


# systemd


@pytest.fixture
def unit(tmp_path: pathlib.Path) -> pathlib.Path:
    """The shipped unit with the program under test in the place of the installed one."""
    file = tmp_path / "switchboard.service"
    file.write_text(edited(UNIT, {"/usr/local/bin/switchboard": str(SWITCHBOARD)}), encoding="utf-8")
    return file


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_systemd_takes_the_unit_without_a_complaint(unit: pathlib.Path) -> None:
    judged = systemd_analyze("verify", "--man=no", str(unit))
    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")


def test_systemd_calls_the_unit_well_confined(unit: pathlib.Path) -> None:
    # In tenths: 0 is confined most, 100 not at all; systemd calls what is below 20 "OK".
    judged = systemd_analyze("security", "--offline=yes", "--threshold=20", "--no-pager", str(unit))
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_the_unit_s_command_starts_a_production_server_once_the_example_environment_is_filled_in(
    serve: Callable[..., Server], tmp_path: pathlib.Path
) -> None:
    """In production nothing is made up: a secret that the example does not name would end the start."""
    given = dict(re.findall(r"^Environment=(\w+)=(.*)$", UNIT, re.M))
    assert given["SWITCHBOARD_ENV"] == "production"
    assert given["SWITCHBOARD_DATA"] == "%S/switchboard" and "StateDirectory=switchboard\n" in UNIT
    (command,) = re.findall(r"^ExecStart=(.*)$", UNIT, re.M)
    contracts = shlex.split(given["SWITCHBOARD_CONTRACTS"])
    assert shlex.split(command) == ["/usr/local/bin/switchboard", "serve", "$SWITCHBOARD_CONTRACTS"]
    installed = [ROOT / "Contracts" / pathlib.Path(path).name for path in contracts]
    filled = {name: value or secrets.token_hex(32) for name, value in EXAMPLE.items()}
    server = serve(*installed, data=tmp_path / "state", SWITCHBOARD_ENV="production", **filled)
    user = did()
    with server.open(sign_with_secret(claims(user), filled["RANGKAI_JWT_SECRET"])) as client:
        assert client.welcome()["userId"] == user


def test_the_example_environment_holds_no_secret() -> None:
    assert {name for name, value in EXAMPLE.items() if not value} == set(COMPLAINTS)


def test_contracts_name_their_variables_and_the_example_environment_only_such() -> None:
    known: set[str] = set()
    for file in (ROOT / "Contracts").glob("*.yaml"):
        head, _, rules = file.read_text(encoding="utf-8").partition("\ncontract:")
        used = set(re.findall(r"\$\{(\w+)", rules))
        assert used <= set(re.findall(r"\w+", head)), file.name
        known |= used
    example = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.M))
    assert {name for name in named - known if not name.startswith("SWITCHBOARD_")} == set()


@pytest.mark.parametrize("left", sorted(COMPLAINTS))
def test_a_server_does_not_start_while_a_secret_of_the_example_environment_is_empty(
    serve: Callable[..., Server], left: str
) -> None:
    filled = {name: value or secrets.token_hex(32) for name, value in EXAMPLE.items()} | {left: ""}
    shipped = ROOT / "Contracts" / f"{left.removesuffix('_JWT_SECRET').lower()}.yaml"
    server = serve(shipped if shipped.exists() else RANGKAI, start=False, SWITCHBOARD_ENV="production", **filled).launch()
    assert server.wait() == 1
    assert COMPLAINTS[left] in server.log


# Containers


@requirement("PAY-061", "PAY-D06")
def test_the_compose_file_has_the_documented_service() -> None:
    assert "8080:8000" in SERVICE["ports"]
    assert SERVICE["container_name"] == "paychain-websocket"
    assert SERVICE["networks"] == {"backend-net": {"aliases": ["websocket"]}}
    assert list(COMPOSE["networks"]) == ["backend-net"] and COMPOSE["networks"]["backend-net"]["name"] == "backend-net"


@requirement("PAY-061", "PAY-D02", "PAY-D06")
def test_containers_of_the_network_may_broadcast_and_its_gateway_may_not() -> None:
    (addresses,) = COMPOSE["networks"]["backend-net"]["ipam"]["config"]
    containers = ipaddress.ip_network(addresses["ip_range"])
    trusted = EXAMPLE["PAYCHAIN_TRUSTED_NETWORKS"].split(",")
    assert trusted == ["loopback", str(containers)]
    assert containers.subnet_of(ipaddress.ip_network(addresses["subnet"]))  # type: ignore[arg-type]
    assert ipaddress.ip_address(addresses["gateway"]) not in containers


def test_every_port_that_a_shipped_contract_listens_on_is_exposed_and_published() -> None:
    """PayChain's two ports lead to one place: 8080 outside is 8000 inside."""
    text = "".join((ROOT / "Contracts" / name).read_text(encoding="utf-8") for name in served())
    ports = set(re.findall(r"port: \$\{\w+_PORT:-(\d+)\}", text))
    assert ports == {"3000", "4000", "8080", "8000", "5000", "20001", "20003", "20004"}
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    (exposed,) = re.findall(r"^EXPOSE (.*)$", image, re.M)
    assert set(exposed.split()) == ports | {"9000"}
    published = {port.split(":")[-1] for port in SERVICE["ports"]}
    assert published == ports - {"8080"} | {"9000"}


def served() -> list[str]:
    """The contracts that the compose file serves when nothing else is said."""
    return re.findall(r"/etc/switchboard/([\w-]+\.yaml)", SERVICE["command"])


def test_the_admin_api_is_published_for_the_machine_itself_alone() -> None:
    assert [port for port in SERVICE["ports"] if port.endswith(":9000")] == ["127.0.0.1:9000:9000"]


def test_the_data_folder_of_the_image_is_the_volume_of_the_compose_file() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    (folder,) = re.findall(r"SWITCHBOARD_DATA=(\S+)", image)
    assert f"VOLUME {folder}\n" in image
    assert [volume.split(":") for volume in SERVICE["volumes"]] == [["data", folder]]
    assert "data" in COMPOSE["volumes"]


def test_the_contract_that_containers_serve_is_one_that_the_image_holds() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY Contracts/*.yaml /etc/switchboard/\n" in image
    started = re.findall(r"/etc/switchboard/([\w-]+\.yaml)", image.split("CMD")[1])
    assert started == served() == ["rangkai.yaml", "paychain.yaml", "bulkbuyer.yaml", "rooms.yaml", "orion.yaml"]
    for name in started:
        assert (ROOT / "Contracts" / name).is_file()


def test_no_secret_is_written_into_the_image_or_the_compose_file() -> None:
    for file in ("Dockerfile", "compose.yaml", "switchboard.service"):
        text = (DEPLOY / file).read_text(encoding="utf-8")
        assert re.findall(r"\w*(?:SECRET|API_KEY|PASSWORD)\w*\s*[=:]", text) == []
    assert "environment" not in SERVICE and SERVICE["env_file"] == "environment"
    assert "/environment\n" in (DEPLOY / ".gitignore").read_text(encoding="utf-8")
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"deploy", "data", ".git"} <= set(ignored)


def test_the_health_check_tells_a_server_that_is_ready_from_one_that_is_not(serve: Callable[..., Server]) -> None:
    server = serve()
    form, *command = SERVICE["healthcheck"]["test"]
    assert form == "CMD"
    command = [word.replace("$$", "$") for word in command]

    def code(port: int) -> int:
        environment = {"PATH": "/usr/bin:/bin", "SWITCHBOARD_ADMIN_PORT": str(port)}
        return subprocess.run(command, env=environment, capture_output=True, timeout=20, check=False).returncode

    assert code(server.admin_port) == 0
    assert code(free_port()) != 0
    # The client listener answers too, but does not know the path.
    assert code(server.port) != 0


def test_compose_takes_the_file(tmp_path: pathlib.Path) -> None:
    tools = (["docker", "compose"], ["docker-compose"])
    tool = next((words for words in tools if shutil.which(words[0]) and runs(*words, "version")), None)
    if tool is None:
        pytest.skip("neither `docker compose` nor docker-compose is installed")
    (tmp_path / "compose.yaml").write_text((DEPLOY / "compose.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "environment").write_text((DEPLOY / "environment.example").read_text(encoding="utf-8"), encoding="utf-8")
    told = subprocess.run(
        [*tool, "-f", str(tmp_path / "compose.yaml"), "config"], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stderr
    service = yaml.safe_load(told.stdout)["services"]["websocket-server"]
    assert "SWITCHBOARD_API_KEY" in service["environment"]
    command = service["command"] if isinstance(service["command"], list) else service["command"].split()
    assert command == ["serve", *(f"/etc/switchboard/{name}" for name in served())]


def runs(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0


# The machine of a developer


def test_libraries_can_be_had_once_python_s_venv_is_installed(tmp_path: pathlib.Path) -> None:
    """Debian's Python without python3-venv leaves an environment that has no pip: it does not stay in the way."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "vendor", tmp_path / "scripts" / "vendor")
    environment = tmp_path / ".vendor" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=60)
    # Nothing is fetched: what counts is that it could be.
    taken = subprocess.run(
        [tmp_path / "scripts" / "vendor", "pages"], env=os.environ | {"PIP_NO_INDEX": "1"},
        capture_output=True, text=True, timeout=120, check=False,
    )
    assert taken.returncode == 1 and "No module named pip" not in taken.stderr, taken.stderr
    subprocess.run([environment / "bin" / "python", "-m", "pip", "--version"], check=True, capture_output=True, timeout=60)
