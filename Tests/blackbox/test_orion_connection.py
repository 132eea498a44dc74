# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ORION: ports, tokens, namespaces, refusals and the events of its document, with python-socketio."""

import json
from collections.abc import Callable

import pytest
from harness.certificates import Certificate
from harness.javascript import TRANSPORTS, Program
from harness.orion import SAMPLES, TIMESTAMP, Orion, check_error, fresh_user, from_fresh_address, health
from harness.stock import SocketIOClient
from harness.tokens import sign_with_secret, token

requirement = pytest.mark.requirement

EVERYBODY = {"type": "info", "category": "c", "message": "m", "source": "s", "timestamp": TIMESTAMP}


@requirement("ORI-001", "ORI-003", "ORI-004", "ORI-005", "ORI-007", "ORI-029", "ORI-038", "ORI-D01")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_every_port_serves_health_and_system_events_to_everybody(orion: Orion, transports: list[str]) -> None:
    clients = [
        orion.user(port=port, transports=transports)
        for port in (orion.port, orion.gateway_port, orion.notifications_port)
    ]
    sent = orion.update("auth")
    orion.admin.publish("system:event", EVERYBODY)
    for client in clients:
        assert client.expect("health:update")[0] == sent
        assert client.expect("system:event")[0] == EVERYBODY


@requirement("ORI-011", "ALL-D09")
def test_the_payload_is_the_first_argument_and_the_id_the_second(orion: Orion) -> None:
    client = orion.user()
    receipt = orion.admin.publish("health:update", health("mail"))
    data, identifier = client.expect("health:update")
    assert data == health("mail") and identifier == receipt["id"]


@requirement("ORI-011", "ORI-013", "ORI-015", "ORI-017")
@pytest.mark.parametrize("event", SAMPLES)
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_the_documents_samples_pass_unchanged(orion: Orion, event: str, transports: list[str]) -> None:
    client = orion.user(transports=transports)
    for sample in SAMPLES[event]:
        orion.admin.publish(event, sample)
        # With the order of the members and the form of the numbers.
        assert json.dumps(client.expect(event)[0]) == json.dumps(sample)


@requirement("ORI-001", "ORI-003", "ORI-004", "ORI-005")
@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_every_port_is_encrypted_where_there_is_a_certificate(
    serve_orion: Callable[..., Orion], javascript: Callable[..., Program], certificate: Certificate, transports: list[str]
) -> None:
    orion = serve_orion(ORION_TLS_CERTIFICATE=str(certificate.certificate), ORION_TLS_KEY=str(certificate.key))
    for port in (orion.port, orion.gateway_port, orion.notifications_port):
        program = javascript(
            """const socket = io(ADDRESS, { auth: { token } });
            socket.on('connect', () => say('connected'));
            socket.on('connect_error', (error) => say('failed', error.message));
            socket.on('health:update', (data) => say('update', data));""",
            transports=transports, NODE_EXTRA_CA_CERTS=str(certificate.certificate),
            names={"ADDRESS": f"https://localhost:{port}", "token": token(fresh_user())},
        )
        program.expect("connected")
        sent = orion.update("encrypted")
        assert program.expect("update") == [sent]
        assert not any(said[0] == "failed" for said in program.told)


@requirement("ORI-008", "ORI-010", "ORI-D03")
@pytest.mark.parametrize(
    ("credentials", "reason"),
    [
        (None, "missing"),
        ({}, "missing"),
        ({"token": "garbage"}, "invalid"),
        ({"token": sign_with_secret({"sub": "eve"}, "another-secret-that-is-long-enough")}, "invalid"),
        ({"token": token("eve", expires_in=-3600)}, "expired"),
    ],
    ids=["nothing", "empty", "garbage", "other secret", "expired"],
)
@pytest.mark.parametrize("namespace", ["/", "/admin"])
def test_without_a_valid_token_no_namespace_is_joined(
    orion: Orion, credentials: object, reason: str, namespace: str
) -> None:
    with SocketIOClient(
        orion.address(orion.port), auth=credentials, namespaces=[namespace], headers=from_fresh_address(),
        must_connect=False,
    ) as client:
        error = client.expect("connect_error", namespace=namespace)[0]
        assert error == {"message": "invalid token", "data": {"code": "UNAUTHORIZED", "reason": reason}}


@requirement("ORI-022", "ORI-030", "ORI-036", "ORI-D07", "ORI-D14")
def test_admin_is_for_administrators_and_has_their_events_alone(orion: Orion) -> None:
    admin = orion.user(roles=["admin"], namespaces=["/", "/admin"])
    other = orion.user(roles=["operator"])
    event = {"type": "warning", "message": "m", "source": "s", "timestamp": TIMESTAMP, "more": [1]}
    orion.admin.publish("admin:event", event)
    orion.admin.publish("system:event", EVERYBODY)
    assert admin.expect("admin:event", namespace="/admin")[0] == event
    for client in (admin, other):
        client.expect("system:event")
        client.expect_silence("admin:event", during=0.05)
    with SocketIOClient(
        orion.address(orion.port), auth={"token": token(fresh_user(), roles=["operator"])}, namespaces=["/admin"],
        must_connect=False,
    ) as refused:
        error = refused.expect("connect_error", namespace="/admin")[0]
        assert error == {"message": "forbidden", "data": {"code": "UNAUTHORIZED"}}


@requirement("ORI-005", "ORI-018", "ORI-019", "ORI-031", "ORI-037", "ORI-D08")
def test_notifications_reach_the_user_alone_in_both_namespaces(orion: Orion) -> None:
    user = fresh_user()
    client = orion.user(user, port=orion.notifications_port, namespaces=["/", "/notifications"])
    elsewhere = orion.user(user, port=orion.gateway_port)
    stranger = orion.user(port=orion.notifications_port, namespaces=["/", "/notifications"])
    delivered = {
        "notificationId": "n-1", "userId": user, "channel": "email", "status": "delivered", "timestamp": TIMESTAMP,
    }
    failed = delivered | {"status": "failed", "error": {"code": "E", "message": "m"}}
    orion.admin.publish("notification:delivered", delivered)
    orion.admin.publish("notification:failed", failed)
    orion.admin.publish("system:event", EVERYBODY)
    for namespace in ("/", "/notifications"):
        assert client.expect("notification:delivered", namespace=namespace)[0] == delivered
        assert client.expect("notification:failed", namespace=namespace)[0] == failed
    assert elsewhere.expect("notification:failed")[0] == failed
    stranger.expect("system:event")
    stranger.expect_silence("notification:delivered", during=0.05)
    stranger.expect_silence("notification:delivered", namespace="/notifications", during=0.05)


@requirement("ORI-021", "ORI-037")
def test_a_changed_profile_is_told_to_its_user_alone(orion: Orion) -> None:
    user = fresh_user()
    own, stranger = orion.user(user), orion.user()
    data = {"userId": user, "changes": ["name", "avatar"], "timestamp": TIMESTAMP}
    orion.admin.publish("user:profile-updated", data)
    orion.admin.publish("system:event", EVERYBODY)
    assert own.expect("user:profile-updated")[0] == data
    stranger.expect("system:event")
    stranger.expect_silence("user:profile-updated", during=0.05)


@requirement("ORI-032", "ORI-033", "ORI-035", "ORI-D15")
def test_every_connection_is_in_the_rooms_of_its_user_and_roles(orion: Orion) -> None:
    user = fresh_user()
    client, other = orion.user(user, roles=["admin", "operator"]), orion.user(roles=["operator"])
    for room in (f"user:{user}", "role:admin", "role:operator"):
        orion.admin.publish("system:event", EVERYBODY | {"message": room}, to=[room])
    orion.admin.publish("system:event", EVERYBODY | {"message": "end"})
    told = [client.expect("system:event")[0]["message"] for _ in range(4)]
    assert told == [f"user:{user}", "role:admin", "role:operator", "end"]
    assert [other.expect("system:event")[0]["message"] for _ in range(2)] == ["role:operator", "end"]


@requirement("ORI-020", "ORI-D09")
def test_a_session_that_ended_is_told_and_its_connections_end(orion: Orion) -> None:
    user = fresh_user()
    ended, kept = orion.user(user, claims={"sid": "s-1"}), orion.user(user, claims={"sid": "s-2"})
    unnamed, stranger = orion.user(user), orion.user(claims={"sid": "s-1"})
    data = {"userId": user, "sessionId": "s-1", "expiryReason": "logout", "timestamp": TIMESTAMP}
    orion.admin.publish("user:session-expired", data)
    for client in (ended, unnamed):
        assert client.expect("user:session-expired")[0] == data
        client.expect_silence("disconnect", during=1)
    for client in (ended, unnamed):
        client.expect("disconnect", within=20)
    for client in (kept, stranger):
        assert client.call("ping")
        client.expect_silence("user:session-expired", during=0.05)


@requirement("ORI-020", "ORI-D09")
def test_a_token_that_expires_is_told_before_the_server_disconnects(orion: Orion) -> None:
    user = fresh_user()
    # With the leeway of five seconds it is over in nine.
    client = orion.user(user, claims={"sid": "s-9", "expires_in": 4})
    told = client.expect("user:session-expired", within=30)[0]
    assert told.pop("timestamp")
    assert told == {"userId": user, "sessionId": "s-9", "expiryReason": "timeout"}
    check_error(client.expect("error", within=20)[0], "UNAUTHORIZED")
    client.expect("disconnect", within=20)


@requirement("ORI-020", "ORI-D09", "ORI-D03")
@pytest.mark.parametrize("transports", [["websocket"], ["polling"]], ids=["websocket", "polling"])
def test_a_revoked_session_is_told_before_the_server_disconnects(orion: Orion, transports: list[str]) -> None:
    user = fresh_user()
    revoked = token(user, sid="s-7", jti=f"{user}-revoked")
    ended = orion.user(user, credentials=revoked, transports=transports)
    both = ["/", "/notifications"]
    other = orion.user(user, credentials=revoked, port=orion.notifications_port, namespaces=both, transports=transports)
    kept = orion.user(user, claims={"sid": "s-8", "jti": f"{user}-kept"})
    answer = orion.admin.http.post("/v1/platforms/orion/revocations", json={"jti": f"{user}-revoked"})
    assert answer.status_code == 200 and answer.json()["disconnected"] >= 2, answer.text
    for client, namespace in ((ended, "/"), *((other, each) for each in both)):
        told = client.expect("user:session-expired", namespace=namespace)[0]
        assert told.pop("timestamp")
        assert told == {"userId": user, "sessionId": "s-7", "expiryReason": "revoked"}
    ended.expect_silence("disconnect", during=1)
    check_error(ended.expect("error", within=20)[0], "UNAUTHORIZED")
    for client in (ended, other):
        client.expect("disconnect", within=20)
    assert [each.name for each in ended.told].count("user:session-expired") == 1
    assert kept.call("ping")
    with SocketIOClient(orion.address(orion.port), auth={"token": revoked}, must_connect=False) as refused:
        error = refused.expect("connect_error")[0]
        assert error == {"message": "invalid token", "data": {"code": "UNAUTHORIZED", "reason": "revoked"}}


@requirement("ORI-016")
def test_what_does_not_fit_is_refused_at_publish(orion: Orion) -> None:
    client = orion.user()
    for event, data in (
        ("system:event", EVERYBODY | {"type": "fatal"}),
        ("health:update", health(status="fine")),
        ("health:update", health("*")),
        ("metrics:update", {"service": "a", "timestamp": TIMESTAMP}),
        ("notification:delivered", {"notificationId": "n"}),
    ):
        answer = orion.admin.try_publish(event, data)
        assert answer.status_code == 422, f"{event}: {answer.status_code} {answer.text}"
    orion.admin.publish("system:event", EVERYBODY)
    client.expect("system:event")
    assert [told.name for told in client.told] == ["connect", "system:event"]
