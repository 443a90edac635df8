"""Redis servers as they are deployed: one a service, with its ACL file and settings, on a socket of the test's own."""

import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import redis_acl
from redis_acl import ROOT, SERVICES, Subjects

#: The settings of k8s/base/redis/server/redis.conf that do not hang on where it runs.
SETTINGS = [
    line.split()
    for line in (ROOT / "k8s/base/redis/server/redis.conf").read_text().splitlines()
    if line.split()[:1] not in ([], ["#"], ["dir"], ["aclfile"], ["port"])
]
#: What the tests look behind the scenes with; no deployed file has it.
ROOT_USER = "user root on nopass ~* &* +@all"


SUBJECTS = Subjects()


def write_passwords(folder: Path) -> Path:
    folder.mkdir()
    for user in [*SERVICES, *redis_acl.PEOPLE]:
        (folder / user).write_text(f"{user}'s own/password\n")
    return folder


class RedisServer:
    """The redis-server of `service`, or the `shared` one."""

    def __init__(self, service: str, folder: Path, passwords: Path) -> None:
        self.service, self.passwords = service, passwords
        self.socket = folder / f"{service}.sock"
        acl = folder / f"{service}.acl"
        acl.write_text("\n".join([*[f"user {line}" for line in redis_acl.acl(service, passwords, SUBJECTS)], ROOT_USER]))
        data = folder / f"{service}-data"
        data.mkdir()
        command = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir", str(data)]
        for setting in SETTINGS:
            command += [f"--{setting[0]}", *[word.strip('"') for word in setting[1:]]]
        self._process = subprocess.Popen([*command, "--aclfile", str(acl)], stdout=subprocess.DEVNULL)
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                if self.socket.exists() and self.client("root").ping():
                    return
            except redis.ConnectionError:
                pass
            assert self._process.poll() is None, f"the redis-server of {self.service} ended at its start"
            assert time.monotonic() < deadline, f"the redis-server of {self.service} does not answer"
            time.sleep(0.05)

    def password(self, user: str) -> str:
        file = self.passwords / user
        return file.read_text().rstrip("\n") if file.exists() else "any"

    def client(self, user: str | None, password: str | None = None) -> redis.Redis:
        """Connects with the first command; a refusal is not tried again."""
        if user and password is None:
            password = self.password(user)
        retry = Retry(NoBackoff(), 0)
        return redis.Redis(unix_socket_path=str(self.socket), username=user, password=password, retry=retry)

    def url(self, user: str) -> str:
        """What the program is given."""
        password = self.password(user).replace("/", "%2F")
        return f"unix://{user}:{password}@{self.socket}"

    def refusals(self) -> list[str]:
        """What users have tried without the right to."""
        return [f"{entry}" for entry in self.client("root").execute_command("ACL", "LOG")]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
