# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""PayChain: the talk about a job, typing, what was read, who is there, a job's status."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from harness.paychain import PayChain, PayChainClient
from harness.payloads import did
from harness.waiting import eventually

requirement = pytest.mark.requirement


class Talk(NamedTuple):
    """One job with its two parties connected, and somebody else."""

    job: str
    employer: str
    worker: str
    hiring: PayChainClient
    working: PayChainClient
    other: PayChainClient


def job_id() -> str:
    """A fresh id of a job. It has no colon: that separates the parts of channel names."""
    return uuid.uuid4().hex


@pytest.fixture
def talk(users: PayChain) -> Iterator[Talk]:
    job, employer, worker = job_id(), did(), did()
    with (
        users.user(employer, user_type="employer") as hiring, users.user(worker) as working,
        users.user(did()) as other,
    ):
        # For the two alone, so that nobody has anything else to read.
        users.broadcast(
            "job_accepted", {"job_id": job, "worker_id": worker, "employer_id": employer}, users=[employer, worker]
        )
        for client in (hiring, working):
            client.receive_type("job_accepted")
        yield Talk(job, employer, worker, hiring, working, other)


def say(client: PayChainClient, job: Any, text: str, **others: Any) -> None:
    client.send({"type": "chat_message", "data": {"job_id": job, "text": text} | others})


def messages(client: PayChainClient, job: str, **others: Any) -> list[dict[str, Any]]:
    client.send({"type": "history", "data": {"channel": f"job:{job}"} | others})
    return client.receive_type("history")["messages"]


@requirement("PAY-070", "PAY-D24")
def test_the_parties_hear_each_other_in_order_and_nobody_else_does(talk: Talk) -> None:
    say(talk.working, talk.job, "I can start on Monday")
    say(talk.working, talk.job, "or on Tuesday", client_id="c-1")
    first = {"job_id": talk.job, "from": talk.worker, "text": "I can start on Monday"}
    second = {"job_id": talk.job, "from": talk.worker, "text": "or on Tuesday", "client_id": "c-1"}
    for client in (talk.hiring, talk.working):
        heard = [client.receive_type("chat_message") for _ in range(2)]
        assert [{k: v for k, v in each.items() if k != "id"} for each in heard] == [first, second]
        assert all(isinstance(each["id"], str) and each["id"] for each in heard)
    say(talk.hiring, talk.job, "Monday")
    assert talk.working.receive_type("chat_message")["from"] == talk.employer
    talk.other.expect_silence()


@requirement("PAY-070", "PAY-D24")
@pytest.mark.parametrize("kind", ["chat_message", "typing", "read"])
def test_who_is_no_party_neither_writes_nor_reads(talk: Talk, kind: str) -> None:
    data = {"job_id": talk.job, "text": "let me in", "is_typing": True, "up_to_id": "m-1"}
    talk.other.send({"type": kind, "data": data})
    assert talk.other.receive_type("error")["code"] == 403
    assert talk.other.refusal(f"job:{talk.job}")["code"] == 403
    talk.other.send({"type": "history", "data": {"channel": f"job:{talk.job}"}})
    assert talk.other.receive_type("error")["code"] == 403
    talk.hiring.expect_silence()
    talk.working.expect_silence()


@requirement("PAY-070")
def test_nobody_writes_in_another_s_name(talk: Talk) -> None:
    say(talk.working, talk.job, "it was me", **{"from": talk.employer, "user_id": talk.employer, "id": "m-1"})
    heard = talk.hiring.receive_type("chat_message")
    assert heard["from"] == talk.worker and heard["id"] != "m-1"


@requirement("PAY-070", "PAY-075")
def test_the_talk_is_stored_and_its_ids_are_those_of_the_live_messages(talk: Talk, users: PayChain) -> None:
    heard = []
    for number in range(5):
        say(talk.working if number % 2 else talk.hiring, talk.job, f"message {number}")
        heard.append(talk.hiring.receive_type("chat_message"))
    with users.user(talk.worker) as later:
        stored = messages(later, talk.job)
        assert [each["data"] for each in stored] == heard
        assert [each["id"] for each in stored] == [each["id"] for each in heard]
        assert {each["type"] for each in stored} == {"chat_message"}
        earlier = messages(later, talk.job, limit=2, before=stored[3]["id"])
        assert [each["data"]["text"] for each in earlier] == ["message 1", "message 2"]


@requirement("PAY-070")
@pytest.mark.parametrize("text", ["", "x" * 4001, None, 7])
def test_a_text_of_no_use_is_refused(talk: Talk, text: Any) -> None:
    say(talk.working, talk.job, text)
    assert talk.working.receive_type("error")["code"] == 400
    talk.hiring.expect_silence()


@requirement("PAY-070", "PAY-D24")
def test_jobs_with_numbers_are_the_same_jobs(users: PayChain) -> None:
    job = uuid.uuid4().int % 1_000_000_000
    with users.user("801") as hiring, users.user("802") as working:
        users.broadcast("job_created", {"job_id": job, "title": "t", "pay_amount_usd": 1, "employer_id": 801}, users=[801])
        users.broadcast("job_accepted", {"job_id": job, "worker_id": 802}, users=[801])
        hiring.receive_type("job_created")
        hiring.receive_type("job_accepted")
        say(working, job, "hello")
        assert hiring.receive_type("chat_message")["job_id"] == job
        say(hiring, str(job), "hello back")
        working.receive_type("chat_message")
        assert working.receive_type("chat_message")["job_id"] == str(job)


@requirement("PAY-077", "PAY-D24")
def test_typing_reaches_the_other_side_alone_and_is_not_kept(talk: Talk, users: PayChain) -> None:
    for state in (True, False):
        talk.working.send({"type": "typing", "data": {"job_id": talk.job, "is_typing": state}})
        expected = {"job_id": talk.job, "user_id": talk.worker, "is_typing": state}
        assert talk.hiring.receive_type("typing") == expected
    talk.working.expect_silence()
    talk.other.expect_silence()
    assert messages(talk.hiring, talk.job) == []
    talk.hiring.send({"type": "history", "data": {"channel": f"user:{talk.employer}"}})
    assert "typing" not in [each["type"] for each in talk.hiring.receive_type("history")["messages"]]


@requirement("PAY-077")
def test_typing_ends_by_itself_once(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain(auth="required", PAYCHAIN_TYPING_AGE="700ms")
    server.broadcast("job_accepted", {"job_id": 1, "worker_id": "w", "employer_id": "e"}, users=["nobody"])

    def typing(state: bool) -> dict[str, Any]:
        return {"job_id": 1, "user_id": "w", "is_typing": state}

    with server.user("e") as hiring, server.user("w") as working:
        assert hiring.receive_type("presence") == {"user_id": "w", "status": "online"}
        for _ in range(3):
            working.send({"type": "typing", "data": {"job_id": 1, "is_typing": True}})
        assert [hiring.receive_type("typing") for _ in range(3)] == [typing(True)] * 3
        assert hiring.receive_type("typing") == typing(False)
        # Who says himself that he has stopped is not said to have stopped again.
        for state in (True, False):
            working.send({"type": "typing", "data": {"job_id": 1, "is_typing": state}})
            assert hiring.receive_type("typing") == typing(state)
        hiring.expect_silence(window=1.2)
        working.expect_silence()


@requirement("PAY-078", "PAY-D24")
def test_the_sender_learns_what_was_read_and_it_is_stored(talk: Talk, users: PayChain) -> None:
    say(talk.working, talk.job, "read this")
    message = talk.hiring.receive_type("chat_message")["id"]
    talk.working.receive_type("chat_message")
    talk.hiring.send({"type": "read", "data": {"job_id": talk.job, "up_to_id": message}})
    receipt = {"job_id": talk.job, "user_id": talk.employer, "up_to_id": message}
    assert talk.working.receive_type("read_receipt") == receipt
    talk.hiring.expect_silence()
    talk.other.expect_silence()
    asking = {"type": "receipts", "data": {"job_id": talk.job, "user_id": talk.employer}}
    with users.user(talk.worker) as later:
        later.send(asking)
        assert later.receive_type("receipts") == {"receipt": receipt}
    talk.other.send(asking)
    assert talk.other.receive_type("error")["code"] == 403
    assert [each["type"] for each in messages(talk.hiring, talk.job)] == ["chat_message"]


@requirement("PAY-078")
def test_what_was_read_survives_the_server(serve_paychain: Callable[..., PayChain]) -> None:
    server = serve_paychain(auth="required")
    server.broadcast("job_accepted", {"job_id": 1, "worker_id": "w", "employer_id": "e"}, users=["e"])
    with server.user("e") as hiring:
        hiring.send({"type": "read", "data": {"job_id": 1, "up_to_id": "m-1"}})
        assert hiring.ping()["type"] == "pong"
        eventually(
            lambda: hiring.ask({"type": "receipts", "data": {"job_id": 1, "user_id": "e"}})["data"]["receipt"],
            what="the receipt",
        )
    server.kill()
    server.start()
    with server.user("w") as working:
        working.send({"type": "receipts", "data": {"job_id": 1, "user_id": "e"}})
        assert working.receive_type("receipts")["receipt"]["up_to_id"] == "m-1"


# Who is there


def online(client: PayChainClient, *users: str) -> dict[str, str]:
    """What the server tells of these users; who may not be asked about is missing."""
    client.send({"type": "presence_get", "data": {"user_ids": list(users)}})
    client.send({"type": "ping"})
    told: dict[str, str] = {}
    while (frame := client.receive())["type"] != "pong":
        if frame["type"] == "presence":
            assert set(frame["data"]) == {"user_id", "status"}, frame
            told[frame["data"]["user_id"]] = frame["data"]["status"]
    return told


@requirement("PAY-072", "PAY-D24")
def test_who_shares_a_job_is_told_who_comes_and_goes(talk: Talk, users: PayChain) -> None:
    talk.working.close()
    assert talk.hiring.receive_type("presence") == {"user_id": talk.worker, "status": "offline"}
    with users.user(talk.worker), users.user(talk.worker):
        assert talk.hiring.receive_type("presence") == {"user_id": talk.worker, "status": "online"}
        # The second connection of a user is no news.
        talk.hiring.expect_silence()
    assert talk.hiring.receive_type("presence") == {"user_id": talk.worker, "status": "offline"}
    talk.other.expect_silence()


@requirement("PAY-072")
def test_who_is_back_at_once_was_never_gone(talk: Talk, users: PayChain) -> None:
    talk.working.close()
    with users.user(talk.worker):
        talk.hiring.expect_silence(window=1.0)


@requirement("PAY-072", "PAY-D24")
def test_presence_is_told_to_who_shares_a_job_and_asks(talk: Talk, users: PayChain) -> None:
    assert online(talk.hiring, talk.worker, talk.employer) == {talk.worker: "online", talk.employer: "online"}
    assert talk.worker not in online(talk.other, talk.worker)
    talk.working.close()
    eventually(lambda: online(talk.hiring, talk.worker) == {talk.worker: "offline"}, what="the worker's leaving")


# Jobs


@requirement("PAY-070", "PAY-078")
def test_a_job_s_id_has_no_colon(users: PayChain) -> None:
    data = {"job_id": "1:alice", "title": "t", "pay_amount_usd": 1}
    assert users.try_broadcast({"type": "job_created", "data": data}).status_code == 422


@requirement("PAY-069", "PAY-D24")
def test_a_change_of_a_job_s_status_reaches_its_parties(talk: Talk, users: PayChain) -> None:
    data = {"job_id": talk.job, "old_status": "accepted", "new_status": "in_progress"}
    users.broadcast("job_status_changed", data)
    for client in (talk.hiring, talk.working):
        assert client.receive_type("job_status_changed") == data
        client.expect_silence()
    talk.other.expect_silence()


@requirement("PAY-070", "PAY-069")
def test_the_employer_and_then_the_worker_become_parties(users: PayChain) -> None:
    job, employer, worker = job_id(), did(), did()
    with users.user(employer) as hiring, users.user(worker) as working:
        created = {"job_id": job, "title": "t", "pay_amount_usd": 1, "employer_id": employer}
        users.broadcast("job_created", created, users=[employer])
        hiring.receive_type("job_created")
        assert users.admin.members(f"job:{job}") == [employer]
        assert working.refusal(f"job:{job}")["code"] == 403
        users.broadcast("job_accepted", {"job_id": job, "worker_id": worker}, users=[worker])
        working.receive_type("job_accepted")
        assert users.admin.members(f"job:{job}") == sorted([employer, worker])
        say(hiring, job, "welcome")
        assert working.receive_type("chat_message")["text"] == "welcome"
        users.admin.remove_members(f"job:{job}", worker)
        assert working.receive_type("unsubscribed") == {"channels": [f"job:{job}"]}
        say(hiring, job, "are you there")
        hiring.receive_type("chat_message")
        working.expect_silence()
