"""The manifests of an overlay, as `kubectl kustomize` prints them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from redis_acl import ROOT

OVERLAYS = ["dev", "production"]
BIN = Path(sys.executable).parent
Document = dict[str, Any]


def render(overlay: str, folder: Path) -> str:
    """With secrets for the test, made in a copy."""
    copy = folder / "k8s"
    if not copy.exists():
        shutil.copytree(ROOT / "k8s", copy, ignore=shutil.ignore_patterns("secrets"))
    overlay_folder = copy / "overlays" / overlay
    stripe = {"STRIPE_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1"}
    environment = {"PATH": "/usr/bin:/bin", **stripe}
    subprocess.run([sys.executable, ROOT / "tools/make-secrets", overlay_folder], check=True, env=environment)
    command = [str(BIN / "kubectl"), "kustomize", str(overlay_folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Manifests:
    """The objects of an overlay."""

    def __init__(self, text: str) -> None:
        # The loader in C: hundreds of kilobytes are read many times.
        self.documents: list[Document] = [one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one]

    def of(self, *kinds: str) -> Iterator[Document]:
        return (document for document in self.documents if document["kind"] in kinds)

    def names(self, kind: str) -> set[str]:
        return {name(document) for document in self.of(kind)}

    def one(self, kind: str, wanted: str) -> Document:
        """Objects that a generator made have a hash at the end of their names."""
        [found] = [one for one in self.of(kind) if name(one) == wanted or name(one).startswith(f"{wanted}-") and kind == "Secret"]
        return found

    def workloads(self) -> dict[str, Document]:
        return {name(document): document for document in self.of("Deployment", "StatefulSet")}

    def processes(self) -> dict[str, Document]:
        return {name(document): document for document in self.of("Deployment")}


def name(document: Document) -> str:
    return document["metadata"]["name"]


def pod(workload: Document) -> Document:
    return workload["spec"]["template"]["spec"]


def pod_labels(workload: Document) -> dict[str, str]:
    return workload["spec"]["template"]["metadata"]["labels"]


def container(workload: Document) -> Document:
    [only] = pod(workload)["containers"]
    return only


def selects(selector: Document, labels: dict[str, str]) -> bool:
    """A label selector, as Kubernetes takes it; the empty one takes all."""
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In", "only In is understood here"
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
