"""Prometheus' own client reads the metrics of the real tickets service."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from process import START_TIMEOUT
from tickets_service import TicketsService, generate_stubs, session_token


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TicketsService]:
    service = TicketsService(tmp_path_factory.mktemp("m"))
    yield service
    service.stop()


def test_every_line_is_understood(service: TicketsService, tmp_path: Path) -> None:
    messages, stubs = generate_stubs(tmp_path)
    with grpc.insecure_channel(service.address) as channel:
        grpc.channel_ready_future(channel).result(START_TIMEOUT)
        tickets = stubs.TicketsServiceStub(channel)
        authorization = (("authorization", f"Bearer {session_token('ann')}"),)
        for _ in range(3):
            tickets.CreateTicket(
                messages.CreateTicketRequest(title="Concert", price_cents=500), metadata=authorization
            )
        with pytest.raises(grpc.RpcError):
            channel.unary_unary("/ticketing.tickets.v1.TicketsService/Nothing")(b"")

    with urllib.request.urlopen(service.metrics_url, timeout=START_TIMEOUT) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        page = answer.read().decode()
    families = {family.name: family for family in text_string_to_metric_families(page)}
    assert sum(len(family.samples) for family in families.values()) == sum(
        not line.startswith("#") for line in page.splitlines()
    )

    handled = {
        (sample.labels["grpc_method"], sample.labels["grpc_code"]): sample.value
        for sample in families["grpc_server_handled"].samples
    }
    assert handled["CreateTicket", "OK"] == 3
    assert handled["unknown", "UNIMPLEMENTED"] == 1
    buckets = [
        sample.value
        for sample in families["grpc_server_handling_seconds"].samples
        if sample.name.endswith("_bucket") and sample.labels["grpc_method"] == "CreateTicket"
    ]
    assert buckets == sorted(buckets) and buckets[-1] == 3
    assert families["process_resident_memory_bytes"].samples[0].value > 1e6
