"""What the program's own sources say of it: the variables that it knows, what it serves, and who calls whom."""

import re
from functools import cache

from redis_acl import ROOT, SERVICES, Subjects

SOURCES = ROOT / "Sources"
SUBJECTS = Subjects()
PROCESSES = ["gateway", *SERVICES]
#: Of the table of variables in Sources/Program/README.md: whom the word in its second column means.
GROUPS = {"services": SERVICES, "all": PROCESSES, "up": []}


@cache
def _text(path: str) -> str:
    return (SOURCES / path).read_text()


@cache
def read_variables() -> set[str]:
    """Names that some code looks up in its environment."""
    names: set[str] = set()
    for file in SOURCES.rglob("*.swift"):
        text = file.read_text()
        if re.search(r"\bEnvironment\b|\benvironment\b", text):
            names |= set(re.findall(r'\b(?!RedisCommand|serviceDiscussion)\w+\(\s*(?:environment,\s*)?"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"', text))
        # Names that are put together: where to listen, and files of TLS.
        for prefix in re.findall(r'\.listening\("(\w*)"', text):
            names |= {f"{prefix}HOST", f"{prefix}PORT"}
        for prefix in re.findall(r'\btlsFiles\("(\w+)"', text):
            names |= {f"{prefix}_{part}_FILE" for part in ("CA", "CERT", "KEY")}
    names |= {f"{service.upper()}_REDIS_URL" for service in SERVICES}
    return names | {f"{callee.upper()}_ADDR" for callees in calls().values() for callee in callees}


@cache
def documented_variables() -> dict[str, set[str]]:
    """The table of Sources/Program/README.md: the processes that each variable is of."""
    table = _text("Program/README.md").split("| variable | of |")[1].split("\n\n")[0]
    found: dict[str, set[str]] = {}
    for row in table.splitlines()[2:]:
        names, readers = row.strip("|").split("|")[:2]
        words = re.findall(r"[a-z]+", re.sub(r"`[^`]*`|\btoo\b", "", readers))
        processes = {process for word in words for process in GROUPS.get(word, [word])}
        for name in re.findall(r"`([A-Z_<>]+)`", names):
            for service in SERVICES if "<SERVICE>" in name else [""]:
                found.setdefault(name.replace("<SERVICE>", service.upper()), set()).update(processes)
        if "ORDERS_ADDR` payments" in readers:
            found["ORDERS_ADDR"].add("payments")
            for name in ("AUTH_ADDR", "TICKETS_ADDR", "PAYMENTS_ADDR"):
                found[name].discard("payments")
    return found


@cache
def calls() -> dict[str, set[str]]:
    """By gRPC: who dials whom."""
    found = {"gateway": set(re.findall(r"Peer\(\.(\w+)", _text("Program/GatewayCommand.swift")))}
    rows = re.search(r"func service\(.*?\n  }\n", _text("Program/Composition.swift"), re.DOTALL)
    assert rows, "Composition.swift puts no services together"
    for name, body in re.findall(r"case \.(\w+):(.*?)(?=case \.|\Z)", rows.group(), re.DOTALL):
        found[name] = set(re.findall(r"channel\(\.(\w+)\)", body))
    assert set(found) == set(PROCESSES)
    return found


def redis_users(server: str) -> set[str]:
    return {server, *SUBJECTS.listeners(server)}


def publishers(service: str) -> set[str]:
    """Those whose Redis the service reads events from."""
    return {by for by in SERVICES if service in SUBJECTS.listeners(by)}


@cache
def http_paths() -> set[str]:
    return set(re.findall(r'\bRoute\(\.get, "([^"]+)"', _text("Edge/Gateway/RouteTable.swift")))


@cache
def liveness_name() -> str:
    found = re.search(r'static let liveness = "(\w+)"', _text("Platform/ServiceHost/HealthState.swift"))
    assert found, "HealthState.swift names no liveness"
    return found.group(1)
