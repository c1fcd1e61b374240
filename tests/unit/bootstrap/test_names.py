"""The composition root gives its names without importing what is behind the others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codexbar_qt import bootstrap


@pytest.mark.parametrize("name", bootstrap.__all__)
def test_every_name_is_found_where_it_is_defined(name: str) -> None:
    found = getattr(bootstrap, name)
    assert found.__name__ == name
    assert found.__module__.startswith("codexbar_qt.bootstrap.")


def test_an_unknown_name_is_an_attribute_error() -> None:
    name = "no_such_name"
    with pytest.raises(AttributeError, match=name):
        getattr(bootstrap, name)


def test_the_first_step_of_the_tray_app_imports_nothing_else() -> None:
    script = "import sys; from codexbar_qt import bootstrap; bootstrap.has_display; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name for name in done.stdout.split() if name.startswith("codexbar_qt.bootstrap.")}
    assert loaded == {"codexbar_qt.bootstrap.desktop"}
    assert "asyncio" not in done.stdout.split()
