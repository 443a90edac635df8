"""The repository's documents: their headings, links, and the commands that they tell people to type."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from package import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Document:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def prose(self) -> str:
        """Without what stands in blocks."""
        return re.sub(r"^    .*$", "", FENCE.sub("", self.text), flags=re.MULTILINE)

    @property
    def links(self) -> list[str]:
        return re.findall(r"\]\(([^)\s]+)\)", SPAN.sub("", self.prose))

    @property
    def anchors(self) -> set[str]:
        """Of its headings, as GitHub makes them."""
        headings = re.findall(r"^#+ (.*)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @property
    def spans(self) -> list[str]:
        return [re.sub(r"\s+", " ", span) for span in SPAN.findall(self.prose)]

    @property
    def typed(self) -> list[str]:
        """What is to be typed, a command a line: blocks of `sh`, and what follows a prompt."""
        found: list[str] = []
        for language, block in FENCE.findall(self.text):
            lines = block.replace("\\\n", " ").splitlines()
            found += [line.removeprefix("$ ") for line in lines if language == "sh" or line.startswith("$ ")]
        return found

    @property
    def scripts(self) -> list[str]:
        """The same, and what the prose names of commands."""
        commands = re.compile(r"(?:[A-Z_]+=\S+ )*(?:tools/\w|\.venv/|k8s/make|swift |ticketing )")
        return self.typed + [span for span in self.spans if commands.match(span)]

    def block_after(self, command: str) -> str:
        """What a command printed, as the document has it."""
        [block] = [str(block) for _, block in FENCE.findall(self.text) if f"$ {command}\n" in block]
        return block.partition(f"$ {command}\n")[2].partition("\n$ ")[0]

    def table(self, first: str) -> list[list[str]]:
        """The cells of the table whose first heading that is."""
        rows = re.search(rf"^\| {first} \|.*\n\|[-|]+\n((?:\|.*\n)+)", self.text, re.MULTILINE)
        assert rows, f"{self.name} has no table of {first}"
        return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.group(1).splitlines()]


@cache
def documents() -> dict[str, Document]:
    """Those that git knows, or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: Document(ROOT / name) for name in sorted(names) if (ROOT / name).is_file()}


def names(cell: str) -> list[str]:
    return SPAN.findall(cell)
