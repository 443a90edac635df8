"""The whole purchase by six processes, each with no more rights on the Redis servers than tools/redis-acl gives."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from executables import executable
from platform_processes import Person, Platform, eventually
from redis_acl import SERVICES
from redis_servers import SUBJECTS, RedisServer


@contextlib.contextmanager
def running(redis: dict[str, RedisServer]) -> Iterator[Platform]:
    platform = Platform(redis)
    try:
        yield platform
        platform.stop()
    finally:
        platform.kill()


@pytest.fixture(params=["apart", "shared"])
def redis(request: pytest.FixtureRequest, redis_folder: Path, passwords: Path) -> Iterator[dict[str, RedisServer]]:
    folder = redis_folder / f"purchase-{request.param}"
    folder.mkdir()
    names = SERVICES if request.param == "apart" else ["shared"]
    with contextlib.ExitStack() as stack:
        servers = {}
        for name in names:
            servers[name] = RedisServer(name, folder, passwords)
            stack.callback(servers[name].stop)
        yield servers if request.param == "apart" else dict.fromkeys(SERVICES, servers["shared"])


def test_a_purchase_needs_no_other_rights(redis: dict[str, RedisServer]) -> None:
    with running(redis) as platform:
        seller, buyer = Person(platform.url), Person(platform.url)
        for person, email in [(seller, "s@example.com"), (buyer, "b@example.com")]:
            assert person.call("/api/users/signup", {"email": email, "password": "password"})[0] == 201
        tickets = [sell(seller, title) for title in ("kept", "let go")]
        orders = [reserve(buyer, ticket) for ticket in tickets]
        for ticket in tickets:
            eventually("the ticket is reserved", lambda: seller.call(f"/api/tickets/{ticket}")[1]["orderId"] is not None)
        status, payment = buyer.call("/api/payments", {"token": "tok_visa", "orderId": orders[0]})
        assert status in (201, 202), payment
        assert buyer.call(f"/api/orders/{orders[1]}", method="DELETE")[0] == 204
        eventually("the order is complete", lambda: buyer.call(f"/api/orders/{orders[0]}")[1]["status"] == "complete")
        eventually("the ticket is free", lambda: seller.call(f"/api/tickets/{tickets[1]}")[1]["orderId"] is None)
        ready, dependencies = buyer.call("/readyz")
        assert ready == 200, dependencies
        for publisher in SERVICES:
            for subject in [name for name, by in SUBJECTS.publisher.items() if by == publisher]:
                eventually(f"{subject} is applied", lambda: not pending(redis[publisher], publisher, subject))
    for server in redis.values():
        assert server.refusals() == []


def test_a_process_with_a_wrong_user_says_so(servers: dict[str, RedisServer], tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = {
        "JWT_KEY": "k" * 32, "RPC_PORT": "0", "RPC_HOST": "127.0.0.1", "PATH": os.environ["PATH"],
        # A stranger to this server.
        "AUTH_REDIS_URL": servers["auth"].url("tickets"),
    }  # fmt: skip
    with log.open("wb") as output, subprocess.Popen([*executable("ticketing"), "auth"], env=environment, stderr=output) as process:
        try:
            eventually("the refusal is logged", lambda: "refuses the user name or password of the URL" in log.read_text())
        finally:
            process.kill()
    assert servers["auth"].password("tickets") not in log.read_text()


def sell(person: Person, title: str) -> str:
    status, ticket = person.call("/api/tickets", {"title": title, "price": 20})
    assert status == 201, ticket
    return ticket["id"]


def reserve(person: Person, ticket: str) -> str:
    found: list[str] = []

    def attempt() -> bool:
        # Until the orders service has heard of the ticket.
        status, order = person.call("/api/orders", {"ticketId": ticket})
        if status == 201:
            found.append(order["id"])
        return status == 201

    eventually("the ticket can be ordered", attempt)
    return found[0]


def pending(server: RedisServer, publisher: str, subject: str) -> list[object]:
    """Groups that have not applied all; none where nothing was ever published or is listened to."""
    operator, stream = server.client("root"), f"{{{publisher}}}:events:{subject}"
    groups = operator.xinfo_groups(stream) if operator.exists(stream) else []
    return [group for group in groups if group["pending"] or group["lag"]]
