"""Other people's checks of the manifests, the image, the workflows and the scripts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from manifests import BIN, OVERLAYS
from redis_acl import ROOT

#: The oldest Kubernetes that knows all that is used (`preStop.sleep`).
KUBERNETES = "1.30"
CHECKOV = ROOT / ".venv/scan/bin/checkov"
SCRIPTS = ["check-deploy", "check-generated", "deploy", "dev-certs", "format", "generate-protos", "run", "setup", "test"]
SCHEMA = [BIN / "kubernetes-validate", "--strict", "--quiet", "-k", KUBERNETES]


def lint(*command: object, fails: bool = False) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, cwd=ROOT)
    output = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, output
    return output


def module(name: str) -> list[object]:
    return [sys.executable, "-m", name]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_manifests_are_of_the_schema(overlay: str, rendered: dict[str, str], tmp_path: Path) -> None:
    known, others = [], []
    for document in rendered[overlay].split("\n---\n"):
        # cert-manager brings the schema of its own kinds.
        (others if "apiVersion: cert-manager.io/" in document else known).append(document)
    assert len(others) == (9 if overlay == "production" else 0)
    file = tmp_path / "manifests.yaml"
    file.write_text("\n---\n".join(known))
    lint(*SCHEMA, file)


def test_what_is_not_of_the_schema_is_noticed(rendered: dict[str, str], tmp_path: Path) -> None:
    [deployment] = [one for one in rendered["dev"].split("\n---\n") if "kind: Deployment" in one and "\n  name: auth\n" in one]
    file = tmp_path / "manifest.yaml"
    file.write_text(deployment.replace("readOnlyRootFilesystem", "readOnlyFilesystem"))
    assert "readOnlyFilesystem" in lint(*SCHEMA, file, fails=True)


@pytest.mark.skipif(not CHECKOV.exists(), reason="checkov is not installed (tools/setup --scan)")
def test_checkov_finds_nothing(rendered: dict[str, str], tmp_path: Path) -> None:
    for overlay, text in rendered.items():
        (tmp_path / f"{overlay}.yaml").write_text(text)
    (tmp_path / "Dockerfile").write_text((ROOT / "k8s/Dockerfile").read_text())
    command = [CHECKOV, "--config-file", ROOT / ".checkov.yaml", "--framework", "kubernetes", "dockerfile", "--directory"]
    lint(*command, tmp_path)
    (tmp_path / "dev.yaml").write_text(rendered["dev"].replace("allowPrivilegeEscalation: false", "privileged: true", 1))
    assert "CKV_K8S_16" in lint(*command, tmp_path, fails=True)


def test_the_image_is_well_made(tmp_path: Path) -> None:
    lint(BIN / "hadolint", "k8s/Dockerfile")
    broken = tmp_path / "Dockerfile"
    broken.write_text((ROOT / "k8s/Dockerfile").read_text().replace("bookworm-slim", "latest").replace("USER 10001", "USER root"))
    output = lint(BIN / "hadolint", broken, fails=True)
    assert "DL3007" in output and "DL3002" in output


def test_the_image_is_built_with_what_the_setup_installs() -> None:
    [wanted] = re.findall(r'local wanted="([^"]*)"', (ROOT / "tools/setup").read_text().split("install_with_brew")[0])
    libraries = {package for package in wanted.split() if package.endswith("-dev") or package == "pkg-config"}
    assert libraries and libraries <= set((ROOT / "k8s/Dockerfile").read_text().split())


def test_yaml_is_tidy() -> None:
    lint(*module("yamllint"), "--strict", ".github", "k8s", ".yamllint.yaml", ".checkov.yaml")


def test_workflows_are_of_the_schema_and_safe(tmp_path: Path) -> None:
    schema = [*module("check_jsonschema"), "--builtin-schema"]
    workflows = sorted((ROOT / ".github/workflows").glob("*.yaml"))
    lint(*schema, "vendor.github-workflows", *workflows)
    lint(*schema, "vendor.dependabot", ".github/dependabot.yml")
    zizmor = [BIN / "zizmor", "--offline", "--no-progress", "--quiet"]
    lint(*zizmor, ".github")
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    text = workflows[0].read_text()
    (folder / "unpinned.yaml").write_text(text.replace("checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "checkout@v5"))
    assert "unpinned-uses" in lint(*zizmor, folder, fails=True)
    (folder / "unpinned.yaml").write_text(text.replace("runs-on:", "runs-at:"))
    lint(*schema, "vendor.github-workflows", folder / "unpinned.yaml", fails=True)


def test_scripts_are_sound(tmp_path: Path) -> None:
    lint(BIN / "shellcheck", *(ROOT / "tools" / script for script in SCRIPTS), "k8s/make-skeleton", ".ci/run")
    (tmp_path / "broken").write_text("#!/bin/sh\nrm -rf $1/*\n")
    lint(BIN / "shellcheck", tmp_path / "broken", fails=True)


def test_the_steps_of_workflows_are_sound(tmp_path: Path) -> None:
    for workflow in (ROOT / ".github/workflows").glob("*.yaml"):
        for job in yaml.safe_load(workflow.read_text())["jobs"].values():
            for number, step in enumerate(job["steps"]):
                if "run" in step:
                    script = tmp_path / f"{workflow.stem}-{number}"
                    script.write_text(step["run"])
                    # Variables come from the step's `env`.
                    lint(BIN / "shellcheck", "--shell", "bash", "--exclude", "SC2153,SC2154", script)
