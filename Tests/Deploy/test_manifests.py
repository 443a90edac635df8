"""The manifests agree with the program; and whatever breaks that agreement is noticed."""

import copy
from collections.abc import Callable

import pytest

from cross_checks import complaints
from known import SERVICES
from manifests import OVERLAYS, Document, Manifests, container, name, pod


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_agrees_with_the_program(overlay: str, rendered: dict[str, str]) -> None:
    assert complaints(Manifests(rendered[overlay])) == []


def process(wanted: str) -> Callable[[Manifests], Document]:
    return lambda manifests: container(manifests.processes()[wanted])


def variable(wanted: str, key: str) -> Callable[[Manifests], Document]:
    return lambda manifests: next(one for one in process(wanted)(manifests)["env"] if one["name"] == key)


def drop(kind: str, wanted: str) -> Callable[[Manifests], None]:
    def change(manifests: Manifests) -> None:
        before = len(manifests.documents)
        manifests.documents = [one for one in manifests.documents if (one["kind"], name(one)) != (kind, wanted)]
        assert len(manifests.documents) == before - 1

    return change


def also_from(policy: str, caller: str) -> Callable[[Manifests], None]:
    """Lets one more in at both ends of an arrow."""

    def change(manifests: Manifests) -> None:
        inbound = manifests.one("NetworkPolicy", policy)["spec"]["ingress"][0]["from"][0]["podSelector"]
        outbound = manifests.one("NetworkPolicy", f"to-{policy}")["spec"]["podSelector"]
        for selector in (inbound, outbound):
            selector["matchExpressions"][0]["values"].append(caller)

    return change


def policy_peer(wanted: str, direction: str, side: str) -> Callable[[Manifests], Document]:
    return lambda manifests: manifests.one("NetworkPolicy", wanted)["spec"][direction][0][side][0]


def secret(wanted: str) -> Callable[[Manifests], Document]:
    return lambda manifests: manifests.one("Secret", wanted)["data"]


#: What is broken, and the complaint about it.
BROKEN: dict[str, tuple[Callable[[Manifests], object], str]] = {
    "a variable with a typing error": (
        lambda m: variable("orders", "EXPIRATION_WINDOW_SECONDS")(m).update(name="EXPIRATION_WINDOW"),
        "orders is given EXPIRATION_WINDOW, which no code reads",
    ),
    "a variable of another process": (
        lambda m: process("tickets")(m)["env"].append({"name": "STRIPE_API_BASE", "value": "https://x"}),
        "tickets is given STRIPE_API_BASE, which the README does not say it reads",
    ),
    "a missing variable": (lambda m: process("auth")(m)["env"].clear(), "auth lacks JWT_KEY"),
    "a missing URL": (lambda m: secret("tickets-redis-urls")(m).pop("ORDERS_REDIS_URL"), "tickets lacks ORDERS_REDIS_URL"),
    "another subcommand": (lambda m: process("auth")(m).update(args=["tickets"]), "auth does not run `ticketing auth`"),
    "no such process": (drop("Deployment", "expiration"), "are not the processes"),
    "a port that is not served": (
        lambda m: next(p for p in process("tickets")(m)["ports"] if p["name"] == "grpc").update(containerPort=50052),
        "tickets names the ports ['50052', '9090'] but serves ['50051', '9090']",
    ),
    "a Service to nowhere": (
        lambda m: m.one("Service", "auth")["spec"]["ports"][0].update(targetPort="rpc"),
        "the Service auth leads to a port that auth does not name",
    ),
    "a Service of others' pods": (
        lambda m: m.one("Service", "auth")["spec"]["selector"].update({"app.kubernetes.io/name": "tickets"}),
        "the Service auth selects other pods",
    ),
    "an address that is wrong": (
        lambda m: variable("gateway", "AUTH_ADDR")(m).update(value="auth:3000"),
        "gateway: AUTH_ADDR is auth:3000, where nothing is served",
    ),
    "liveness that asks Redis": (
        lambda m: process("orders")(m)["livenessProbe"]["httpGet"].update(path="/readyz"),
        "orders: its liveness hangs on more than the process",
    ),
    "a path that is not served": (
        lambda m: process("gateway")(m)["readinessProbe"]["httpGet"].update(path="/health"),
        "gateway: readinessProbe asks",
    ),
    "no default policy": (drop("NetworkPolicy", "default-deny"), "no NetworkPolicy denies by default"),
    "a missing arrow": (drop("NetworkPolicy", "orders"), "no NetworkPolicy lets payments reach orders:50051"),
    "an arrow too many": (also_from("auth", "orders"), "NetworkPolicies let orders reach auth:50051"),
    "a way to the whole world": (
        lambda m: policy_peer("to-stripe", "egress", "to")(m)["ipBlock"].pop("except"),
        "NetworkPolicies let payments reach everywhere:443",
    ),
    "no way to Stripe": (drop("NetworkPolicy", "to-stripe"), "no NetworkPolicy lets payments reach internet:443"),
    "no way in": (drop("NetworkPolicy", "gateway"), "no NetworkPolicy lets ingress-nginx reach gateway:3000"),
    "no account": (drop("ServiceAccount", "orders"), "orders has no ServiceAccount of its own"),
    "no budget": (drop("PodDisruptionBudget", "orders"), "orders has 0 PodDisruptionBudgets"),
    "a secret that nobody makes": (
        lambda m: variable("auth", "JWT_KEY")(m)["valueFrom"]["secretKeyRef"].update(name="jwt-key"),
        "auth wants the Secret jwt-key, which nobody makes",
    ),
    "root": (
        lambda m: pod(m.processes()["auth"])["securityContext"].update(runAsUser=0), "auth does not run as the user 10001"
    ),
    "a root that can be written to": (
        lambda m: process("auth")(m)["securityContext"].pop("readOnlyRootFilesystem"), "auth can write to its root"
    ),
    "no limits": (lambda m: process("auth")(m)["resources"].pop("limits"), "auth has no limits"),
    "replicas against the autoscaler": (
        lambda m: m.processes()["gateway"]["spec"].update(replicas=2), "HorizontalPodAutoscaler gateway has no target"
    ),
}  # fmt: skip


#: What only one overlay has.
BROKEN_IN: dict[str, dict[str, tuple[Callable[[Manifests], object], str]]] = {
    "dev": {
        "liveness that asks Redis by gRPC": (
            lambda m: process("orders")(m).update(livenessProbe={"grpc": {"port": 50051}}),
            "orders: its liveness hangs on more than the process",
        ),
        "a gRPC name that nobody knows": (
            lambda m: process("orders")(m).update(readinessProbe={"grpc": {"port": 50051, "service": "orders"}}),
            "orders: readinessProbe asks",
        ),
    },
    "production": {
        "a probe without TLS": (
            lambda m: process("orders")(m).update(readinessProbe={"grpc": {"port": 50051}}),
            "orders: readinessProbe speaks no TLS",
        ),
        "one without TLS": (
            lambda m: process("auth")(m)["env"].remove(variable("auth", "RPC_TLS_KEY_FILE")(m)),
            "auth speaks no mutual TLS, and the others do",
        ),
        "another's certificate": (
            lambda m: m.one("Certificate", "auth")["spec"].update(dnsNames=["orders"]),
            "auth has no certificate with its name",
        ),
        "no key of Stripe's": (
            lambda m: secret("stripe")(m).pop("STRIPE_KEY"), "payments wants STRIPE_KEY, which the Secret stripe"
        ),
        "no certificate": (drop("Certificate", "payments"), "payments has no certificate with its name"),
    },
}  # fmt: skip
CASES = [(overlay, one) for overlay in OVERLAYS for one in [*BROKEN, *BROKEN_IN[overlay]]]


@pytest.mark.parametrize(("overlay", "broken"), CASES)
def test_what_is_broken_is_noticed(overlay: str, broken: str, rendered: dict[str, str]) -> None:
    change, expected = (BROKEN | BROKEN_IN[overlay])[broken]
    manifests = Manifests(rendered[overlay])
    before = copy.deepcopy(manifests.documents)
    change(manifests)
    assert manifests.documents != before
    found = complaints(manifests)
    assert any(expected in complaint for complaint in found), found


@pytest.mark.parametrize(("server", "user"), [("orders", "auth"), ("auth", "orders"), ("payments", "tickets")])
def test_a_user_too_many_at_a_redis_is_noticed(server: str, user: str, rendered: dict[str, str]) -> None:
    manifests = Manifests(rendered["dev"])
    also_from(f"{server}-redis", user)(manifests)
    assert complaints(manifests) == [
        f"NetworkPolicies let {user} reach {server}-redis:6379, which it has no business with"
    ]


def test_each_redis_has_settings_and_users_of_its_own(rendered: dict[str, str]) -> None:
    manifests = Manifests(rendered["dev"])
    for service in SERVICES:
        volumes = {volume["name"]: volume for volume in pod(manifests.workloads()[f"{service}-redis"])["volumes"]}
        users = manifests.one("Secret", volumes["users"]["secret"]["secretName"])["data"]
        assert set(users) == {"users.acl"}
        assert name(manifests.one("Secret", f"{service}-redis-users")) == volumes["users"]["secret"]["secretName"]
