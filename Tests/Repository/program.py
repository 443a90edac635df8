"""What the program's sources say of it: variables, subcommands with their options, metrics, routes."""

import re
from functools import cache

from package import ROOT

SOURCES = ROOT / "Sources"
NAME = r'"([A-Z][A-Z0-9_]+)"'


@cache
def swift() -> dict[str, str]:
    """Text by path."""
    files = sorted(SOURCES.rglob("*.swift"))
    return {str(file.relative_to(SOURCES)): file.read_text() for file in files if "Generated" not in file.parts}


def source(name: str) -> str:
    """Of the one file of that name."""
    [text] = [text for path, text in swift().items() if path.split("/")[-1] == name]
    return text


def services() -> list[str]:
    text = "\n".join(swift().values())
    [cases] = re.findall(r"enum ServiceName: String, CaseIterable \{\n  case ([\w, ]+)\n", text)
    return str(cases).split(", ")


@cache
def _getters() -> tuple[set[str], set[str]]:
    """Functions that look a variable up by its name; of these, those that take it for a secret."""
    plain: set[str] = set()
    secret: set[str] = set()
    for path, text in swift().items():
        if "Environment" not in path.split("/")[-1] and "Environment" not in text:
            continue
        # Types that are made of a variable.
        for found in re.finditer(r"init\?*\(_ environment: Environment, _ name: String", text):
            secret.add(re.findall(r"\b(?:struct|class|enum) (\w+)", text[: found.start()])[-1])
        if re.search(r"^(?:package )?(?:struct|extension) Environment\b", text, re.MULTILINE):
            for name in re.findall(r"func (\w+)(?:<[^>]*>*)?\(\s*_ name: String", text):
                (secret if "secret" in name.lower() else plain).add(name)
    assert {"string", "integer", "secret"} <= plain | secret, "Environment reads variables in another way"
    return plain, secret


@cache
def _read(secret: bool) -> set[str]:
    names: set[str] = set()
    getters = "|".join(sorted(_getters()[secret]))
    for text in swift().values():
        if re.search(r"\b[eE]nvironment\b", text):
            names |= set(re.findall(rf"\b(?:{getters})\(\s*(?:environment,\s*)?{NAME}", text))
    return names


def secrets() -> set[str]:
    """Without the URLs of Redis, which are some too."""
    return {name for name in _read(True) if not name.endswith("REDIS_URL")}


def variables() -> set[str]:
    names = _read(False) | _read(True)
    # Names that are put together.
    assert '"\\(service.uppercased())_REDIS_URL"' in source("CommonSettings.swift")
    assert '"\\(name.rawValue.uppercased())_ADDR"' in source("Peer.swift")
    assert '"\\(prefix)HOST"' in source("ListeningPort.swift")
    assert '"\\(prefix)_CA_FILE"' in source("Environment+TLS.swift")
    for text in swift().values():
        for prefix in re.findall(r'\.listening\("(\w*)"', text):
            names |= {f"{prefix}HOST", f"{prefix}PORT"}
        for prefix in re.findall(r'\btlsFiles\("(\w+)"', text):
            names |= {f"{prefix}_{part}_FILE" for part in ("CA", "CERT", "KEY")}
    names |= {"REDIS_URL", *(f"{service.upper()}_REDIS_URL" for service in services())}
    peers = set().union(*(re.findall(r"\bPeer\(\s*\.(\w+)", text) for text in swift().values()))
    return names | {f"{peer.upper()}_ADDR" for peer in peers}


def metrics() -> set[str]:
    return {
        name
        for text in swift().values()
        for name in re.findall(r'"((?:ticketing|http|process|grpc_server)_[a-z_]+)"', text)
    }


def routes() -> set[str]:
    """`GET /path`"""
    found = re.findall(r'\bRoute\(\.(get|post|put|delete), "([^"]+)"', source("RouteTable.swift"))
    return {f"{method.upper()} {path}" for method, path in found}


def pages() -> set[str]:
    return set(re.findall(r'\.get\("([^"]+)"', source("Storefront.swift")))


@cache
def _structs() -> dict[str, str]:
    """Commands and groups of options of the program, by name."""
    found: dict[str, str] = {}
    for path, text in swift().items():
        if path.startswith("Program/"):
            kinds = "AsyncParsableCommand|ParsableArguments|ServiceCommand|InspectionCommand"
            parts = re.split(rf"^struct (\w+): (?=(?:{kinds}) \{{)", text, flags=re.MULTILINE)
            found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


def _options(struct: str) -> set[str]:
    text = _structs()[struct]
    found = {"--help"}
    for kind, arguments, name in re.findall(r"@(Option|Flag)(\((?:[^()]|\([^()]*\))*\))?\s+var (\w+)", text):
        option = re.sub(r"(?=[A-Z])", "-", name).lower()
        found.add(f"--{option}")
        if kind == "Flag" and "prefixedNo" in arguments:
            found.add(f"--no-{option}")
    return found.union(*(_options(group) for group in re.findall(r"@OptionGroup(?:\([^)]*\))? var \w+: (\w+)", text)))


def _name(struct: str) -> str:
    ways = r'commandName: "(\w+)"|static let service = ServiceName\.(\w+)|storyConfiguration\(\s*"(\w+)"'
    found = re.search(ways, _structs()[struct])
    assert found, f"{struct} has no name"
    return next(name for name in found.groups() if name)


def abstracts() -> dict[str, str]:
    """What the program's help says of each subcommand."""
    children = re.search(r"subcommands: \[(.*?)\]", _structs()["Ticketing"], re.DOTALL)
    assert children, "Ticketing has no subcommands"
    found: dict[str, str] = {}
    for struct in re.findall(r"(\w+)\.self", children.group(1)):
        name = _name(struct)
        said = dict(re.findall(r'\b(abstract|purpose)(?:: | = )"([^"]*)"', _structs()[struct]))
        story = re.search(r'storyConfiguration\(\s*"\w+", "([^"]*)"', _structs()[struct])
        found[name] = (
            story.group(1) if story else said.get("abstract") or f"Run the {name} service: {said['purpose']}."
        )
    return found


@cache
def subcommands() -> dict[str, set[str]]:
    """`events tail`: its options."""

    def below(struct: str, words: tuple[str, ...]) -> dict[str, set[str]]:
        text = _structs()[struct]
        children = re.search(r"subcommands: \[(.*?)\]", text, re.DOTALL)
        found = {" ".join(words): _options(struct)}
        for child in re.findall(r"(\w+)\.self", children.group(1)) if children else []:
            found |= below(child, (*words, _name(child)))
        return found

    return below("Ticketing", ())
