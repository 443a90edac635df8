"""Fixtures."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from manifests import OVERLAYS, render
from redis_acl import SERVICES
from redis_servers import RedisServer, write_passwords


@pytest.fixture(scope="session")
def redis_folder() -> Iterator[Path]:
    """Short enough for the path of a socket."""
    with tempfile.TemporaryDirectory(prefix="acl-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def passwords(redis_folder: Path) -> Path:
    return write_passwords(redis_folder / "passwords")


@pytest.fixture(scope="session")
def servers(redis_folder: Path, passwords: Path) -> Iterator[dict[str, RedisServer]]:
    """A Redis for each service, and a `shared` one."""
    running: dict[str, RedisServer] = {}
    try:
        for name in [*SERVICES, "shared"]:
            running[name] = RedisServer(name, redis_folder, passwords)
        yield running
    finally:
        for server in running.values():
            server.stop()


@pytest.fixture(scope="session")
def rendered_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("manifests")


@pytest.fixture(scope="session")
def rendered(rendered_folder: Path) -> dict[str, str]:
    """The manifests of each overlay, with secrets made for the test."""
    return {overlay: render(overlay, rendered_folder) for overlay in OVERLAYS}
