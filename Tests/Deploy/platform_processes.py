"""The platform as it is deployed: a process a service, each with the environment that its manifest gives it."""

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar

from executables import executable
from process import Process
from redis_acl import SERVICES
from redis_servers import SUBJECTS, RedisServer

START = 60.0


class Platform:
    """All processes, each on a port that the system chose."""

    def __init__(self, redis: Mapping[str, RedisServer], program: list[str] | None = None) -> None:
        self._program = program or executable("ticketing")
        self._processes: dict[str, Process] = {}
        self._key = secrets.token_hex(32)
        self._redis = redis
        addresses: dict[str, str] = {}
        try:
            for service in SERVICES:
                addresses[f"{service.upper()}_ADDR"] = self._start(service, addresses)
            del addresses["EXPIRATION_ADDR"]
            self.url = self._start("gateway", addresses)
        except BaseException:
            self.kill()
            raise

    def _start(self, name: str, addresses: Mapping[str, str]) -> str:
        environment = {"LOG_LEVEL": "warning"}
        if name == "gateway":
            environment |= {"PORT": "0", "HOST": "127.0.0.1", **addresses}
        else:
            environment |= {"JWT_KEY": self._key, "RPC_PORT": "0", "RPC_HOST": "127.0.0.1", **self.redis_urls(name)}
            # Consumers look after each other's entries all the time, so that all of their commands come to pass.
            environment |= {"CLAIM_IDLE_MS": "400", "CONSUMER_NAME": name}
        if name == "payments":
            environment["ORDERS_ADDR"] = addresses["ORDERS_ADDR"]
        process = Process([*self._program, name], environment=environment)
        self._processes[name] = process
        return process.line(0, within=START).split()[-1]

    def redis_urls(self, service: str) -> dict[str, str]:
        """Its own Redis and those that it listens to, on each as the user that it is there."""
        publishers = [by for by in SERVICES if service in SUBJECTS.listeners(by)]
        return {f"{by.upper()}_REDIS_URL": self._redis[by].url(service) for by in [service, *publishers]}

    def stop(self) -> None:
        """In order: SIGTERM, and every process must end by itself."""
        for process in self._processes.values():
            process.terminate()
        for name, process in self._processes.items():
            assert process.wait(within=30) == 0, f"{name} did not end well"

    def kill(self) -> None:
        for process in self._processes.values():
            process.stop()


class Person:
    """A browser of sorts: JSON, and a cookie."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def call(self, path: str, body: object = None, method: str | None = None) -> tuple[int, object]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url + path, data=data, headers={"content-type": "application/json"}, method=method
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


def eventually(what: str, condition: Callable[[], bool], within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {within:.0f} s"
        time.sleep(0.05)


