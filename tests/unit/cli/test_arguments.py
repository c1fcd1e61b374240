"""The rules of the command line (cli.md 1)."""

from __future__ import annotations

import pytest

from codexbar_qt.cli.arguments import OutputMode, find_command, parse_arguments, read_output_mode
from codexbar_qt.cli.commands import COMMANDS
from codexbar_qt.cli.output import CommandError


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("", "usage"),
        ("--json", "usage"),
        ("-v", "usage"),
        ("usage", "usage"),
        ("config", "config validate"),
        ("config --json", "config validate"),
        ("config dump --pretty", "config dump"),
        ("config set-api-key", "config set-api-key"),
        ("cache", "cache clear"),
        ("cache --all", "cache clear"),
        ("cache clear --all", "cache clear"),
    ],
)
def test_command_is_found(line: str, name: str) -> None:
    assert parse_arguments(line.split()).command.name == name


@pytest.mark.parametrize(
    "line",
    ["cards", "serve", "guard --provider x", "config show", "cache fill", "config Dump", "USAGE", "plugins list"],
)
def test_what_is_not_built_is_an_unknown_command(line: str) -> None:
    assert find_command(line.split())[0] is None
    with pytest.raises(CommandError, match=r"^There is no command ") as caught:
        parse_arguments(line.split())
    assert (caught.value.kind, caught.value.exit_code) == ("args", 1)


def test_every_command_takes_the_common_options() -> None:
    common = "--format json --json --json-only --json-output --pretty --no-color --verbose -v --log-level info"
    for command in COMMANDS:
        assert parse_arguments([*command.words, *common.split()]).command is command


def test_values_may_follow_or_be_attached_and_the_last_one_wins() -> None:
    given = parse_arguments(
        ["usage", "--provider", "a", "--provider=b", "--source", "web", "--account=--odd", "--source=api"]
    )
    assert given.values == {"--provider": "b", "--source": "api", "--account": "--odd"}
    assert parse_arguments(["usage", "--provider=x=y"]).value("--provider") == "x=y"


@pytest.mark.parametrize(
    ("line", "source"), [("--web", "web"), ("--source api --web", "web"), ("--web --source api", "api")]
)
def test_web_is_a_source(line: str, source: str) -> None:
    assert parse_arguments(line.split()).value("--source") == source


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--status", "usage has no option --status. Run codexbar usage --help."),
        ("--provider", "--provider needs a value. Write it as --provider VALUE or --provider=VALUE."),
        ("--provider --json", "--provider needs a value. Write it as --provider VALUE or --provider=VALUE."),
        ("--json=yes", "--json takes no value. Leave out what follows the equals sign."),
        ("--format", "--format needs a value. Write it as --format VALUE or --format=VALUE."),
        (
            "config providers --descriptors",
            "config providers has no option --descriptors. Run codexbar config providers --help.",
        ),
        ("config dump --provider x", "config dump has no option --provider. Run codexbar config dump --help."),
        ("cache clear all", "cache clear takes options only. Run codexbar cache clear --help."),
        ("-x", "usage has no option -x. Run codexbar usage --help."),
        ("--", "usage has no option of this name. Run codexbar usage --help."),
    ],
)
def test_refusals(line: str, told: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_arguments(line.split())
    assert caught.value.message == told


@pytest.mark.parametrize(
    "line",
    [
        "config set-api-key test-key-1234",
        "test-key-1234",
        "config test-key-1234",
        "--test-key-1234",
        "config set-api-key --test-key-1234=5",
    ],
)
def test_what_may_be_a_key_is_never_repeated(line: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_arguments(line.split())
    assert "1234" not in caught.value.message


@pytest.mark.parametrize(
    ("line", "is_json"),
    [
        ("", False),
        ("--json", True),
        ("--json-only", True),
        ("--format json", True),
        ("--format=json", True),
        ("--format JSON", True),
        ("--format text --json", False),
        ("--json --format=text", False),
        ("--format xml", False),
        ("--format xml --json", True),
        ("--format json --format text", False),
        ("--format text --format toon", False),
        ("--format json --format yaml", True),
        ("--json-output", False),
        ("--nonsense --format=json", True),
    ],
)
def test_output_format(line: str, is_json: bool) -> None:
    assert read_output_mode(line.split()).is_json is is_json


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("", ""),
        ("-v", "debug"),
        ("--verbose", "debug"),
        ("--log-level trace", "trace"),
        ("--log-level=INFO -v", "info"),
        ("--log-level loud", ""),
        ("--log-level loud -v", "debug"),
        ("--log-level info --log-level critical", "critical"),
    ],
)
def test_log_level(line: str, level: str) -> None:
    assert read_output_mode(line.split()).log_level == level


def test_other_parts_of_the_output_mode() -> None:
    mode = read_output_mode(["usage", "--pretty", "--no-color", "--json-output", "-v"])
    assert mode == OutputMode(pretty=True, no_color=True, verbose=True, json_logs=True, log_level="debug")
