"""What must hold between the manifests and the program. Each check gives its complaints."""

import base64
from collections.abc import Callable, Iterator

import network
from known import (
    PROCESSES, calls, documented_variables, http_paths, liveness_name, publishers, read_variables,
)  # fmt: skip
from manifests import Document, Manifests, container, name, pod, pod_labels, selects

Complaints = Iterator[str]


def secret_keys(manifests: Manifests, wanted: str) -> dict[str, str]:
    """Key and value of a generated Secret."""
    data = manifests.one("Secret", wanted).get("data") or {}
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def variables(manifests: Manifests, deployment: Document) -> dict[str, str]:
    """All that a process is given; the value of what is not said here is empty."""
    found: dict[str, str] = {}
    for source in container(deployment).get("envFrom", []):
        found |= secret_keys(manifests, source["secretRef"]["name"])
    for entry in container(deployment).get("env", []):
        found[entry["name"]] = entry.get("value", "")
    return found


def check_processes(manifests: Manifests) -> Complaints:
    if set(manifests.processes()) != set(PROCESSES):
        yield f"Deployments {sorted(manifests.processes())} are not the processes {PROCESSES}"
    for process, deployment in manifests.processes().items():
        if container(deployment).get("args") != [process]:
            yield f"{process} does not run `ticketing {process}`"


def check_variables(manifests: Manifests) -> Complaints:
    for process, deployment in manifests.processes().items():
        given = variables(manifests, deployment)
        for variable in given:
            if variable not in read_variables():
                yield f"{process} is given {variable}, which no code reads"
            elif process not in documented_variables().get(variable, set()):
                yield f"{process} is given {variable}, which the README does not say it reads"
        needed = {f"{callee.upper()}_ADDR" for callee in calls().get(process, set())}
        if process != "gateway":
            needed |= {"JWT_KEY", "RPC_PORT", *(f"{by.upper()}_REDIS_URL" for by in {process, *publishers(process)})}
        for variable in sorted(needed - set(given)):
            yield f"{process} lacks {variable}"


def check_ports(manifests: Manifests) -> Complaints:
    for process, deployment in manifests.processes().items():
        given = variables(manifests, deployment)
        served = {given.get("PORT" if process == "gateway" else "RPC_PORT", ""), given.get("METRICS_PORT", "")}
        ports = {str(port["containerPort"]) for port in container(deployment)["ports"]}
        if ports != served:
            yield f"{process} names the ports {sorted(ports)} but serves {sorted(served)}"
        service = manifests.one("Service", process)["spec"]
        names = {port["name"] for port in container(deployment)["ports"]}
        if any(port["targetPort"] not in names for port in service["ports"]):
            yield f"the Service {process} leads to a port that {process} does not name"
        if not selects({"matchLabels": service["selector"]}, pod_labels(deployment)):
            yield f"the Service {process} selects other pods"
        for variable, address in given.items():
            if variable.endswith("_ADDR"):
                host, _, port = address.partition(":")
                known = [str(p["port"]) for s in manifests.of("Service") if name(s) == host for p in s["spec"]["ports"]]
                if host != variable.removesuffix("_ADDR").lower() or port not in known:
                    yield f"{process}: {variable} is {address}, where nothing is served"


def check_probes(manifests: Manifests) -> Complaints:
    for process, deployment in manifests.processes().items():
        one = container(deployment)
        ports = {key: port["containerPort"] for port in one["ports"] for key in (port["name"], port["containerPort"])}
        for kind in ("livenessProbe", "readinessProbe"):
            if kind not in one:
                yield f"{process} has no {kind}"
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = one.get(kind, {})
            if "httpGet" in probe and (
                probe["httpGet"]["path"] not in http_paths() or probe["httpGet"]["port"] not in ports
            ):
                yield f"{process}: {kind} asks {probe['httpGet']}, which is not served"
            if "grpc" in probe and "RPC_TLS_CERT_FILE" in variables(manifests, deployment):
                yield f"{process}: {kind} speaks no TLS, and gRPC is served by nothing else"
            if "grpc" in probe:
                asked = probe["grpc"].get("service", "")
                if asked not in ("", liveness_name()) or probe["grpc"]["port"] not in ports:
                    yield f"{process}: {kind} asks {probe['grpc']}, which is not served"
        liveness = one.get("livenessProbe", {})
        lives = [
            liveness.get("grpc", {}).get("service") == liveness_name(),
            liveness.get("httpGet", {}).get("path") == "/healthz",
        ]
        if not any(lives):
            yield f"{process}: its liveness hangs on more than the process"


def check_network(manifests: Manifests) -> Complaints:
    denial = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if denial not in [policy["spec"] for policy in manifests.of("NetworkPolicy")]:
        yield "no NetworkPolicy denies by default"
    for found, wanted in [
        (network.allowed(manifests), network.needed(manifests)),
        (network.allowed_outside(manifests), network.needed_outside(manifests)),
    ]:
        for caller, callee, port in sorted(wanted - found):
            yield f"no NetworkPolicy lets {caller} reach {callee}:{port}"
        for caller, callee, port in sorted(found - wanted):
            yield f"NetworkPolicies let {caller} reach {callee}:{port}, which it has no business with"


def check_encryption(manifests: Manifests) -> Complaints:
    """All or none; and each goes by its own name in its certificate."""
    files = {f"RPC_TLS_{part}_FILE" for part in ("CA", "CERT", "KEY")}
    given = {process: files & set(variables(manifests, one)) for process, one in manifests.processes().items()}
    if any(found != set() for found in given.values()):
        for process, found in given.items():
            if found != files:
                yield f"{process} speaks no mutual TLS, and the others do"
        names = {one["spec"]["secretName"]: one["spec"].get("dnsNames", []) for one in manifests.of("Certificate")}
        for process, deployment in manifests.processes().items():
            shown = [volume["secret"] for volume in pod(deployment)["volumes"] if volume["name"] == "certificates"]
            if [names.get(one["secretName"], [])[:1] for one in shown] != [[process]] or shown[0].get("optional"):
                yield f"{process} has no certificate with its name"


def check_references(manifests: Manifests) -> Complaints:
    made = {"Secret": manifests.names("Secret"), "ConfigMap": manifests.names("ConfigMap")}
    made["Secret"] |= {one["spec"]["secretName"] for one in manifests.of("Certificate")}
    for workload, document in manifests.workloads().items():
        spec = pod(document)
        if spec.get("serviceAccountName") != workload or workload not in manifests.names("ServiceAccount"):
            yield f"{workload} has no ServiceAccount of its own"
        for kind, wanted in references(spec):
            if wanted not in made[kind]:
                yield f"{workload} wants the {kind} {wanted}, which nobody makes"
        budgets = [one for one in manifests.of("PodDisruptionBudget") if selects(one["spec"]["selector"], pod_labels(document))]
        if len(budgets) != 1:
            yield f"{workload} has {len(budgets)} PodDisruptionBudgets"
    for account in manifests.of("ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"the ServiceAccount {name(account)} gives out its token"
    for scaler in manifests.of("HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]["name"]
        if "replicas" in manifests.processes().get(target, {"spec": {"replicas": 0}})["spec"]:
            yield f"the HorizontalPodAutoscaler {name(scaler)} has no target that leaves its replicas to it"


def references(spec: Document) -> Iterator[tuple[str, str]]:
    """Secrets and ConfigMaps that a pod cannot do without."""
    for volume in spec.get("volumes", []):
        if "secret" in volume and not volume["secret"].get("optional"):
            yield "Secret", volume["secret"]["secretName"]
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
    for one in spec["containers"]:
        yield from (("Secret", source["secretRef"]["name"]) for source in one.get("envFrom", []))
        for entry in one.get("env", []):
            reference = entry.get("valueFrom", {}).get("secretKeyRef")
            if reference and not reference.get("optional"):
                yield "Secret", reference["name"]


def check_secret_keys(manifests: Manifests) -> Complaints:
    """Those that a process cannot do without are in the Secrets that tools/make-secrets makes."""
    for process, deployment in manifests.processes().items():
        for entry in container(deployment).get("env", []):
            reference = entry.get("valueFrom", {}).get("secretKeyRef")
            made = reference and reference["name"] in manifests.names("Secret")
            if made and not reference.get("optional") and reference["key"] not in secret_keys(manifests, reference["name"]):
                yield f"{process} wants {reference['key']}, which the Secret {reference['name']} does not have"


def check_restrictions(manifests: Manifests) -> Complaints:
    """Pod security `restricted`, and limits."""
    for workload, document in manifests.workloads().items():
        spec, one = pod(document), container(document)
        rights, own = spec.get("securityContext", {}), one.get("securityContext", {})
        if not rights.get("runAsNonRoot") or rights.get("runAsUser") != 10001:
            yield f"{workload} does not run as the user 10001"
        if rights.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{workload} has no seccomp profile"
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{workload} could gain rights"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{workload} can write to its root"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{workload} is given a token for Kubernetes"
        for bound in ("requests", "limits"):
            if set(one.get("resources", {}).get(bound, {})) != {"cpu", "memory"}:
                yield f"{workload} has no {bound}"
        if spec.get("terminationGracePeriodSeconds", 0) < 20:
            yield f"{workload} has no time to stop in order"


CHECKS: list[Callable[[Manifests], Complaints]] = [
    check_processes, check_variables, check_ports, check_probes, check_network, check_encryption, check_references,
    check_secret_keys, check_restrictions,
]  # fmt: skip


def complaints(manifests: Manifests) -> list[str]:
    return [complaint for check in CHECKS for complaint in check(manifests)]
