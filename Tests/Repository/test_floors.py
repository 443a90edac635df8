"""Arrows between targets point downwards, and the manifest says of each target what its files import: no more, no less."""

import dataclasses
import re
from pathlib import Path

import pytest
from package import IMPORT, MAY_IMPORT, ROOT, Target, targets

PRODUCT = sorted(name for name, target in targets().items() if target.is_product)
SWIFT = sorted(name for name, target in targets().items() if target.imports())


def complaints(target: Target) -> list[str]:
    """What is wrong with where a target lies and with what it depends on."""
    if target.floor not in MAY_IMPORT:
        return [f"{target.name} lies in {target.path}, which is on no floor"]
    return [
        f"{target.name} ({target.floor}) depends on {name} ({targets()[name].floor})"
        for name in sorted(target.needs)
        if targets()[name].floor not in MAY_IMPORT[target.floor]
    ]


@pytest.mark.parametrize("name", PRODUCT)
def test_a_target_depends_only_on_what_its_floor_may(name: str) -> None:
    assert complaints(targets()[name]) == []


@pytest.mark.parametrize("floor", MAY_IMPORT)
def test_a_floor_has_only_targets(floor: str) -> None:
    paths = {target.path for target in targets().values() if target.is_product}
    folder = ROOT / "Sources" / floor
    lying = [folder] if f"Sources/{floor}" in paths else [one for one in folder.iterdir() if one.is_dir()]
    assert {str(one.relative_to(ROOT)) for one in lying} <= paths


def test_an_arrow_upwards_is_noticed() -> None:
    changed = dataclasses.replace(targets()["Redis"], needs=frozenset({"OrdersService"}))
    assert complaints(changed) == ["Redis (Platform) depends on OrdersService (Services)"]
    changed = dataclasses.replace(targets()["OrdersService"], needs=frozenset({"TicketsService", "Redis"}))
    assert complaints(changed) == ["OrdersService (Services) depends on TicketsService (Services)"]
    changed = dataclasses.replace(targets()["Redis"], path="Sources/Redis")
    assert complaints(changed) == ["Redis lies in Sources/Redis, which is on no floor"]


def test_the_architecture_page_says_the_same() -> None:
    rows = re.findall(
        r"^\| \[?`?(\w+)`?\]?(?:\(\w+\))? \|.*\| ([\w, ]+) \|$", (ROOT / "Sources/README.md").read_text(), re.MULTILINE
    )
    told = {floor: set(allowed.split(", ")) for floor, allowed in rows if floor in MAY_IMPORT}
    assert told == MAY_IMPORT


def test_the_architecture_page_names_what_is_on_the_platform() -> None:
    page = (ROOT / "Sources/README.md").read_text()
    lying = {target.path for target in targets().values() if target.floor == "Platform" and target.kind != "system"}
    assert {path for path in lying if f"]({path.removeprefix('Sources/')})" not in page} == set()


@pytest.mark.parametrize("name", SWIFT)
def test_a_target_declares_what_it_imports(name: str) -> None:
    target = targets()[name]
    used = target.imports()
    known = set(targets()) | {product for one in targets().values() for product in one.products}
    undeclared = {
        module: file for module, file in used.items() if module in known - {name} - target.needs - target.products
    }
    assert undeclared == {}
    # An executable is declared to be built before it is run.
    programs = {one.name for one in targets().values() if one.kind == "executable"}
    assert (target.needs | target.products) - set(used) - programs == set()
    assert target.repeated == ()


ROOMS = {"Handlers", "Listeners", "Model", "Store", "Workers"}
#: What only one service has need of.
OWN_ROOMS = {"AuthService": {"Password"}, "PaymentsService": {"Processor"}}


@pytest.mark.parametrize("service", sorted((ROOT / "Sources/Services").iterdir()), ids=lambda folder: str(folder.name))
def test_services_have_the_same_rooms_and_pure_models(service: Path) -> None:
    rooms = {one.name for one in service.iterdir() if one.is_dir()}
    assert rooms - OWN_ROOMS.get(service.name, set()) <= ROOMS
    assert {"Model", "Store"} <= rooms
    imports = {name for file in (service / "Model").glob("*.swift") for name in IMPORT.findall(file.read_text())}
    assert imports <= {"Identifiers", "Money"}
