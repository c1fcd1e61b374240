"""The command as other programs meet it: its streams, its files, its manners."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e
XML = (
    '<application><component name="AIAssistantQuotaManager2"><option name="quotaInfo" value="{&quot;type&quot;:'
    "&quot;Available&quot;,&quot;current&quot;:&quot;25&quot;,&quot;maximum&quot;:&quot;100&quot;,"
    '&quot;tariffQuota&quot;:{&quot;available&quot;:&quot;75&quot;}}" /></component></application>'
)


def enable(home: Path, *names: str) -> None:
    entries = [{"id": name, "enabled": True} for name in names]
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))


@pytest.mark.parametrize(("line", "out"), [((), b""), (("usage",), b""), (("--format", "json"), b"[]\n")])
def test_nothing_is_set_up(codexbar: Any, home: Path, line: tuple[str, ...], out: bytes) -> None:
    ended = codexbar.run(*line)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, out, b"")
    assert not (home / "config.json").exists()


def test_version_and_help(codexbar: Any) -> None:
    assert codexbar.run("--version").stdout.decode() == f"CodexBar {__version__}\n"
    assert codexbar.run("config", "-h").stdout.startswith(b"Check the config file.")


def test_a_local_provider_reads_real_files(codexbar: Any, home: Path, decode_usage: Callable[..., Any]) -> None:
    place = home / ".config" / "JetBrains" / "IntelliJIdea2025.3" / "options"
    if sys.platform == "darwin":
        place = home / "Library" / "Application Support" / "JetBrains" / "IntelliJIdea2025.3" / "options"
    elif sys.platform == "win32":
        place = home / "AppData" / "Roaming" / "JetBrains" / "IntelliJIdea2025.3" / "options"
    place.mkdir(parents=True)
    (place / "AIAssistantQuotaManager2.xml").write_text(XML)
    enable(home, "jetbrains")
    (element,) = decode_usage(codexbar.run("--json").stdout)
    assert (element.provider, element.source, element.usage.primary.used_percent) == ("jetbrains", "local", 25)
    text = codexbar.run().stdout.decode()
    assert text.startswith("== JetBrains AI (local) ==\nCurrent: 75% left [=========---]\n")


def test_errors_go_where_they_belong(codexbar: Any, home: Path, decode_usage: Callable[..., Any]) -> None:
    enable(home, "openrouter", "moonshot")
    text, document = codexbar.run(), codexbar.run("--json-only")
    assert (text.returncode, text.stdout, text.stderr.count(b"\n")) == (1, b"", 2)
    assert (document.returncode, document.stderr) == (1, b"")
    assert [element.provider for element in decode_usage(document.stdout)] == ["openrouter", "moonshot"]


def test_a_corrupt_config_is_reported_and_kept(codexbar: Any, home: Path, decode_usage: Callable[..., Any]) -> None:
    (home / "config.json").write_text('{"version": 1, "providers": [')
    ended = codexbar.run("--json")
    (element,) = decode_usage(ended.stdout)
    assert (ended.returncode, element.provider, element.error.kind) == (1, "cli", "config")
    assert codexbar.run("config", "enable", "--provider", "kiro").returncode == 1
    assert (home / "config.json").read_text() == '{"version": 1, "providers": ['


def test_config_commands_work_on_one_file(codexbar: Any, home: Path) -> None:
    stored = codexbar.run("config", "set-api-key", "--provider", "or", "--stdin", "--json", stdin=b"test-key-1\n")
    config = home / "config.json"
    assert json.loads(stored.stdout) == {"provider": "openrouter", "enabled": True, "configPath": str(config)}
    assert codexbar.run("config", "enable", "--provider", "kiro").stdout == b"Config: enabled Kiro\n"
    enabled = {
        row["provider"] for row in json.loads(codexbar.run("config", "providers", "--json").stdout) if row["enabled"]
    }
    assert enabled == {"openrouter", "kiro"}
    dump = codexbar.run("config", "dump", "--format", "json").stdout
    assert b"test-key-1" not in dump
    assert b"[REDACTED]" in dump
    assert codexbar.run("config").stdout == b"Config: OK\n"
    if os.name == "posix":
        assert config.stat().st_mode & 0o777 == 0o600


def test_enabling_at_the_same_time_loses_nothing(codexbar: Any) -> None:
    names = ("kiro", "moonshot", "openrouter", "kimi")
    running = [codexbar.start("config", "enable", "--provider", name) for name in names]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    rows = json.loads(codexbar.run("config", "providers", "--json").stdout)
    assert {row["provider"] for row in rows if row["enabled"]} == set(names)


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way")
@pytest.mark.parametrize("line", [("config", "dump"), ("--help",), ("--version",)])
def test_a_reader_that_goes_away_is_no_drama(codexbar: Any, line: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = codexbar.start(*line, stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert err == b""
    assert process.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(codexbar: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        process = codexbar.start("config", "dump", stdout=full.fileno())
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == b"Error: The output could not be written: No space left on device. Choose another place for it.\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_closed_streams_are_no_drama(codexbar: Any) -> None:
    from shlex import quote

    program = quote(str(Path(sys.executable).with_name("codexbar")))
    for line in ("--version", "config dump", "usage --source x"):
        ended = subprocess.run(
            ["/bin/sh", "-c", f"{program} {line} <&- >&- 2>&-"], env=codexbar.environment, timeout=60, check=False
        )
        assert ended.returncode == (1 if "--source" in line else 0)


def test_logs_go_to_standard_error_as_lines_of_json(codexbar: Any, home: Path) -> None:
    enable(home, "moonshot")
    ended = codexbar.run("--json", "--json-output", "-v")
    records = [json.loads(line) for line in ended.stderr.splitlines()]
    assert {"timestamp", "level", "logger", "message"} <= set(records[0])
    assert any("moonshot" in record["message"] for record in records)
    json.loads(ended.stdout)


def test_log_level_from_the_environment(codexbar: Any, home: Path) -> None:
    enable(home, "moonshot")
    assert codexbar.run("--json", CODEXBAR_LOG_LEVEL="debug").stderr
    assert codexbar.run("--json", "--log-level", "error", CODEXBAR_LOG_LEVEL="debug").stderr == b""


def test_a_broken_plugin_is_one_element_and_no_traceback(codexbar: Any, home: Path) -> None:
    import hashlib

    folder = home / "providers"
    folder.mkdir()
    plugin = folder / "acme.py"
    plugin.write_text(
        "from codexbar_qt.provider_api import Provider, ProviderDescriptor, Source, Strategy\n"
        "async def fetch(ctx):\n    raise ZeroDivisionError('test-key-1')\n"
        "PROVIDER = Provider(ProviderDescriptor('acme', 'Acme', '#000000', 99), (Strategy(Source.API, fetch),))\n"
    )
    digest = hashlib.sha256(plugin.read_bytes()).hexdigest()
    (home / "settings.json").write_text(json.dumps({"approvedPlugins": {str(plugin): digest}}))
    ended = codexbar.run("usage", "--provider", "acme")
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"test-key-1" not in ended.stderr
    assert b"Error: Acme hit an internal error." in ended.stderr
    assert b"Traceback" in codexbar.run("usage", "--provider", "acme", "-v").stderr


def test_hidden_personal_info_is_read_from_the_settings(codexbar: Any, home: Path, fake_path: str) -> None:
    if os.name == "nt":
        pytest.skip("the fake program is a shell script")
    line, variables = ("usage", "--provider", "kiro", "--json"), {"PATH": fake_path}
    assert b"user@example.com" in codexbar.run(*line, **variables).stdout
    (home / "settings.json").write_text('{"hidePersonalInfo": true}')
    shown = codexbar.run(*line, **variables).stdout
    assert b"@" not in shown
    assert b'"usedPercent":31' in shown
