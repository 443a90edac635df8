"""Which connections NetworkPolicies let through, and which the platform needs."""

from collections.abc import Iterator

from known import SERVICES, calls, redis_users
from manifests import Document, Manifests, pod_labels, selects

Arrow = tuple[str, str, int]
RPC_PORT, HTTP_PORT, REDIS_PORT, METRICS_PORT = 50051, 3000, 6379, 9090


def needed(manifests: Manifests) -> set[Arrow]:
    """The arrows between pods: who calls whom, and who reads whose Redis."""
    arrows = {(caller, callee, RPC_PORT) for caller, callees in calls().items() for callee in callees}
    if manifests.names("StatefulSet"):
        arrows |= {(user, f"{server}-redis", REDIS_PORT) for server in SERVICES for user in redis_users(server)}
    return arrows


def needed_outside(manifests: Manifests) -> set[Arrow]:
    """Arrows that cross the border of the namespace."""
    arrows = {("ingress-nginx", "gateway", HTTP_PORT), ("payments", "internet", 443)}
    arrows |= {("prometheus", process, METRICS_PORT) for process in manifests.processes()}
    arrows |= {(workload, "kube-dns", 53) for workload in manifests.workloads()}
    if not manifests.names("StatefulSet"):
        arrows |= {(service, "managed Redis", REDIS_PORT) for service in SERVICES}
    return arrows


def _rules(policies: list[Document], direction: str, labels: dict[str, str]) -> list[Document] | None:
    """None: no policy isolates these pods in this direction, so everything goes."""
    kind = direction.capitalize()
    applying = [policy["spec"] for policy in policies if selects(policy["spec"]["podSelector"], labels)]
    isolating = [spec for spec in applying if kind in spec["policyTypes"]]
    return [rule for spec in isolating for rule in spec.get(direction, [])] if isolating else None


def _lets_through(rules: list[Document] | None, side: str, labels: dict[str, str], port: int) -> bool:
    if rules is None:
        return True
    for rule in rules:
        ports = rule.get("ports")
        if ports is not None and port not in [entry.get("port") for entry in ports]:
            continue
        peers = rule.get(side)
        if peers is None:
            return True
        for peer in peers:
            if "podSelector" in peer and "namespaceSelector" not in peer and selects(peer["podSelector"], labels):
                return True
    return False


def allowed(manifests: Manifests) -> set[Arrow]:
    """Between the pods of the overlay, at the ports that any of them has."""
    policies = list(manifests.of("NetworkPolicy"))
    workloads = {name: pod_labels(workload) for name, workload in manifests.workloads().items()}
    found: set[Arrow] = set()
    for caller, from_labels in workloads.items():
        egress = _rules(policies, "egress", from_labels)
        for callee, to_labels in workloads.items():
            ingress = _rules(policies, "ingress", to_labels)
            for port in (RPC_PORT, HTTP_PORT, REDIS_PORT, METRICS_PORT, 1):
                if caller != callee and _lets_through(egress, "to", to_labels, port) and _lets_through(
                    ingress, "from", from_labels, port
                ):
                    found.add((caller, callee, port))
    return found


def _place(peer: Document) -> str:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        if block["cidr"] == "0.0.0.0/0":
            private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"}
            return "internet" if private <= set(block.get("except", [])) else "everywhere"
        return "managed Redis"
    return next(iter(peer.get("podSelector", {}).get("matchLabels", {}).values()), "any pod")


def _outside(rules: list[Document] | None, side: str) -> Iterator[tuple[str, int]]:
    if rules is None:
        yield "anybody", 0
    for rule in rules or []:
        for peer in rule.get(side, []):
            if "ipBlock" in peer or "namespaceSelector" in peer:
                for port in {entry["port"] for entry in rule.get("ports", [{"port": 0}])}:
                    yield _place(peer), port


def allowed_outside(manifests: Manifests) -> set[Arrow]:
    policies = list(manifests.of("NetworkPolicy"))
    found: set[Arrow] = set()
    for name, workload in manifests.workloads().items():
        labels = pod_labels(workload)
        found |= {(name, place, port) for place, port in _outside(_rules(policies, "egress", labels), "to")}
        found |= {(place, name, port) for place, port in _outside(_rules(policies, "ingress", labels), "from")}
    return found
