"""What the Swift sources say to Redis, read out of their text."""

import re
from functools import cache
from pathlib import Path

from redis_acl import ROOT

SOURCES = ROOT / "Sources"
#: Commands whose second word is one of theirs, not a key.
CONTAINERS = {"xinfo", "xgroup", "config", "client", "acl"}


def scripts(file: Path) -> list[str]:
    """The Lua of the RedisScript literals."""
    found = re.findall(r'RedisScript\(\s*"""\n(.*?)"""', file.read_text(), re.DOTALL)
    order = re.search(r'luaOrder = """\n(.*?)"""', (SOURCES / "Platform/EventBus/EntryID.swift").read_text(), re.DOTALL)
    assert order, "EntryID.swift has no luaOrder"
    return [script.replace("\\(EntryID.luaOrder)", order.group(1)).replace("\\\\", "\\") for script in found]


def _name(word: str, second: str | None) -> str:
    name = word.lower()
    return f"{name}|{second.lower()}" if name in CONTAINERS and second else name


def _commands(pattern: str, text: str) -> set[str]:
    return {_name(*match) for match in re.findall(pattern, text)}


def scripted_commands() -> set[str]:
    """Commands that scripts call, those that CommitCompiler.swift writes included."""
    found: set[str] = set()
    for file in SOURCES.rglob("*.swift"):
        text = file.read_text()
        found |= _commands(r"""redis\.call\('([A-Z]+)'(?:,\s*'([A-Z]+)')?""", text)
    compiler = (SOURCES / "Platform/Redis/Commit/CommitCompiler.swift").read_text()
    found |= _commands(r"""\bc\('([A-Z]+)'(?:,\s*'([A-Z]+)')?""", compiler)
    lengths = re.search(r"var lengthCommand.*?\n  }", compiler, re.DOTALL)
    assert lengths, "CommitCompiler.swift has no lengthCommand"
    return found | {word.lower() for word in re.findall(r'"([A-Z]+)"', lengths.group())}


def sent_commands() -> dict[str, set[str]]:
    """Commands that Swift sends, and the functions of the client that send them ("": the services' own code)."""
    found: dict[str, set[str]] = {}
    sent = re.compile(r'(?:RedisCommand\(\s*|\.range\()"([A-Z]+)"(?:, (?:arguments: \[)?"([A-Z]+)")?')
    for file in SOURCES.rglob("*.swift"):
        text = file.read_text()
        for match in sent.finditer(text):
            functions = re.findall(r"\bfunc (\w+)", text[: match.start()])
            sender = functions[-1] if SOURCES / "Platform/Redis/Commands" in file.parents else ""
            found.setdefault(_name(*match.groups()), set()).add(sender)
    return found


@cache
def _calls() -> set[str]:
    files = [file for file in SOURCES.rglob("*.swift") if SOURCES / "Platform/Redis/Commands" not in file.parents]
    return {name for file in files for name in re.findall(r"(?:(?<!logger)\.|await )(\w+)\(", file.read_text())}


def is_called(function: str) -> bool:
    """Whether any code outside of the client calls it."""
    return function in _calls()
