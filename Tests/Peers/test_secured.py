"""The platform with every link encrypted, as tools/run-secured starts it: who belongs to it, and who does not."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import grpc
import pytest

from executables import executable
from process import Process
from tickets_service import session_token

_ROOT = Path(__file__).resolve().parents[2]
_START = 90.0
_ORDERS = "/ticketing.orders.v1.OrdersService"

pytestmark = pytest.mark.timeout(300)


class Platform:
    """`addresses` are of all processes and Redis servers by their names; `folder` has keys and certificates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [str(_ROOT / "tools/run-secured"), "--data", str(folder), "--port", "0"]
        self._process = Process(
            [*command, "--program", executable("ticketing")[0]], environment={"SCRYPT_COST": "1024,8,1"}
        )
        self.addresses: dict[str, str] = {}
        try:
            for index in range(11):
                name, address = self._process.line(index, within=_START).split()
                self.addresses[name] = address
        except BaseException:
            self.stop()
            raise
        self.url = f"http://{self.addresses['gateway']}"

    def certificate(self, name: str, suffix: str = "pem") -> Path:
        return self.folder / "certificates" / f"{name}.{suffix}"

    def stop(self) -> None:
        """In order: whoever else was to kill it would leave its children behind."""
        if self._process.is_alive:
            self._process.terminate()
            self._process.wait(within=60)
        self._process.stop()

    def environment(self, name: str, certificates: Path | None = None) -> dict[str, str]:
        """Of another process of the service `name`."""
        certificates = certificates or self.folder / "certificates"
        urls = {
            f"{file.name.split('-')[1].upper()}_REDIS_URL_FILE": str(file)
            for file in (self.folder / "urls").glob(f"{name}-*")
        }
        addresses = {
            f"{service.upper()}_ADDR": self.addresses[service] for service in ("auth", "tickets", "orders", "payments")
        }
        return urls | addresses | {
            "RPC_TLS_CA_FILE": str(self.certificate("ca")),
            "RPC_TLS_CERT_FILE": str(certificates / f"{name}.pem"),
            "RPC_TLS_KEY_FILE": str(certificates / f"{name}.key"),
            "REDIS_TLS_CA_FILE": str(self.certificate("ca")),
            "JWT_KEY_FILE": str(self.folder / "jwt.key"),
            "RPC_HOST": "127.0.0.1", "RPC_PORT": "0", "HOST": "127.0.0.1", "PORT": "0",
        }  # fmt: skip


class Person:
    """A browser of sorts: JSON, and a cookie."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def call(self, path: str, body: object = None) -> tuple[int, dict]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, headers={"content-type": "application/json"})
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("secured"))
    try:
        yield platform
    finally:
        platform.stop()


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of the same names, by an authority that the platform does not know."""
    folder = tmp_path_factory.mktemp("foreign")
    subprocess.run([_ROOT / "tools/dev-certs", folder], check=True, stderr=subprocess.DEVNULL)
    return folder


def eventually(what: str, condition: Callable[[], bool], within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {within:.0f} s"
        time.sleep(0.05)


def test_the_whole_purchase(platform: Platform) -> None:
    seller, buyer = Person(platform.url), Person(platform.url)
    for person, email in ((seller, "s@example.com"), (buyer, "b@example.com")):
        assert person.call("/api/users/signup", {"email": email, "password": "password"})[0] == 201
    status, ticket = seller.call("/api/tickets", {"title": "Concert", "price": 20})
    assert status == 201, ticket
    orders: list[dict] = []

    def ordered() -> bool:
        # Until the orders service has heard of the ticket.
        status, order = buyer.call("/api/orders", {"ticketId": ticket["id"]})
        orders.append(order)
        return status == 201

    eventually("the ticket can be ordered", ordered)
    order = f"/api/orders/{orders[-1]['id']}"
    assert buyer.call("/api/payments", {"token": "tok_chargeDeclined", "orderId": orders[-1]["id"]})[0] == 400
    eventually("another card may be tried", lambda: buyer.call(order)[1]["status"] == "created")
    status, payment = buyer.call("/api/payments", {"token": "tok_visa", "orderId": orders[-1]["id"]})
    assert status in (201, 202), payment
    eventually("the order is complete", lambda: buyer.call(order)[1]["status"] == "complete")
    eventually("the ticket is off the list", lambda: ticket["id"] not in str(buyer.call("/api/tickets")[1]))
    assert buyer.call("/readyz")[0] == 200


def test_services_are_called_only_by_those_they_expect(platform: Platform) -> None:
    assert status(platform, "orders", "GetOrder", as_process="gateway") is grpc.StatusCode.UNAUTHENTICATED
    for name in ("auth", "tickets", "expiration", "redis"):
        code, message = call(platform, "orders", "GetOrder", as_process=name)
        assert (code, message) == (grpc.StatusCode.PERMISSION_DENIED, f"{name} may not call this service")


def test_a_payment_is_begun_only_with_the_token_and_the_certificate_of_payments(platform: Platform) -> None:
    token = session_token("someone", (platform.folder / "jwt.key").read_text().strip(), service="payments")
    user = session_token("someone", (platform.folder / "jwt.key").read_text().strip())
    code, message = call(platform, "orders", "BeginPayment", as_process="gateway", token=token)
    assert (code, message) == (grpc.StatusCode.PERMISSION_DENIED, "Only the payments service may call this")
    assert (
        status(platform, "orders", "BeginPayment", as_process="payments", token=user)
        is grpc.StatusCode.PERMISSION_DENIED
    )
    # With both it is let in, and told that what it sends is no payment.
    code = status(platform, "orders", "BeginPayment", as_process="payments", token=token)
    assert code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)


def test_without_a_certificate_of_the_platform_there_is_no_connection(platform: Platform, foreign: Path) -> None:
    authority = platform.certificate("ca").read_bytes()
    strangers = [
        grpc.ssl_channel_credentials(authority),
        grpc.ssl_channel_credentials(
            authority, (foreign / "gateway.key").read_bytes(), (foreign / "gateway.pem").read_bytes()
        ),
        None,
    ]
    for credentials in strangers:
        options = [("grpc.ssl_target_name_override", "orders")]
        address = platform.addresses["orders"]
        with (
            grpc.secure_channel(address, credentials, options)
            if credentials
            else grpc.insecure_channel(address) as channel
        ):
            method = channel.unary_unary(f"{_ORDERS}/GetOrder")
            with pytest.raises(grpc.RpcError) as refused:
                method(b"", timeout=20)
            assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("own", "certificate", "expected", "word"),
    [
        (False, "gateway", {503, 504}, "The peer cannot be reached"),
        (True, "tickets", {500}, "tickets may not call this service"),
    ],
)
def test_a_gateway_with_a_wrong_certificate_is_refused_and_says_so(
    platform: Platform, foreign: Path, tmp_path: Path, own: bool, certificate: str, expected: set[int], word: str
) -> None:
    folder = platform.folder / "certificates" if own else foreign
    environment = platform.environment("gateway") | {
        "RPC_TLS_CERT_FILE": str(folder / f"{certificate}.pem"), "RPC_TLS_KEY_FILE": str(folder / f"{certificate}.key"),
    }  # fmt: skip
    log = tmp_path / "log"
    with log.open("w") as output:
        process = Process([*executable("ticketing"), "gateway"], environment=environment, errors=output)
        try:
            person = Person(process.line(0, within=_START).split()[-1])
            code, answer = person.call("/api/tickets")
            assert code in expected, answer
            assert "may not call" not in str(answer)
            eventually("the log says why", lambda: word in log.read_text())
        finally:
            process.stop()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"REDIS_TLS_CA_FILE": "foreign"}, "CERTIFICATE_VERIFY_FAILED"),
        ({"TICKETS_REDIS_URL_FILE": "stranger"}, "refuses the user name or password of the URL"),
    ],
)
def test_a_service_that_its_redis_refuses_says_why(
    platform: Platform, foreign: Path, tmp_path: Path, change: dict[str, str], word: str
) -> None:
    stranger = tmp_path / "url"
    stranger.write_text(
        f"rediss://tickets:wrong-password@localhost:{platform.addresses['tickets-redis'].rpartition(':')[2]}"
    )
    values = {"foreign": str(foreign / "ca.pem"), "stranger": str(stranger)}
    environment = platform.environment("tickets") | {name: values[value] for name, value in change.items()}
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*executable("ticketing"), "tickets"], env=environment, stderr=output, stdout=subprocess.DEVNULL
        ) as process,
    ):
        try:
            eventually("it says why", lambda: word in log.read_text(), within=_START)
        finally:
            process.kill()
    assert "wrong-password" not in log.read_text()


def test_a_process_whose_files_do_not_belong_together_does_not_start(platform: Platform) -> None:
    environment = platform.environment("orders") | {"RPC_TLS_KEY_FILE": str(platform.certificate("auth", "key"))}
    done = subprocess.run(
        [*executable("ticketing"), "orders"], env=environment, capture_output=True, text=True, timeout=_START
    )
    assert done.returncode == 78
    assert "RPC_TLS_KEY_FILE" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def test_redis_knows_nobody_without_a_password_and_speaks_only_tls(platform: Platform) -> None:
    port = platform.addresses["orders-redis"].rpartition(":")[2]
    plain = subprocess.run(["redis-cli", "-p", port, "PING"], capture_output=True, text=True, timeout=30)
    assert "PONG" not in plain.stdout
    tls = ["redis-cli", "--tls", "--cacert", str(platform.certificate("ca")), "-p", port]
    anonymous = subprocess.run([*tls, "GET", "{orders}:x"], capture_output=True, text=True, timeout=30)
    assert "NOAUTH" in anonymous.stdout + anonymous.stderr
    inspector = [
        *tls,
        "--no-auth-warning",
        "--user",
        "inspector",
        "--pass",
        (platform.folder / "passwords/inspector").read_text().strip(),
    ]
    assert "NOPERM" in subprocess.run([*inspector, "FLUSHALL"], capture_output=True, text=True, timeout=30).stdout
    assert (
        subprocess.run([*inspector, "EXISTS", "{orders}:x"], capture_output=True, text=True, timeout=30).stdout.strip()
        == "0"
    )


def status(platform: Platform, service: str, method: str, as_process: str, token: str | None = None) -> grpc.StatusCode:
    return call(platform, service, method, as_process, token)[0]


def call(
    platform: Platform, service: str, method: str, as_process: str, token: str | None = None
) -> tuple[grpc.StatusCode, str]:
    """Code and message of the error that the call ends with."""
    key, certificate = (platform.certificate(as_process, suffix).read_bytes() for suffix in ("key", "pem"))
    credentials = grpc.ssl_channel_credentials(platform.certificate("ca").read_bytes(), key, certificate)
    metadata = [("authorization", f"Bearer {token}")] if token else []
    with grpc.secure_channel(
        platform.addresses[service], credentials, [("grpc.ssl_target_name_override", service)]
    ) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            channel.unary_unary(f"{_ORDERS}/{method}")(b"", timeout=30, metadata=metadata)
        return refused.value.code(), refused.value.details()
