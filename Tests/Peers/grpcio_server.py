"""EchoService on grpcio, with the options of `rpc-test-server`: the peer that our client calls.

It also serves `ticketing.test.v1.OddService`, whose answers are legal HTTP/2 and wrong or unusual gRPC, and it is the
reference for what a mature implementation answers: RPC_TEST_SERVER="python grpcio_server.py" pytest
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import grpc.aio

from echo_service import MESSAGE_LIMIT, SERVICE

ODD_SERVICE = "ticketing.test.v1.OddService"

Context = grpc.aio.ServicerContext


def say(line: str) -> None:
    print(line, flush=True)


class EchoService:
    async def echo(self, request: bytes, context: Context) -> bytes:
        metadata = [(key, value) for key, value in context.invocation_metadata() or () if key.startswith("echo-")]
        context.set_trailing_metadata(tuple(metadata))
        return request

    async def sleep(self, request: bytes, context: Context) -> bytes:
        try:
            await asyncio.sleep(int(request) / 1000)
        except asyncio.CancelledError:
            say("cancelled")
            raise
        return request

    async def fail(self, request: bytes, context: Context) -> bytes:
        code, rest = request.decode().split(" ", 1)
        message, reason = rest.rsplit(" ", 1)
        await context.abort(grpc.StatusCode[code], message, (("error-reason", reason),))
        raise AssertionError("abort returns never")

    async def flood(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        count, size = (int(word) for word in request.split())
        for _ in range(count):
            yield bytes(size)

    async def ticks(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        tick = 0
        try:
            while True:
                yield str(tick).encode()
                tick += 1
                await asyncio.sleep(0.01)
        except (asyncio.CancelledError, GeneratorExit):
            say("cancelled")
            raise


class OddService:
    async def gzip(self, request: bytes, context: Context) -> bytes:
        context.set_compression(grpc.Compression.Gzip)
        return request

    async def huge(self, request: bytes, context: Context) -> bytes:
        return bytes(int(request))

    async def two_messages(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        yield request
        yield request

    async def no_message(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        for message in ():
            yield message

    async def message_then_error(self, request: bytes, context: Context) -> AsyncIterator[bytes]:
        yield request
        await context.abort(grpc.StatusCode.DATA_LOSS, "after a message")

    async def violations(self, request: bytes, context: Context) -> bytes:
        trailers = (
            ("error-reason", "INVALID_TICKET"),
            ("error-field", "title must%20not%20be%20empty"),
            ("error-field", "price_cents zu%20gro%C3%9F"),
            ("retry-after-seconds", "7"),
        )
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "two fields", trailers)
        raise AssertionError("abort returns never")

    async def deadline(self, request: bytes, context: Context) -> bytes:
        return b"%d" % int((context.time_remaining() or 0) * 1000)

    async def metadata(self, request: bytes, context: Context) -> bytes:
        return "\n".join(f"{key}={value}" for key, value in context.invocation_metadata() or ()).encode()


def handlers() -> tuple[grpc.GenericRpcHandler, ...]:
    unary, stream = grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler
    echo, odd = EchoService(), OddService()
    return (
        grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "Echo": unary(echo.echo),
                "Sleep": unary(echo.sleep),
                "Fail": unary(echo.fail),
                "Flood": stream(echo.flood),
                "Ticks": stream(echo.ticks),
            },
        ),
        grpc.method_handlers_generic_handler(
            ODD_SERVICE,
            {
                "Gzip": unary(odd.gzip),
                "Huge": unary(odd.huge),
                "TwoMessages": stream(odd.two_messages),
                "NoMessage": stream(odd.no_message),
                "MessageThenError": stream(odd.message_then_error),
                "Violations": unary(odd.violations),
                "Deadline": unary(odd.deadline),
                "Metadata": unary(odd.metadata),
            },
        ),
    )


def credentials(options: argparse.Namespace) -> grpc.ServerCredentials:
    pair = (Path(options.tls_key).read_bytes(), Path(options.tls_cert).read_bytes())
    client_ca = Path(options.client_ca).read_bytes() if options.client_ca else None
    return grpc.ssl_server_credentials([pair], client_ca, require_client_auth=client_ca is not None)


async def serve(options: argparse.Namespace) -> None:
    settings = [
        ("grpc.max_receive_message_length", MESSAGE_LIMIT),
        ("grpc.max_concurrent_streams", 100),
        ("grpc.max_metadata_size", 16384),
        ("grpc.so_reuseport", 0),
        ("grpc.server_handshake_timeout_ms", options.handshake_timeout_ms),
    ]
    if not options.compression:
        settings.append(("grpc.compression_enabled_algorithms_bitset", 1))
    server = grpc.aio.server(handlers=handlers(), options=settings)
    if options.tls_cert:
        port = server.add_secure_port(options.listen, credentials(options))
    else:
        port = server.add_insecure_port(options.listen)
    await server.start()
    host = options.listen.rpartition(":")[0]
    say(options.listen if options.listen.startswith("unix:") else f"{host}:{port}")
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await server.stop(grace=5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    parser.add_argument("--client-ca")
    parser.add_argument("--handshake-timeout-ms", type=int, default=10_000)
    parser.add_argument("--default-deadline-ms", type=int, help="accepted, not kept: grpcio has no such thing")
    parser.add_argument("--compression", action="store_true", help="answer compressed where asked to")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
