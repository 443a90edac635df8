"""Enough of a shell's grammar to tell which programs a line of a document runs, and with what."""

import re
from dataclasses import dataclass

ASSIGNMENT = re.compile(r"^([A-Za-z_]\w*)=")


@dataclass(frozen=True)
class Command:
    #: Variables that are set for it, or by it.
    assigned: tuple[str, ...]
    #: Program and arguments. Quoted texts are one word without spaces.
    words: tuple[str, ...]

    @property
    def options(self) -> list[str]:
        return [word.partition("=")[0] for word in self.words if re.match(r"^--\w", word)]


def commands(line: str) -> list[Command]:
    """Those of a line, in the order in which they stand; what is inside `$( )` included."""
    text = re.sub(r"'[^']*'", "_", re.sub(r"(^|\s)#\s.*$", "", line))
    text = re.sub(r'\\"', "_", text)
    # Of a text in double quotes only what is run in it stays.
    text = re.sub(r'"([^"]*)"', lambda found: "_" + "".join(re.findall(r"\$\([^)]*\)", found.group(1))), text)
    parts = re.split(r"\$\(|\(\) \{|[;|&(){}]+", text)
    found = [command(part.split()) for part in parts]
    return [one for one in found if one.words or one.assigned]


def command(words: list[str]) -> Command:
    assigned: list[str] = []
    while words and (match := ASSIGNMENT.match(words[0])):
        assigned.append(match.group(1))
        words = words[1:]
    if words and words[0] == "export":
        assigned += [match.group(1) for word in words[1:] if (match := ASSIGNMENT.match(word))]
    return Command(tuple(assigned), tuple(words))


def functions(line: str) -> list[str]:
    """Those that a line defines."""
    return re.findall(r"(?:^|; )(\w+)\(\) \{", line)
