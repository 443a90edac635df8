"""Where the executables under test are."""

import os
import shlex
from pathlib import Path

_BUILD = Path(__file__).resolve().parents[2] / ".build"


def executable(name: str) -> list[str]:
    """The command that $NAME gives, else the product of that name in the package's build folder."""
    if command := os.environ.get(name.upper().replace("-", "_")):
        return shlex.split(command)
    for configuration in ("release", "debug"):
        if (binary := _BUILD / configuration / name).exists():
            return [str(binary)]
    raise AssertionError(f"{name} is not built: swift build --product {name}")


def is_optimised(name: str) -> bool:
    """False for a debug build, which takes several times as long for everything."""
    return "/debug/" not in executable(name)[0]
