"""The package as its manifest tells it: targets, where they lie, what they depend on and what their files import."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What each floor may import; of its own only where it says so.
MAY_IMPORT = {
    "Program": {"Edge", "Inspection", "Services", "Platform"},
    "Edge": {"Edge", "Platform"},
    "Inspection": {"Services", "Platform"},
    "Services": {"Platform"},
    "Platform": {"Platform"},
}
#: Of a `import`, whatever stands before it, and whatever kind of thing it names.
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\(\w+\))? )*(?:(?:public|package|internal|private|fileprivate) )?import "
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias) )?(\w+)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Target:
    name: str
    kind: str
    #: Relative to the repository.
    path: str
    #: Our own targets.
    needs: frozenset[str]
    #: Libraries of other packages.
    products: frozenset[str]
    #: Declared more often than once.
    repeated: tuple[str, ...] = ()
    #: Files in its folder that are no part of it.
    excluded: tuple[str, ...] = ()

    @property
    def is_product(self) -> bool:
        """Not there for the tests and benchmarks only."""
        return not self.path.startswith(("Tests/", "tools/"))

    @property
    def floor(self) -> str:
        parts = self.path.split("/")
        return parts[1] if parts[0] == "Sources" and len(parts) > 1 else ""

    def imports(self, root: Path = ROOT) -> dict[str, str]:
        """Modules by name, and a file that imports each."""
        return {
            module: str(file.relative_to(root))
            for file in sorted((root / self.path).rglob("*.swift"))
            for module in IMPORT.findall(file.read_text())
        }


@cache
def targets() -> dict[str, Target]:
    # A folder of its own: a build that goes on elsewhere holds the lock of the usual one.
    with tempfile.TemporaryDirectory() as scratch:
        command = ["swift", "package", "--scratch-path", scratch, "dump-package"]
        manifest = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return {one.name: one for one in map(target, manifest["targets"])}


def target(entry: dict[str, object]) -> Target:
    """One of the manifest's."""
    declared = entry["dependencies"]
    assert isinstance(declared, list)
    own = [one[kind][0] for one in declared for kind in ("byName", "target") if kind in one]
    others = [one["product"][0] for one in declared if "product" in one]
    name, kind = str(entry["name"]), str(entry["type"])
    path = entry.get("path") or f"{'Tests' if kind == 'test' else 'Sources'}/{name}"
    repeated = tuple(sorted({one for one in own + others if (own + others).count(one) > 1}))
    excluded = entry.get("exclude") or []
    assert isinstance(excluded, list)
    return Target(name, kind, str(path).rstrip("/"), frozenset(own), frozenset(others), repeated, tuple(excluded))
