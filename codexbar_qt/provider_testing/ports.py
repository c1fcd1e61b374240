"""Builds the `FetchContext` of a case out of fakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from codexbar_qt.provider_api import AccountsSetting, FetchContext, Secret, SelectedAccount, Source, SystemInfo
from codexbar_qt.provider_api.resolution import ResolvedCredentials, ResolvedSettings, Values, entry_text
from codexbar_qt.provider_testing.case import CaseError
from codexbar_qt.provider_testing.fake_browsers import FakeBrowsers
from codexbar_qt.provider_testing.fake_files import FakeFiles
from codexbar_qt.provider_testing.fake_http import FakeHttp
from codexbar_qt.provider_testing.fake_process_table import FakeProcessTable
from codexbar_qt.provider_testing.fake_processes import FakeProcesses
from codexbar_qt.provider_testing.fakes import (
    FakeClock,
    FakeCredentialStore,
    FakeDesktop,
    FakeEnv,
    FakeMemory,
    RecordedLog,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Clock, Env, Provider
    from codexbar_qt.provider_testing.case import Case


@dataclass(frozen=True, slots=True)
class CasePorts:
    """The fakes of one case and the context made of them; keep it while answers are consumed in order."""

    context: FetchContext
    http: FakeHttp
    processes: FakeProcesses
    files: FakeFiles
    log: RecordedLog
    store: FakeCredentialStore
    browsers: FakeBrowsers

    @classmethod
    def from_case(
        cls, case: Case, provider: Provider, *, repeat: bool = False, clock: Clock | None = None
    ) -> CasePorts:
        """Build the fakes. `repeat` (demo mode) lets answers be used again; `clock` replaces the fake one."""
        used_clock = clock or FakeClock(case.now)
        account, token = selected_account(case)
        env = FakeEnv(case.env, _related(provider) if token is not None else ())
        values = Values(provider.descriptor, case.config, env.get, case.preferences, token, case.named)
        http = FakeHttp(case.http, used_clock, repeat=repeat)
        files = FakeFiles(case.files, case.writes, platform=case.platform, now=case.now)
        processes = FakeProcesses(case.programs, case.commands, env, files.home, repeat=repeat, holds=case.holds)
        log, store = RecordedLog(), FakeCredentialStore(case.saves)
        browsers = FakeBrowsers(case.browsers, case.cached_cookie, case.browser_obstacle)
        context = FetchContext(
            http=http,
            cookies=browsers,
            storage=browsers,
            credentials=ResolvedCredentials(values, store),
            settings=ResolvedSettings(values),
            processes=processes,
            process_table=FakeProcessTable(case.processes, used_clock),
            files=files,
            env=env,
            clock=used_clock,
            memory=FakeMemory(used_clock),
            desktop=FakeDesktop(),
            log=log,
            system=_system(case),
            account=account,
            scope=case.scope,
            interactive=case.interactive,
        )
        return cls(context, http, processes, files, log, store, browsers)

    def problems(self) -> list[str]:
        """Everything that was asked without being recorded, and everything recorded that was not asked."""
        ports = (self.http, self.processes, self.files, self.store)
        return [problem for port in ports for problem in (*port.problems, *port.unused())]


def context_from_case(case: Case, provider: Provider, *, repeat: bool = False) -> FetchContext:
    """Return only the context of `CasePorts.from_case`."""
    return CasePorts.from_case(case, provider, repeat=repeat).context


def source_mode(case: Case, provider: Provider) -> Source:
    """Return the mode of a case: its own, else that of its config when the provider offers it, else auto."""
    if case.source is not None:
        return Source(case.source)
    stored = entry_text(case.config, "source")
    return Source(stored) if stored in [mode.value for mode in provider.source_modes] else Source.AUTO


def empty_context(values: Values, env: Env, clock: Clock, *, interactive: bool = False) -> FetchContext:
    """Return a context with the credentials of `values` on an otherwise empty machine."""
    return FetchContext(
        http=FakeHttp((), clock),
        cookies=FakeBrowsers(()),
        storage=FakeBrowsers(()),
        credentials=ResolvedCredentials(values),
        settings=ResolvedSettings(values),
        processes=FakeProcesses({}, (), env, "/home/user"),
        process_table=FakeProcessTable((), clock),
        files=FakeFiles({}, {}, platform="linux", now=clock.now()),
        env=env,
        clock=clock,
        memory=FakeMemory(clock),
        desktop=FakeDesktop(),
        log=RecordedLog(),
        interactive=interactive,
    )


def selected_account(case: Case) -> tuple[SelectedAccount | None, Secret | None]:
    """Return facts and token of the account in use: the one `case.account` names, else the active one.

    Raises CaseError when the case names an account its config does not have.
    """
    accounts = _accounts(case.config)
    if case.account is None and not accounts:
        return None, None
    index = _active_index(case.config, len(accounts))
    if case.account is not None:
        labels = [str(account.get("label", "")) for account in accounts]
        if case.account not in labels:
            raise CaseError(f"{case.name}: config has no token account {case.account}")
        index = labels.index(case.account)
    chosen = accounts[index]
    texts = [entry_text(chosen, key) or "" for key in ("label", "usageScope", "organizationId", "workspaceID")]
    return SelectedAccount(*texts), Secret(str(chosen.get("token", "")))


def _accounts(config: Mapping[str, object]) -> list[Mapping[str, object]]:
    outer = _object(config.get("tokenAccounts"))
    listed = outer.get("accounts")
    return [_object(item) for item in cast("list[object]", listed)] if isinstance(listed, list) else []


def _active_index(config: Mapping[str, object], count: int) -> int:
    index = _object(config.get("tokenAccounts")).get("activeIndex")
    return max(0, min(count - 1, index)) if isinstance(index, int) else 0


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _related(provider: Provider) -> tuple[str, ...]:
    for setting in provider.descriptor.settings:
        if isinstance(setting, AccountsSetting):
            return setting.related
    return ()


def _system(case: Case) -> SystemInfo:
    facts = {
        "app_version": "1.2.3",
        "os_name": {"linux": "Linux", "macos": "macOS", "windows": "Windows"}[case.platform],
        "os_version": "12",
        "host_name": "test-box",
        **case.system,
    }
    unknown = sorted(set(facts) - set(SystemInfo.__slots__))
    if unknown:
        raise CaseError(f"{case.name}: system has unknown keys: {', '.join(unknown)}")
    return SystemInfo(case.platform, **facts)
