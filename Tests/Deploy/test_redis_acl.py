"""The users of tools/redis-acl on real servers: what their services need works, and nothing else does."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

import redis_acl
from redis_acl import ROOT, SERVICES
from redis_servers import SUBJECTS, RedisServer
from swift_scripts import SOURCES, is_called, scripted_commands, scripts, sent_commands

HEARD = [
    (listener, publisher)
    for publisher in SERVICES
    for listener in SUBJECTS.listeners(publisher)
]
#: What nobody may do.
ADMINISTRATIVE = [
    "FLUSHALL", "FLUSHDB", "CONFIG SET appendfsync no", "CONFIG REWRITE", "KEYS *", "SHUTDOWN",
    "ACL LIST", "ACL SETUSER x on", "MONITOR", "CLIENT KILL ID 1", "CLIENT LIST", "SCRIPT FLUSH", "FUNCTION LIST",
    "REPLICAOF NO ONE", "SAVE", "SWAPDB 0 1", "MODULE LIST", "MIGRATE h 1 k 0 1", "PUBLISH x y", "SUBSCRIBE x",
]  # fmt: skip


def refused(client: redis.Redis, *command: object) -> bool:
    """NOPERM, and nothing else, is a refusal: any other error means that it ran."""
    try:
        client.execute_command(*command)
    except redis.exceptions.NoPermissionError:
        return True
    except redis.ResponseError:
        pass
    return False


@pytest.fixture(params=["apart", "shared"])
def place(request: pytest.FixtureRequest, servers: dict[str, RedisServer]) -> Iterator[dict[str, RedisServer]]:
    """The server of each service, and no keys on it."""
    place = servers if request.param == "apart" else dict.fromkeys(SERVICES, servers["shared"])
    yield place
    for service in SERVICES:
        place[service].client("root").flushall()


def test_the_default_user_is_off(servers: dict[str, RedisServer]) -> None:
    for server in servers.values():
        with pytest.raises(redis.AuthenticationError):
            server.client(None).ping()
        with pytest.raises(redis.AuthenticationError):
            server.client("default", "").ping()


def test_a_wrong_password_and_a_stranger_are_refused(servers: dict[str, RedisServer]) -> None:
    orders = servers["orders"]
    for user, password in [("orders", "guess"), ("tickets", ""), ("auth", orders.password("auth"))]:
        with pytest.raises(redis.AuthenticationError):
            orders.client(user, password).ping()


def test_a_server_has_just_the_users_that_it_needs(servers: dict[str, RedisServer]) -> None:
    for service in SERVICES:
        users = {name.decode() for name in servers[service].client("root").execute_command("ACL", "USERS")}
        people = {"inspector"} if service == "auth" else {"inspector", "operator"}
        assert users == {service, *SUBJECTS.listeners(service), *people, "default", "probe", "root"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_own_keys_and_no_others(service: str, place: dict[str, RedisServer]) -> None:
    client = place[service].client(service)
    assert client.hset(f"{{{service}}}:thing:1", mapping={"a": 1}) == 1
    assert client.eval("return redis.call('HGET', KEYS[1], 'a')", 1, f"{{{service}}}:thing:1") == b"1"
    assert client.config_get("appendfsync") == {"appendfsync": "always"}
    for other in [*SERVICES, "somebody"]:
        if other == service:
            continue
        key = f"{{{other}}}:thing:1"
        for command in [("HGETALL", key), ("HSET", key, "a", 1), ("DEL", key), ("XADD", key, "*", "a", 1)]:
            assert refused(client, *command), command
        # Not by way of a script either, whether it declares the key or not.
        assert refused(client, "EVAL", "return redis.call('HGET', KEYS[1], 'a')", 1, key)
        with pytest.raises(redis.ResponseError, match="can.t access at least one of the keys"):
            client.eval(f"return redis.call('HGET', '{key}', 'a')", 0)


@pytest.mark.parametrize("user", [*SERVICES, *redis_acl.PEOPLE, "probe"])
def test_nobody_may_administer(user: str, servers: dict[str, RedisServer]) -> None:
    for server in servers.values():
        if user in redis_acl.users(server.service, SUBJECTS) or user == "probe":
            for command in ADMINISTRATIVE:
                assert refused(server.client(user), *command.split()), f"{user} may {command} on {server.service}"


@pytest.mark.parametrize(("listener", "publisher"), HEARD)
def test_a_listener_reads_just_its_subjects(listener: str, publisher: str, place: dict[str, RedisServer]) -> None:
    operator, client = place[publisher].client("root"), place[publisher].client(listener)
    heard = SUBJECTS.heard(listener, publisher)
    group = f"{listener}-service"
    for subject, by in SUBJECTS.publisher.items():
        stream = f"{{{by}}}:events:{subject}"
        if subject in heard:
            operator.xadd(stream, {"id": "1"})
            client.xgroup_create(stream, group, id="0", mkstream=True)
            assert client.xreadgroup(group, "me", {stream: ">"})
            entry = client.xpending_range(stream, group, "-", "+", 10)[0]["message_id"]
            assert client.xack(stream, group, entry) == 1
            for command in [
                ("XADD", stream, "*", "id", "2"), ("DEL", stream), ("XTRIM", stream, "MAXLEN", 0), ("XDEL", stream, entry),
                ("XGROUP", "DESTROY", stream, group), ("XGROUP", "SETID", stream, group, "0"),
                ("XSETID", stream, "9-9"), ("SET", stream, "x"), ("RENAME", stream, f"{{{publisher}}}:x"),
            ]:  # fmt: skip
                assert refused(client, *command), command
            assert refused(client, "XADD", f"{stream}:dead:payroll-service", "*", "id", "1")
        elif by == publisher:
            for command in [("XRANGE", stream, "-", "+"), ("XGROUP", "CREATE", stream, group, "0", "MKSTREAM")]:
                assert refused(client, *command), command


#: The keys and arguments of each script of the event bus, and who runs it where that is not a listener.
ENTRY = "1-1"
SCRIPTS = {
    "DeadLetterStream": (["stream", "letters"], ["group", "1-1", "nobody", 1]),
    "DeadLetters": (["stream", "letters"], ["group", "consumer", ENTRY, "reason", 1]),
    "GroupReset": (["stream"], ["group", "0-0"]),
    "Ownership": (["stream"], ["group", "consumer", ENTRY, 1]),
    "PendingReclaimer": (["stream"], ["group", 0, "somebody"]),
    "Release": (["stream"], ["group", "consumer", 1000]),
    "StreamTrimmer": (["stream"], [0, "group"]),
}
RUN_BY = {"DeadLetterStream": "operator", "GroupReset": "operator"}


@pytest.mark.parametrize("file", sorted(SCRIPTS))
@pytest.mark.parametrize(("listener", "publisher"), HEARD)
def test_the_scripts_of_the_bus_may_do_all_that_they_do(
    file: str, listener: str, publisher: str, place: dict[str, RedisServer]
) -> None:
    server = place[publisher]
    operator = server.client("root")
    stream = f"{{{publisher}}}:events:{SUBJECTS.heard(listener, publisher)[0]}"
    group = f"{listener}-service"
    operator.xadd(stream, {"id": "1"}, id=ENTRY)
    operator.xgroup_create(stream, group, id="0")
    # One consumer that has an entry, one that has none.
    operator.xreadgroup(group, "consumer", {stream: ">"})
    operator.xgroup_createconsumer(stream, group, "idle")
    names = {"stream": stream, "letters": f"{stream}:dead:{group}", "group": group}
    keys, arguments = SCRIPTS[file]
    [script] = scripts(SOURCES / f"Platform/EventBus/{file}.swift")
    values = [names.get(str(value), value) for value in [*keys, *arguments]]
    if file == "DeadLetterStream":
        operator.xadd(names["letters"], {"id": "1", "source": "9-9", "reason": "x", "deliveries": 1}, id=ENTRY)
    user = publisher if file == "StreamTrimmer" else RUN_BY.get(file, listener)
    server.client(user).eval(script, len(keys), *values)
    if file == "DeadLetters":
        assert operator.xlen(names["letters"]) == 1


def test_every_script_of_the_bus_is_among_those() -> None:
    assert {file.stem for file in (SOURCES / "Platform/EventBus").glob("*.swift") if scripts(file)} == set(SCRIPTS)


def test_the_code_and_the_rights_have_the_same_commands() -> None:
    sent = sent_commands()
    used = {name for name, functions in sent.items() if "" in functions or any(map(is_called, functions))}
    needed = used | scripted_commands()
    given = {*redis_acl.CONNECTION, *redis_acl.OWNER, *redis_acl.LISTENER, *redis_acl.OPERATOR}
    free = {"auth", "hello"}
    # By which people go through everything: `+@read`.
    free |= {"scan", "zscan"}
    # A database of its own number is for installations without these users.
    assert needed - given - free - {"select"} == set(), "the code issues commands that tools/redis-acl does not grant"
    assert given - needed == set(), "tools/redis-acl grants commands that the code never issues"


def test_the_inspector_reads_and_changes_nothing(place: dict[str, RedisServer]) -> None:
    for service in SERVICES:
        operator, inspector = place[service].client("root"), place[service].client("inspector")
        stream = f"{{{service}}}:events:x"
        operator.xadd(stream, {"id": "1"})
        operator.hset(f"{{{service}}}:user:1", mapping={"password": "scrypt"})
        assert inspector.info("memory") and inspector.time()
        assert list(inspector.scan_iter(match=f"{{{service}}}:*"))
        if service == "auth":
            assert refused(inspector, "HGETALL", "{auth}:user:1"), "password records are nobody's to read"
        else:
            assert inspector.xrange(stream) and inspector.xinfo_stream(stream)
        for command in [("DEL", stream), ("XADD", stream, "*", "a", 1), ("SET", "x", 1), ("EVAL", "return 1", 0)]:
            assert refused(inspector, *command), command


def test_the_operator_mends_streams_and_nothing_else(place: dict[str, RedisServer]) -> None:
    client = place["orders"].client("operator")
    assert client.xadd("{orders}:events:order:created", {"id": "1"})
    for command in [("SET", "{orders}:live:1", 1), ("DEL", "{orders}:events:order:created"), ("HSET", "{orders}:order:1", "a", 1)]:
        assert refused(client, *command), command


def test_the_probe_may_only_ping(servers: dict[str, RedisServer]) -> None:
    for server in servers.values():
        assert server.client("probe").ping()
        for command in [("GET", "x"), ("INFO",), ("CONFIG", "GET", "*")]:
            assert refused(server.client("probe"), *command)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "tools/redis-acl"), *arguments], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **environment}
    )


def test_passwords_come_as_text_or_digest_and_are_never_printed(tmp_path: Path) -> None:
    for user in ["orders", "payments", "operator"]:
        (tmp_path / user).write_text("secret\n")
    (tmp_path / "inspector.sha256").write_text("ab" * 32 + "\n")
    arguments = ["payments", "--passwords", str(tmp_path)]
    done = run(*arguments)
    assert done.returncode == 0 and "secret" not in done.stdout
    # sha256("secret")
    assert "#2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" in done.stdout
    assert f"#{'ab' * 32}" in done.stdout
    (tmp_path / "orders").unlink()
    assert "no password for the user orders" in run(*arguments).stderr
    assert run(*arguments, ORDERS_REDIS_PASSWORD="secret").stdout == done.stdout
    assert "which server?" in run("nonsense").stderr


def test_a_managed_redis_can_be_given_the_same_users(servers: dict[str, RedisServer], passwords: Path) -> None:
    server = servers["orders"]
    operator = server.client("root")
    before = operator.execute_command("ACL", "LIST")
    commands = run("orders", "--passwords", str(passwords), "--commands").stdout
    for user in redis_acl.users("orders", SUBJECTS):
        operator.execute_command("ACL", "DELUSER", user)
    cli = ["redis-cli", "-e", "-s", str(server.socket), "--user", "root", "--pass", "any", "--no-auth-warning"]
    done = subprocess.run(cli, input=commands, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"OK"}
    assert sorted(operator.execute_command("ACL", "LIST")) == sorted(before)
