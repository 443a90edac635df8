"""The test service `ticketing.test.v1.EchoService` as grpcio calls it: raw bytes in, raw bytes out."""

from typing import Any

import grpc

SERVICE = "ticketing.test.v1.EchoService"

#: Largest message that the runtime accepts. Bytes.
MESSAGE_LIMIT = 1 << 20

Metadata = list[tuple[str, str | bytes]]


def path(method: str) -> str:
    return f"/{SERVICE}/{method}"


class EchoClient:
    """Callables of the service on one channel."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.channel = channel
        self.echo = channel.unary_unary(path("Echo"))
        self.sleep = channel.unary_unary(path("Sleep"))
        self.fail = channel.unary_unary(path("Fail"))
        self.flood = channel.unary_stream(path("Flood"))
        self.ticks = channel.unary_stream(path("Ticks"))

    def unary(self, method_path: str) -> grpc.UnaryUnaryMultiCallable:
        return self.channel.unary_unary(method_path)


def connect(address: str, credentials: grpc.ChannelCredentials | None = None, **options: Any) -> EchoClient:
    """A client with a connection of its own. Options: `grpc_keepalive_time_ms` is grpc's `grpc.keepalive_time_ms`."""
    pairs: list[tuple[str, Any]] = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
    pairs += [("grpc.max_metadata_size", 32_768), ("grpc.absolute_max_metadata_size", 65_536)]
    pairs += [(name.replace("grpc_", "grpc.", 1), value) for name, value in options.items()]
    if credentials is not None:
        return EchoClient(grpc.secure_channel(address, credentials, pairs))
    return EchoClient(grpc.insecure_channel(address, pairs))


def returned(call: grpc.Call, name: str) -> list[str | bytes]:
    """Every value of `name` in the initial, then in the trailing metadata."""
    both = [*(call.initial_metadata() or ()), *(call.trailing_metadata() or ())]
    return [value for key, value in both if key == name]
