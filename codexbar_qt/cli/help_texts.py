"""What `--help` prints, in the order of the command table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codexbar_qt.cli.commands import Command
    from codexbar_qt.provider_api import DebugReport

_COMMON = """\
Output:
  --format text|json    text is the default
  --json                the same as --format json
  --json-only           the same, with no word beside the JSON
  --pretty              indented JSON
  --no-color            no colors (also: NO_COLOR, TERM=dumb)
  --json-output         log records as JSON lines on standard error
  --log-level LEVEL     trace, verbose, debug, info, warning, error (default), critical
  -v, --verbose         log level debug, and what was tried for each provider
  -h, --help            this text
  -V, --version         the version
"""

_OVERVIEW = f"""\
CodexBar shows how much is left of AI coding plans.

Usage: codexbar [command] [options]

Commands:
  usage                 read the enabled providers and print what is left (default)
  cost                  estimate what the logs of Claude and Codex on this machine cost
  config validate       check the config file
  config dump           print the config in force, credentials left out
  config providers      list the providers and which are on
  config enable         turn a provider on
  config disable        turn a provider off
  config set-api-key    store the API key of a provider
  config allow-browser  let CodexBar use the sessions of a browser
  config refuse-browser keep CodexBar away from a browser
  cache clear           remove cached browser sessions or cost data

Run codexbar COMMAND --help for the options of a command.

{_COMMON}
Exit codes: 0 success, 1 any failure, 2 a needed program is not installed, 4 a time limit.
"""

_TEXTS = {
    "usage": """\
Read providers and print what is left.

Usage: codexbar [usage] [options]

Options:
  --provider NAME       id or alias of one provider, both, or all; default: the enabled ones
  --source SOURCE       auto, web, cli, oauth or api; default: what the config says
  --web                 the same as --source web
  --account LABEL       a token account by its label
  --account-index N     a token account by its place, from 1
  --all-accounts        every token account of the provider
  --web-timeout SECONDS time limit for each account, default 60, 0 for none
  --no-credits          leave the credits line out of the text
""",
    "cost": """\
Estimate what the logs of coding agents on this machine cost at list prices. Not a bill.

Usage: codexbar cost [options]

Options:
  --provider NAME       codex, claude, vertexai, both or all; default: codex, claude, and vertexai when it is on
  --days N              days up to and with today, 1 to 365, default 30
  --group-by WORD       project or session, in the text, for Codex
  --refresh             read all logs again instead of only what is new
  --provider-native-only  only the logs of the agents themselves; no others are read anyway
""",
    "config validate": """\
Check the config file. Exits with 1 when there is an error, with 0 when there are only warnings.

Usage: codexbar config [validate] [options]
""",
    "config dump": """\
Print the config in force as JSON.

Usage: codexbar config dump [options]

Options:
  --show-secrets        print keys, tokens and cookies instead of [REDACTED]
""",
    "config providers": """\
List every provider in config order.

Usage: codexbar config providers [options]
""",
    "config enable": """\
Turn a provider on.

Usage: codexbar config enable --provider NAME

Options:
  --provider NAME       id or alias of the provider
""",
    "config disable": """\
Turn a provider off.

Usage: codexbar config disable --provider NAME

Options:
  --provider NAME       id or alias of the provider
""",
    "config set-api-key": """\
Store the API key of a provider and turn the provider on.

Usage: codexbar config set-api-key --provider NAME (--stdin | --api-key KEY) [options]

Options:
  --provider NAME       id or alias of the provider
  --stdin               read the key from standard input
  --api-key KEY         the key itself, which then shows in the process list and in the history of the shell
  --no-enable           leave the provider on or off as it is
  --label TEXT          name of a team account, with --usage-scope team
  --usage-scope SCOPE   team stores the key as an account of a team, for providers that have teams
  --organization-id ID  organization of the team
  --workspace-id ID     project of the team
""",
    "config allow-browser": """\
Let CodexBar use the sessions of a browser. No browser is read before you allow it.

Usage: codexbar config allow-browser BROWSER [options]

BROWSER is an id such as chrome, brave, edge or firefox; without one the ids of this system are named.
""",
    "config refuse-browser": """\
Keep CodexBar away from a browser.

Usage: codexbar config refuse-browser BROWSER [options]
""",
    "cache clear": """\
Remove cached data.

Usage: codexbar cache [clear] (--cookies | --cost | --all) [options]

Options:
  --cookies             browser sessions kept in the system's keyring
  --cost                what is kept of local logs, and of the price list
  --all                 both
  --provider NAME       with --cookies: the sessions of one provider only
""",
}


def help_text(command: Command | None, reports: Iterable[DebugReport] = ()) -> str:
    """Return the help of a command with the flags of `reports`, the overview for None."""
    if command is None:
        return _OVERVIEW
    flags = "".join(f"  {report.flag}  {report.help}\n" for report in reports)
    named = f"\nOf single providers:\n{flags}" if flags else ""
    return f"{_TEXTS[command.name]}{named}\n{_COMMON}"
