"""tools/deploy with a stand-in for kubectl, tools/make-secrets and tools/changed-processes."""

import json
import stat
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from manifests import BIN
from redis_acl import ROOT, SERVICES

#: Records what it is told, knows images of what runs, and lets the roll-out of $STUCK fail.
KUBECTL = """#!/bin/sh
[ "$1" != kustomize ] || exec {kubectl} "$@"
echo "$*" >>{log}
case "$*" in
  "apply --kustomize "*) {kubectl} kustomize "$3" >{log}.applied ;;
  *"get deployment $STUCK "*) ;;
  *"get deployment"*) echo "registry/ticketing@sha256:$(echo "$4" | md5sum | cut -c1-8)" ;;
  *"rollout status deployment/$STUCK "*) exit 1 ;;
esac
"""


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.log.touch()
        kubectl = folder / "kubectl"
        kubectl.write_text(KUBECTL.format(log=self.log, kubectl=BIN / "kubectl"))
        kubectl.chmod(0o755)
        self._path = f"{folder}:/usr/bin:/bin"

    def deploy(self, *arguments: object, stuck: str = "nothing") -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / "tools/deploy"), *map(str, arguments)]
        environment = {"PATH": self._path, "STUCK": stuck}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)


def test_an_image_goes_to_each_process_in_turn(cluster: Cluster) -> None:
    assert cluster.deploy("image", "registry/x@sha256:1", "orders", "gateway").returncode == 0
    namespace, timeout = "--namespace ticketing", "--timeout 5m"
    assert cluster.calls == [
        f"{namespace} set image deployment/orders ticketing=registry/x@sha256:1",
        f"{namespace} rollout status deployment/orders {timeout}",
        f"{namespace} set image deployment/gateway ticketing=registry/x@sha256:1",
        f"{namespace} rollout status deployment/gateway {timeout}",
    ]


def test_an_image_that_does_not_serve_goes_back_and_no_further(cluster: Cluster) -> None:
    done = cluster.deploy("image", "registry/x@sha256:1", stuck="tickets")
    assert done.returncode == 1 and "tickets does not become ready" in done.stderr
    assert cluster.calls[-1] == "--namespace ticketing rollout undo deployment/tickets"
    assert not any("deployment/orders" in call for call in cluster.calls)


def test_manifests_leave_the_images_that_run(cluster: Cluster, rendered: dict[str, str], rendered_folder: Path) -> None:
    done = cluster.deploy("manifests", rendered_folder / "k8s/overlays/production", stuck="payments")
    assert "apply" in "".join(cluster.calls), done.stderr
    applied = Path(f"{cluster.log}.applied").read_text()
    assert applied.count("image: registry/ticketing@sha256:") == 5
    # The one that does not run yet gets the overlay's.
    assert applied.count("image: ghcr.io/example/ticketing:") == 1
    assert rendered["production"].count("image: ghcr.io/example/ticketing:") == 6


def test_other_words_are_not_understood(cluster: Cluster) -> None:
    for arguments in ([], ["image"], ["manifests"], ["all", "x"]):
        assert cluster.deploy(*arguments).returncode == 2
    assert cluster.calls == []


def test_secrets_are_kept_and_nobody_elses_to_read(rendered: dict[str, str], rendered_folder: Path) -> None:
    overlay = rendered_folder / "k8s/overlays/production"
    files = {file: file.read_text() for file in (overlay / "secrets").rglob("*") if file.is_file()}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    subprocess.run([ROOT / "tools/make-secrets", overlay], check=True, env={"PATH": "/usr/bin:/bin"})
    assert {file: file.read_text() for file in files} == files
    urls = (overlay / "secrets/tickets-redis-urls.env").read_text()
    password = (overlay / "secrets/redis-passwords/tickets").read_text().strip()
    assert f"ORDERS_REDIS_URL=rediss://tickets:{password}@orders.redis.example.com:6379\n" in urls
    ignored = subprocess.run(["git", "check-ignore", "k8s/overlays/dev/secrets/jwt.env"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["Sources/Services/OrdersService/Store/OrderStore.swift"], ["orders"]),
        (["Sources/Edge/Storefront/Storefront.swift", "Sources/Services/AuthService/AuthService.swift"], ["auth", "gateway"]),
        (["README.md", "Sources/Program/README.md", "Tests/RPCTests/X.swift", "k8s/base/auth.yaml"], []),
        (["Sources/Platform/RPC/Server/HTTP2Server.swift"], [*SERVICES, "gateway"]),
        (["Package.swift"], [*SERVICES, "gateway"]),
    ],
)
def test_a_change_concerns_those_whose_code_it_is(files: list[str], expected: list[str]) -> None:
    loader = SourceFileLoader("changed_processes", str(ROOT / "tools/changed-processes"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    assert json.dumps(module.changed(files)) == json.dumps(expected)
