"""What the documents say holds: their links lead somewhere, their commands exist, their tables are the program's."""

import os
import re
import subprocess

import program
import pytest
from documents import Document, documents, names
from package import ROOT, targets
from redis_acl import Subjects
from shell import Command, commands, functions

README = "README.md"
#: What the README may take. Who looks for one thing must find it.
LIMIT = 9_000
#: Of the shell and of any system; and what a part of the documents says that it needs.
PROGRAMS = {
    *[
        "base64",
        "cat",
        "curl",
        "cut",
        "export",
        "grep",
        "head",
        "jobs",
        "kill",
        "mkdir",
        "sleep",
        "sort",
        "tail",
        "tar",
    ],
    *["docker", "kind", "kubectl", "openssl", "redis-cli", "redis-server", "skaffold", "swift"],
}
SWIFT = {"build", "test", "package", "format"}
#: Made by a command that the document names.
MADE = {".venv/bin/python": "tools/setup --tests"}

ALL = pytest.mark.parametrize("name", documents())


@ALL
def test_links_lead_somewhere(name: str) -> None:
    document = documents()[name]
    broken = [link for link in document.links if not leads_somewhere(document, link)]
    assert broken == []


def leads_somewhere(document: Document, link: str) -> bool:
    if link.startswith("https://"):
        return True
    path, _, anchor = link.partition("#")
    target = (document.path.parent / path).resolve() if path else document.path
    if not anchor:
        return target.exists()
    return target.suffix == ".md" and target.is_file() and anchor in Document(target).anchors


def test_every_document_is_found_from_the_readme() -> None:
    found, rest = {README}, [README]
    while rest:
        document = documents()[rest.pop()]
        paths = {(document.path.parent / link.partition("#")[0]).resolve() for link in document.links}
        new = {name for name, one in documents().items() if one.path in paths} - found
        found |= new
        rest += new
    assert found == set(documents())


def test_the_readme_is_short() -> None:
    assert (ROOT / README).stat().st_size <= LIMIT


@ALL
def test_paths_exist(name: str) -> None:
    """Those that the prose names by their whole way from the repository's folder."""
    whole = re.compile(r"(?:Sources|Tests|tools|k8s|proto|\.github)(?:/[\w.+-]+)*/?")
    assert [span for span in documents()[name].spans if whole.fullmatch(span) and not (ROOT / span).exists()] == []


@ALL
def test_commands_exist(name: str) -> None:
    document = documents()[name]
    known: set[str] = set()
    wrong = []
    for line in document.scripts:
        known |= {*functions(line)}
        wrong += [f"{line}: {complaint}" for one in commands(line) for complaint in complaints(one, document, known)]
    assert wrong == []


@ALL
def test_the_program_is_found_before_it_is_used(name: str) -> None:
    """`ticketing` is nowhere on the path of somebody who has just cloned this."""
    lines = documents()[name].typed
    uses = [at for at, line in enumerate(lines) if "ticketing" in (one.words[0] for one in commands(line) if one.words)]
    told = [at for at, line in enumerate(lines) if line.startswith('export PATH="$PWD/.build/release:$PATH"')]
    assert not uses or (told and told[0] < uses[0])


def complaints(command: Command, document: Document, functions: set[str]) -> list[str]:
    program_name, *arguments = command.words or ("",)
    if program_name in ("", *functions):
        return []
    if program_name == "ticketing":
        return subcommand_complaints(arguments, command.options)
    if program_name in MADE:
        files = [word for word in arguments if word.startswith("Tests/") and not (ROOT / word).exists()]
        made = any(MADE[program_name] in one for one in document.spans + document.scripts)
        return [f"no {file}" for file in files] + ([] if made else [f"nobody has made {program_name}"])
    if "/" in program_name:
        return script_complaints(program_name, command.options)
    if program_name == "swift" and arguments[0] not in SWIFT:
        return [f"swift has no {arguments[0]}"]
    return [] if program_name in PROGRAMS else [f"there is no {program_name}"]


def subcommand_complaints(arguments: list[str], options: list[str]) -> list[str]:
    known = program.subcommands()
    words = " ".join(arguments[:2]) if " ".join(arguments[:2]) in known else arguments[0] if arguments else ""
    if words.startswith("--"):
        words = ""
    if words not in known or (len(arguments) > 1 and any(word.startswith(f"{words} ") for word in known)):
        return [f"ticketing has no {' '.join(arguments[:2])}"]
    return [f"{words} has no {option}" for option in options if option not in known[words]]


def script_complaints(name: str, options: list[str]) -> list[str]:
    script = ROOT / name
    if not os.access(script, os.X_OK) or script.is_dir():
        return [f"{name} is no program"]
    text = script.read_text()
    passed_on = program.subcommands()["up"] if name == "tools/run" else set()
    return [f"{name} has no {option}" for option in options if option not in text and option not in passed_on]


@ALL
def test_variables_of_commands_are_known(name: str) -> None:
    """Those that a program is given. Small letters are the shell's own."""
    given = {one for line in documents()[name].scripts for command in commands(line) for one in command.assigned}
    assert {one for one in given if one.isupper()} - program.variables() <= {"PATH", "REDISCLI_AUTH"}


def told_variables() -> set[str]:
    told = [name for row in documents()["Sources/Program/README.md"].table("variable") for name in names(row[0])]
    assert len(told) == len(set(told))
    expanded = {
        name.replace("<SERVICE>", service.upper())
        for name in told
        for service in (program.services() if "<SERVICE>" in name else [""])
    }
    return expanded


def test_the_table_of_variables_is_the_programs() -> None:
    assert told_variables() == program.variables()


def test_the_secrets_that_files_may_have_are_the_programs() -> None:
    prose = documents()["Sources/Program/README.md"].prose
    [told] = re.findall(r"^A secret \((.*?), the URLs of Redis\) may come from a file", prose, re.MULTILINE | re.DOTALL)
    assert set(names(told)) == program.secrets()


def test_the_table_of_options_is_that_of_up() -> None:
    told = [name for row in documents()["Sources/Program/README.md"].table("option") for name in names(row[0])]
    assert {*told, "--help"} == program.subcommands()["up"]


def test_the_help_is_as_it_is_printed() -> None:
    printed = documents()["Sources/Program/README.md"].block_after("ticketing --help")
    listed = printed.partition("SUBCOMMANDS:\n")[2].partition("\n\n")[0]
    told = {
        row.partition(" ")[0]: " ".join(row.split()[1:])
        for row in re.split(r"^  (?=\w)", listed, flags=re.MULTILINE)
        if row
    }
    assert told == program.abstracts()


@pytest.mark.parametrize("name", [README, "Sources/Program/README.md"])
def test_the_banner_is_as_it_is_printed(name: str) -> None:
    source = program.source("Banner.swift")
    text = documents()[name].text
    parts = {
        "Ticketing runs at ": "http://127.0.0.1:3000\n",
        "  look inside   ": "redis-cli -p 6390 ",
        "  (KEYS '*', XRANGE '{tickets}:events:ticket:created' - +)": "\n",
        "  metrics       ": "http://127.0.0.1:9464/metrics\n",
        "  stop          ": "Ctrl-C\n",
    }
    assert [part for part in parts if part not in source] == []
    assert [part for part, following in parts.items() if part + following not in text] == []


def test_the_table_of_metrics_is_the_programs() -> None:
    told = [name for row in documents()["Sources/Program/README.md"].table("metrics") for name in names(row[0])]
    assert len(told) == len(set(told))
    assert set(told) == program.metrics()


def test_the_table_of_routes_is_the_gateways() -> None:
    cells = [span for row in documents()["Sources/Edge/README.md"].table("route") for span in names(row[0])]
    told = {re.sub(r"\?.*", "", span) for span in cells if re.match(r"[A-Z]+ /", span)}
    assert told == program.routes()


def test_the_pages_are_the_storefronts() -> None:
    prose = documents()["Sources/Edge/README.md"].prose.partition("## The pages")[2]
    told = {span for span in names(prose.partition(".\n")[0].partition(". Where")[0]) if span.startswith("/")}
    assert told
    assert told <= program.pages()


def test_the_table_of_events_is_the_buses() -> None:
    subjects = Subjects()
    for cell, publisher, subscribers, _ in documents()["Sources/Platform/EventBus/README.md"].table("subject"):
        for subject in names(cell):
            assert publisher == subjects.publisher.pop(subject)
            assert subscribers.split(", ") == subjects.subscribers[subject]
    assert subjects.publisher == {}


@ALL
def test_names_in_capitals_are_known_to_some_code(name: str) -> None:
    """Variables, codes of errors: what the prose names and no file has is a typing error, or gone."""
    told = {span for span in documents()[name].spans if re.fullmatch(r"[A-Z]+(?:_[A-Z]+)+", span)}
    # Not what is built beside them.
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "Sources", "tools", ".github", "k8s"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    files = [ROOT / one for one in listed if not one.endswith((".md", ".png")) and (ROOT / one).is_file()]
    text = "".join(file.read_text() for file in files)
    assert {one for one in told if one not in text} - program.variables() == set()


@pytest.mark.parametrize("name", [name for name in documents() if name.startswith("Sources/")])
def test_a_target_leaves_its_documents_out(name: str) -> None:
    """SwiftPM takes what it does not know in a target's folder for a mistake."""
    for target in targets().values():
        if name.startswith(f"{target.path}/"):
            assert name.removeprefix(f"{target.path}/") in target.excluded


#: What is wrong with a line, so that the checks above are known to see it.
WRONG = {
    "tools/rnu": "tools/rnu is no program",
    "tools/run --porrt 8080": "tools/run has no --porrt",
    "ticketing event tail": "ticketing has no event tail",
    "ticketing events tial": "ticketing has no events tial",
    "ticketing verify --setle 3": "verify has no --setle",
    "x=$(tickting verify | cut -d' ' -f1)": "there is no tickting",
    '.venv/bin/python -m pytest "Tests/Browsers"': "nobody has made .venv/bin/python",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_command_is_noticed(line: str) -> None:
    document = Document(ROOT / "LICENSE")
    assert [complaint for one in commands(line) for complaint in complaints(one, document, set())] == [WRONG[line]]


def test_a_link_to_nowhere_is_noticed() -> None:
    document = documents()[README]
    assert not leads_somewhere(document, "Sources/Nowhere")
    assert not leads_somewhere(document, "Sources/README.md#nothing")
    assert leads_somewhere(document, "Sources/README.md#floors")
