"""Drives our own client: `rpc-test-client`, or what RPC_TEST_CLIENT names. Its line protocol is in its sources."""

import base64
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from echo_service import path
from executables import executable
from patience import SOON
from process import Process


@dataclass
class Outcome:
    """How a call ended: code, text, reason and so on as the client saw them; `messages` are those taken."""

    code: str
    text: str = ""
    reason: str | None = None
    violations: list[list[str]] = field(default_factory=list)
    retry_after: int | None = None
    messages: list[bytes] = field(default_factory=list)


class Call:
    def __init__(self, client: "OurClient", number: int) -> None:
        self._client = client
        self.number = number
        self.started = time.monotonic()

    def cancel(self) -> None:
        self._client.write_line(json.dumps({"id": self.number, "cancel": True}))

    def resume(self) -> None:
        self._client.write_line(json.dumps({"id": self.number, "resume": True}))

    def messages(self) -> list[bytes]:
        """Those so far."""
        return [base64.b64decode(line["message"]) for line in self._client.reports(self.number) if "message" in line]

    def outcome(self, within: float = 10.0) -> Outcome:
        """The end of the call, awaited."""
        client = self._client
        client.await_lines(lambda: any("code" in line for line in client.reports(self.number)), within)
        end = next((line for line in client.reports(self.number) if "code" in line), None)
        assert end is not None, f"call {self.number} did not end within {within:.1f} s"
        return Outcome(
            code=end["code"],
            text=end.get("text", ""),
            reason=end.get("reason"),
            violations=end.get("violations") or [],
            retry_after=end.get("retryAfterSeconds"),
            messages=self.messages(),
        )


class OurClient(Process):
    """One client process with one target; by default with one connection."""

    def __init__(self, target: str, options: Sequence[str] = ()) -> None:
        self._numbers = itertools.count(1)
        self._reports: dict[int, list[dict[str, Any]]] = {}
        super().__init__([*executable("rpc-test-client"), "--target", target, *options], stdin=True)
        assert self.line(0) == "ready"

    def took(self, line: str) -> None:
        if line.startswith("{"):
            report = json.loads(line)
            self._reports.setdefault(report["id"], []).append(report)

    def reports(self, number: int) -> list[dict[str, Any]]:
        return self._reports.get(number, [])

    def start(
        self,
        method_path: str,
        request: bytes = b"",
        *,
        kind: str = "unary",
        timeout: float | None = 10.0,
        metadata: Sequence[tuple[str, str]] = (),
        **extra: object,
    ) -> Call:
        number = next(self._numbers)
        command = {
            "id": number,
            "kind": kind,
            "path": method_path,
            "request": base64.b64encode(request).decode(),
            **extra,
        }
        if timeout is not None:
            command["timeoutMs"] = round(timeout * 1000)
        if metadata:
            command["metadata"] = [list(pair) for pair in metadata]
        self.write_line(json.dumps(command))
        return Call(self, number)

    def unary(self, method_path: str, request: bytes = b"", **options: Any) -> Outcome:
        return self.start(method_path, request, **options).outcome()

    def stream(self, method_path: str, request: bytes = b"", **options: Any) -> Outcome:
        return self.start(method_path, request, kind="stream", **options).outcome()

    def echoes(self, payload: bytes = b"right", within: float = 10.0) -> bool:
        """Whether an ordinary call gets its answer. Tries again while there is no connection."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            outcome = self.unary(path("Echo"), payload, timeout=2 * SOON)
            if outcome.code not in ("UNAVAILABLE", "DEADLINE_EXCEEDED"):
                return outcome.messages == [payload]
            time.sleep(0.02)
        return False
