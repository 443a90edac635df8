"""The users of a service's Redis and their rights: see tools/redis-acl."""

import hashlib
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ["auth", "tickets", "orders", "payments", "expiration"]

#: Said by every connection. (AUTH and HELLO need no right.)
CONNECTION = ["ping", "client|setname"]

#: What the services' code issues on their own keys, in scripts too. Tests/Deploy compares it with Sources.
OWNER = [
    *["eval", "evalsha", "time", "config|get"],
    *["exists", "del", "pexpire", "pttl"],
    *["get", "set", "strlen", "incr"],
    *["hget", "hgetall", "hmget", "hset", "hdel", "hlen"],
    *["zadd", "zrem", "zcard", "zcount", "zrange", "zscore"],
    *["xadd", "xlen", "xread", "xrange", "xrevrange", "xtrim", "xpending", "xinfo|groups"],
]

#: What the event bus issues on a stream that it listens to, and in the scripts that it runs there.
LISTENER = [
    *["xreadgroup", "xpending", "xack", "xclaim", "xautoclaim", "xrange"],
    *["xgroup|create", "xgroup|delconsumer", "xinfo|groups", "xinfo|consumers"],
    # How much is still before its group.
    *["exists", "xlen", "xinfo|stream"],
]

#: What the scripts of the event bus are run with: they may name the stream and the dead letters at once.
SCRIPTS = ["eval", "evalsha"]

#: What `ticketing events` issues on streams to look at them closely and to mend them.
OPERATOR = [*SCRIPTS, "exists", "xadd", "xclaim", "xdel", "xgroup|setid", "xinfo|groups", "xrange"]

#: The users that are people.
PEOPLE = ["inspector", "operator"]

#: Keys that people may read, where that is not all.
INSPECTED = {"auth": ["{auth}:attempts:*"]}


class UsageError(Exception):
    """A sentence for the person who called."""


class Subjects:
    """Who publishes and who listens, as Subject.swift says."""

    def __init__(self, source: Path = ROOT / "Sources/Platform/EventBus/Subject.swift") -> None:
        text = source.read_text()
        self.names = dict(re.findall(r'case (\w+) = "([\w:]+)"', text))
        self.publisher: dict[str, str] = {}
        self.subscribers: dict[str, list[str]] = {}
        for cases, publisher in self._rows(text, "publisher", r"\.(\w+)"):
            self.publisher |= {self.names[case]: publisher for case in cases}
        for cases, listeners in self._rows(text, "subscribers", r"\[([^]]*)\]"):
            self.subscribers |= {self.names[case]: re.findall(r"\.(\w+)", listeners) for case in cases}
        subjects = set(self.names.values())
        known = {*self.publisher.values(), *sum(self.subscribers.values(), [])} <= set(SERVICES)
        if not subjects or set(self.publisher) != subjects or set(self.subscribers) != subjects or not known:
            raise UsageError(f"{source} is written in a way that this program does not understand")

    @staticmethod
    def _rows(text: str, property_name: str, value: str) -> list[tuple[list[str], str]]:
        body = re.search(rf"var {property_name}: .*?\n  }}\n", text, re.DOTALL)
        rows = re.findall(rf"case ((?:\.\w+(?:, )?)+): {value}\n", body.group() if body else "")
        return [(re.findall(r"\.(\w+)", cases), found) for cases, found in rows]

    def heard(self, listener: str, publisher: str) -> list[str]:
        return [name for name, by in self.publisher.items() if by == publisher and listener in self.subscribers[name]]

    def listeners(self, publisher: str) -> list[str]:
        return [service for service in SERVICES if self.heard(service, publisher)]


def allow(commands: list[str]) -> str:
    return " ".join(f"+{command}" for command in commands)


def listening(listener: str, publisher: str, subjects: Subjects) -> list[str]:
    """Selectors: Redis grants a command where all that it needs is in one of them."""
    streams = [f"{{{publisher}}}:events:{subject}" for subject in subjects.heard(listener, publisher)]
    letters = [f"{stream}:dead:{listener}-service" for stream in streams]
    on_streams, on_letters = (" ".join(f"~{key}" for key in keys) for keys in (streams, letters))
    return [
        f"({on_streams} {allow(LISTENER)})",
        f"({on_letters} +xadd +xlen)",
        f"({on_streams} {on_letters} {allow(SCRIPTS)})",
    ]


def service_rules(user: str, owners: list[str], subjects: Subjects) -> list[str]:
    rules = [allow(CONNECTION)]
    if user in owners:
        rules += [f"~{{{user}}}:*", allow(OWNER)]
    for publisher in owners:
        if subjects.heard(user, publisher):
            rules += listening(user, publisher, subjects)
    return rules


def inspector_rules(owners: list[str]) -> list[str]:
    patterns = [pattern for owner in owners for pattern in INSPECTED.get(owner, [f"{{{owner}}}:*"])]
    return [" ".join(f"%R~{pattern}" for pattern in patterns), "+@read -@dangerous", allow([*CONNECTION, "info", "time"])]


def password_hash(user: str, folder: Path | None) -> str:
    variable = f"{user.upper()}_REDIS_PASSWORD"
    plain, digest = os.environ.get(variable), os.environ.get(f"{variable}_SHA256")
    if folder and (folder / user).is_file():
        plain = (folder / user).read_text().rstrip("\n")
    elif folder and (folder / f"{user}.sha256").is_file():
        plain, digest = None, (folder / f"{user}.sha256").read_text().strip()
    if plain:
        return hashlib.sha256(plain.encode()).hexdigest()
    if digest and re.fullmatch(r"[0-9a-f]{64}", digest):
        return digest
    where = f"{folder}/{user}, {folder}/{user}.sha256, " if folder else ""
    raise UsageError(f"no password for the user {user}: looked for {where}{variable} and {variable}_SHA256")


def users(server: str, subjects: Subjects) -> dict[str, list[str]]:
    """Rules by user, without passwords."""
    owners = SERVICES if server == "shared" else [server]
    services = [name for name in SERVICES if name in owners or any(name in subjects.listeners(by) for by in owners)]
    rules = {name: service_rules(name, owners, subjects) for name in services}
    rules["inspector"] = inspector_rules(owners)
    events = " ".join(f"~{{{owner}}}:events:*" for owner in owners if owner in subjects.publisher.values())
    if events:
        rules["operator"] = [*inspector_rules(owners), f"({events} {allow(OPERATOR)})"]
    return rules


def acl(server: str, folder: Path | None, subjects: Subjects) -> list[str]:
    start = "reset on"
    lines = ["default reset off", f"probe {start} nopass +ping"]
    for user, rules in users(server, subjects).items():
        lines.append(f"{user} {start} #{password_hash(user, folder)} {' '.join(rules)}")
    return lines
