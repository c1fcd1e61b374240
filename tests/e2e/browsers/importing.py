"""One run of the command that asks for all providers at once, while everything it does to the profiles is watched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.browsers.installed import Services
from tests.e2e.browsers.untouched import TRACE, fingerprint, read_trace, why_not_traceable
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.browsers.conftest import Travelled
    from tests.e2e.browsers.installed import Installed
    from tests.e2e.browsers.sites import Site

TOLD = ("used_percent", "login_method")
# What tells where profiles are, what they are called and whose they are; nothing of it is secret.
_DIRECTORIES = ("Local State", "profiles.ini", "compatibility.ini")


def import_all(
    travelled: Travelled, installed: Installed, folder: Path, sites: Sequence[Site], *, before: Sequence[str] = ()
) -> None:
    """Check that the providers of `sites` show what their cases expect, and that others have no session."""
    installed.configure(travelled.sites)
    installed.allow(travelled.browser_id)
    with Services(sites, folder) as services:
        ended = installed.run("--json-only", before=before, **services.variables)
        print(travelled.browser_id, "running" if travelled.is_running else "closed", services.log(), sep="\n")
        assert ended.stderr == b""
        elements = {element["provider"]: element for element in json.loads(ended.stdout)}
        told = [compare(elements[site.provider], 0, site.case, only=TOLD) for site in sites]
        assert (told, services.problems()) == ([[] for _ in sites], [])
        failed = {name for name, element in elements.items() if "error" in element}
        assert failed == {site.provider for site in travelled.sites} - {site.provider for site in sites}
        assert ended.returncode == int(bool(failed))
        assert not services.leaks(ended.stdout)


def import_watched(travelled: Travelled, installed: Installed, folder: Path, sites: Sequence[Site]) -> None:
    """Import while the browser is held still: hashes stay, nothing is opened for writing, the ledger tells all."""
    log, untraceable = folder / "trace", why_not_traceable()
    with travelled.held_still():
        states = fingerprint(travelled.root)
        import_all(travelled, installed, folder, sites, before=() if untraceable else [*TRACE, "-o", str(log)])
        assert fingerprint(travelled.root) == states
    if untraceable:
        pytest.skip(f"files were compared, calls were not: {untraceable}")
    traced = read_trace(log, travelled.root)
    assert traced.touched == ()
    shown = "~/" + travelled.root.relative_to(travelled.home).as_posix() + "/"
    said = tuple(record["item"].removeprefix(shown) for record in installed.ledger())
    cookies = {name for name in said if name.endswith(("Cookies", "cookies.sqlite"))}
    assert cookies
    assert cookies <= traced.opened
    assert {path for path in traced.opened if not path.startswith(said) and not path.endswith(_DIRECTORIES)} == set()
