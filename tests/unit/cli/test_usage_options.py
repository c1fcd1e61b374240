"""The options of `usage` and the argument errors of cli.md 4."""

from __future__ import annotations

import pytest

from codexbar_qt.cli.arguments import parse_arguments
from codexbar_qt.cli.output import CommandError
from codexbar_qt.cli.usage_options import UsageOptions, read_usage_options
from codexbar_qt.provider_api import Source


def read(line: str) -> UsageOptions:
    return read_usage_options(parse_arguments(line.split()))


def test_defaults() -> None:
    assert read("") == UsageOptions()
    assert (UsageOptions().limit_seconds, UsageOptions().names_accounts) == (60, False)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("--provider Or", UsageOptions(provider="Or")),
        ("--source CLI", UsageOptions(source=Source.CLI)),
        ("--source auto", UsageOptions(source=Source.AUTO)),
        ("--web", UsageOptions(source=Source.WEB)),
        ("--account work", UsageOptions(account="work")),
        ("--account-index 2", UsageOptions(account_index=2)),
        ("--all-accounts", UsageOptions(all_accounts=True)),
        ("--web-timeout 2.5", UsageOptions(limit_seconds=2.5)),
        ("--web-timeout 0", UsageOptions(limit_seconds=None)),
        ("--no-credits", UsageOptions(show_credits=False)),
    ],
)
def test_each_option(line: str, options: UsageOptions) -> None:
    assert read(line) == options


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--source browser", "--source must be auto, web, cli, oauth or api."),
        ("--source=", "--source must be auto, web, cli, oauth or api."),
        (
            "--all-accounts --account a",
            "--all-accounts cannot be used with --account or --account-index. Leave one out.",
        ),
        (
            "--all-accounts --account-index 1",
            "--all-accounts cannot be used with --account or --account-index. Leave one out.",
        ),
        (
            "--account a --account-index 1",
            "An account has a label and a place. Use either --account or --account-index.",
        ),
        ("--account-index 0", "--account-index must be a whole number from 1."),
        ("--account-index -1", "--account-index must be a whole number from 1."),
        ("--account-index 1.0", "--account-index must be a whole number from 1."),
        ("--account-index one", "--account-index must be a whole number from 1."),
        ("--account-index 9999999999999", "--account-index must be a whole number from 1."),
        ("--web-timeout -1", "--web-timeout must be a number of seconds, 0 or more."),
        ("--web-timeout inf", "--web-timeout must be a number of seconds, 0 or more."),
        ("--web-timeout nan", "--web-timeout must be a number of seconds, 0 or more."),
        ("--web-timeout soon", "--web-timeout must be a number of seconds, 0 or more."),
    ],
)
def test_refusals(line: str, told: str) -> None:
    with pytest.raises(CommandError) as caught:
        read(line)
    assert (caught.value.message, caught.value.kind, caught.value.exit_code) == (told, "args", 1)
