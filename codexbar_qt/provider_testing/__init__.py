"""Fakes and the case runner, for tests of providers (built-in and third-party) and for demo mode."""

from __future__ import annotations

from codexbar_qt.provider_testing.case import (
    Case,
    CaseError,
    CommandAnswer,
    HttpAnswer,
    RecordedFile,
    RecordedHold,
    RecordedProcess,
    RecordedTable,
    RequestExpectation,
)
from codexbar_qt.provider_testing.case_file import load_case, parse_case
from codexbar_qt.provider_testing.expectations import check_result
from codexbar_qt.provider_testing.fake_browsers import FakeBrowsers
from codexbar_qt.provider_testing.fake_files import FakeFiles
from codexbar_qt.provider_testing.fake_http import FakeHttp
from codexbar_qt.provider_testing.fake_process_table import FakeProcessTable
from codexbar_qt.provider_testing.fake_processes import FakeProcesses
from codexbar_qt.provider_testing.fakes import (
    FakeClock,
    FakeDesktop,
    FakeEnv,
    FakeMemory,
    RecordedLog,
)
from codexbar_qt.provider_testing.leaks import secret_texts
from codexbar_qt.provider_testing.ports import (
    CasePorts,
    context_from_case,
    empty_context,
    selected_account,
    source_mode,
)
from codexbar_qt.provider_testing.runner import CaseReport, run_case

__all__ = [
    "Case",
    "CaseError",
    "CasePorts",
    "CaseReport",
    "CommandAnswer",
    "FakeBrowsers",
    "FakeClock",
    "FakeDesktop",
    "FakeEnv",
    "FakeFiles",
    "FakeHttp",
    "FakeMemory",
    "FakeProcessTable",
    "FakeProcesses",
    "HttpAnswer",
    "RecordedFile",
    "RecordedHold",
    "RecordedLog",
    "RecordedProcess",
    "RecordedTable",
    "RequestExpectation",
    "check_result",
    "context_from_case",
    "empty_context",
    "load_case",
    "parse_case",
    "run_case",
    "secret_texts",
    "selected_account",
    "source_mode",
]
