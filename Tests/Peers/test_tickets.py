"""Python's grpcio, with stubs of its own making, calls the real tickets service."""

from collections.abc import Iterator
from types import ModuleType

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from echo_service import returned
from process import START_TIMEOUT
from tickets_service import TicketsService, generate_stubs, session_token


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[grpc.Channel]:
    service = TicketsService(tmp_path_factory.mktemp("t"))
    try:
        with grpc.insecure_channel(service.address) as channel:
            grpc.channel_ready_future(channel).result(START_TIMEOUT)
            yield channel
    finally:
        service.stop()


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, ModuleType]:
    return generate_stubs(tmp_path_factory.mktemp("stubs"))


@pytest.fixture
def messages(modules: tuple[ModuleType, ModuleType]) -> ModuleType:
    return modules[0]


@pytest.fixture
def tickets(channel: grpc.Channel, modules: tuple[ModuleType, ModuleType]) -> object:
    return modules[1].TicketsServiceStub(channel)


def signed_in(user_id: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {session_token(user_id)}")]


def test_tickets_that_a_user_sells_are_listed(tickets: object, messages: ModuleType) -> None:
    sold = []
    for title, cents in [("Concert", 1250), ("Oper, Parkett, «Reihe 1» 🎭", 7500)]:
        request = messages.CreateTicketRequest(title=title, price_cents=cents)
        sold.append(tickets.CreateTicket(request, timeout=10, metadata=signed_in("alice")).ticket)
        assert (sold[-1].title, sold[-1].price_cents) == (title, cents)
        assert (sold[-1].user_id, sold[-1].order_id, sold[-1].version) == ("alice", "", 0)
    listed = tickets.ListTickets(messages.ListTicketsRequest(), timeout=10).tickets
    assert [ticket for ticket in listed if ticket.user_id == "alice"] == sold[::-1]
    assert tickets.GetTicket(messages.GetTicketRequest(id=sold[0].id), timeout=10).ticket == sold[0]


def test_a_list_comes_in_pages(tickets: object, messages: ModuleType) -> None:
    for number in range(5):
        request = messages.CreateTicketRequest(title=f"Seat {number}", price_cents=100)
        tickets.CreateTicket(request, timeout=10, metadata=signed_in("bob"))
    everything = tickets.ListTickets(messages.ListTicketsRequest(), timeout=10).tickets
    paged, token = [], None
    while token != "":
        page = tickets.ListTickets(messages.ListTicketsRequest(page_size=2, page_token=token or ""), timeout=10)
        assert len(page.tickets) <= 2
        paged += page.tickets
        token = page.next_page_token
    assert paged == list(everything)


def test_a_change_is_the_owners_alone(tickets: object, messages: ModuleType) -> None:
    request = messages.CreateTicketRequest(title="Mine", price_cents=100)
    ticket = tickets.CreateTicket(request, timeout=10, metadata=signed_in("carol")).ticket
    change = messages.UpdateTicketRequest(id=ticket.id, title="Mine still", price_cents=200)
    with pytest.raises(grpc.RpcError) as failure:
        tickets.UpdateTicket(change, timeout=10, metadata=signed_in("mallory"))
    assert failure.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert returned(failure.value, "error-reason") == ["NOT_OWNER"]
    assert tickets.UpdateTicket(change, timeout=10, metadata=signed_in("carol")).ticket.version == 1


@pytest.mark.parametrize(
    "metadata",
    [[], [("authorization", "Bearer x")], [("authorization", f"Bearer {session_token('eve', key='e' * 32)}")]],
    ids=["no token", "no JWT", "another key"],
)
def test_selling_needs_a_session(tickets: object, messages: ModuleType, metadata: list[tuple[str, str]]) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        tickets.CreateTicket(
            messages.CreateTicketRequest(title="Concert", price_cents=100), timeout=10, metadata=metadata
        )
    assert failure.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_each_broken_rule_is_named(tickets: object, messages: ModuleType) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        tickets.CreateTicket(messages.CreateTicketRequest(), timeout=10, metadata=signed_in("dave"))
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert [str(field).split(" ")[0] for field in returned(failure.value, "error-field")] == ["title", "price"]


def test_the_service_says_that_it_serves(channel: grpc.Channel) -> None:
    for name in ["", "ticketing.tickets.v1.TicketsService"]:
        # It looks at Redis once a second.
        answers = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=name), timeout=10)
        assert any(answer.status == health_pb2.HealthCheckResponse.SERVING for answer in answers)
        answers.cancel()
