"""Where providers come from, and that none of them can stop the others from loading."""

from __future__ import annotations

import hashlib
import importlib
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import registry
from codexbar_qt.core.registry import LoadFailure, PluginFile, Registry, load_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GOOD = """
from __future__ import annotations

from codexbar_qt.provider_api import Provider, ProviderDescriptor, Snapshot, Source, Strategy


async def fetch(ctx):
    return Snapshot(ctx.clock.now())


def make(name, **facts):
    facts = {"color": "#112233", "order": 900, **facts}
    return Provider(ProviderDescriptor(name, name.title(), **facts), (Strategy(Source.API, fetch),))


PROVIDER = make("acme")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The user's provider folder."""
    made = tmp_path / "providers"
    made.mkdir()
    return made


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which packages are installed; what was imported from it is forgotten afterwards."""
    made = tmp_path / "site"
    made.mkdir()
    monkeypatch.syspath_prepend(str(made))
    before = set(sys.modules)
    yield made
    for name in set(sys.modules) - before:
        if name.startswith(("codexbar_provider_", "own_providers")):
            del sys.modules[name]


@pytest.fixture
def built_ins(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package that takes the place of the built-in one."""
    package = site / "own_providers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(registry, "BUILT_IN_PACKAGE", "own_providers")
    importlib.invalidate_caches()
    return package


@pytest.fixture
def approve(folder: Path, built_ins: Path) -> Callable[..., Registry]:
    """Writes one plugin, approves what is written, and loads."""

    def load(text: str, name: str = "acme") -> Registry:
        path = folder / f"{name}.py"
        path.write_text(text)
        return load_registry(folder, {str(path): sha(path)})

    return load


@pytest.fixture
def install(site: Path, built_ins: Path) -> Callable[..., None]:
    """Installs a distribution with one module and entry points, as a wheel would be."""

    def write(name: str, source: str, points: str) -> None:
        (site / f"codexbar_provider_{name}.py").write_text(source)
        info = site / f"codexbar_provider_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: codexbar-provider-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[codexbar.providers]\n{points}\n")
        importlib.invalidate_caches()

    return write


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def ids(found: Registry) -> list[str]:
    return [provider.id for provider in found.providers]


def messages(found: Registry) -> list[str]:
    return [failure.message for failure in found.failures]


def test_the_real_built_ins_load_without_a_failure() -> None:
    found = load_registry()
    assert {"openrouter", "moonshot", "kimi", "kiro", "jetbrains"} <= set(ids(found))
    assert (found.failures, found.waiting) == ((), ())
    assert [item.descriptor.order for item in found.providers] == sorted(
        item.descriptor.order for item in found.providers
    )


def test_built_ins_are_found_without_a_list(built_ins: Path) -> None:
    (built_ins / "bolt.py").write_text(GOOD.replace('"acme"', '"bolt", order=1'))
    (built_ins / "acme").mkdir()
    (built_ins / "acme" / "__init__.py").write_text(GOOD)
    (built_ins / "_shared.py").write_text("raise RuntimeError")
    found = load_registry()
    assert (ids(found), found.failures) == (["bolt", "acme"], ())


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1 / 0", "It could not be loaded (ZeroDivisionError). Update it or remove it."),
        ("raise SystemExit(3)", "It could not be loaded (SystemExit). Update it or remove it."),
        ("raise GeneratorExit", "It could not be loaded (GeneratorExit). Update it or remove it."),
        ("import no_such_module_anywhere", "It could not be loaded (ModuleNotFoundError). Update it or remove it."),
        ("def broken(:", "It could not be loaded (SyntaxError). Update it or remove it."),
        ("x = 1", "It has no PROVIDER."),
        ("PROVIDER = None", "It has no PROVIDER."),
        ("PROVIDER = 'acme'", "Its PROVIDER is not a Provider of this application."),
        (
            GOOD + "PROVIDER = Provider(None, PROVIDER.strategies)",
            "Its PROVIDER is not a Provider of this application.",
        ),
        (GOOD + "PROVIDER = make('acme', order='1')", "Its PROVIDER is not a Provider of this application."),
        (GOOD + "PROVIDER = make('acme', aliases=(1,))", "Its PROVIDER is not a Provider of this application."),
        (GOOD + "PROVIDER = make('acme', aliases=None)", "Its PROVIDER is not a Provider of this application."),
        (GOOD + "PROVIDER = make('acme', settings=None)", "Its PROVIDER is not a Provider of this application."),
        (GOOD + "PROVIDER = make('acme', links=(('a', 'b'),))", "Its PROVIDER is not a Provider of this application."),
        (GOOD + "PROVIDER = make('acme', color='red')", "Its color is not written as #RRGGBB."),
        (
            GOOD + "PROVIDER = Provider(PROVIDER.descriptor, (Strategy('api', None),))",
            "Its PROVIDER is not a Provider of this application.",
        ),
        (GOOD + "PROVIDER = make('Acme')", "Its id may hold only small letters, digits and hyphens."),
        (GOOD + "PROVIDER = make('../acme')", "Its id may hold only small letters, digits and hyphens."),
        (GOOD + "PROVIDER = make('a' * 65)", "Its id may hold only small letters, digits and hyphens."),
        (GOOD + "PROVIDER = Provider(PROVIDER.descriptor, ())", "It declares no strategy."),
        (
            GOOD + "API_VERSION = 2",
            "It is made for version 2 of the provider contract; this application has 1.",
        ),
        (
            "API_VERSION = 'x' * 999",
            "It is made for version unknown of the provider contract; this application has 1.",
        ),
    ],
)
@pytest.mark.parametrize("place", ["built-in", "user", "installed"])
def test_a_bad_provider_is_told_and_the_others_load(
    folder: Path, built_ins: Path, install: Callable[..., None], source: str, told: str, place: str
) -> None:
    (built_ins / "zeta.py").write_text(GOOD.replace('"acme"', '"zeta"'))
    bad = folder / "acme.py"
    if place == "built-in":
        (built_ins / "acme.py").write_text(source)
    elif place == "user":
        bad.write_text(source)
    else:
        install("acme", source, "acme = codexbar_provider_acme:PROVIDER")
    found = load_registry(folder, {str(bad): sha(bad)} if bad.exists() else {})
    assert ids(found) == ["zeta"]
    if place == "installed" and source == "x = 1":
        told = "It could not be loaded (AttributeError). Update it or remove it."
    assert messages(found) == [told]
    origins = {
        "built-in": "own_providers.acme",
        "user": str(bad),
        "installed": "codexbar_provider_acme:PROVIDER",
    }
    assert found.failures[0].origin == origins[place]


def test_a_plugin_that_raises_keyboard_interrupt_is_a_failure_too(approve: Callable[..., Registry]) -> None:
    assert messages(approve("raise KeyboardInterrupt")) == [
        "It could not be loaded (KeyboardInterrupt). Update it or remove it."
    ]


def test_a_person_who_interrupts_the_start_is_heard(built_ins: Path) -> None:
    (built_ins / "acme.py").write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load_registry()


def test_the_first_owner_of_an_id_or_alias_wins(folder: Path, built_ins: Path, install: Callable[..., None]) -> None:
    (built_ins / "acme.py").write_text(GOOD + "PROVIDER = make('acme', aliases=('ac',))")
    install("one", GOOD + "PROVIDER = make('ac')", "one = codexbar_provider_one:PROVIDER")
    install("two", GOOD + "PROVIDER = make('two', aliases=('acme',))", "two = codexbar_provider_two:PROVIDER")
    mine = folder / "mine.py"
    mine.write_text(GOOD + "PROVIDER = make('mine', aliases=('ac', 'm'))")
    found = load_registry(folder, {str(mine): sha(mine)})
    assert ids(found) == ["acme"]
    told = "Its id or alias is already used by Acme."
    assert found.failures == tuple(
        LoadFailure(origin, told)
        for origin in ("codexbar_provider_one:PROVIDER", "codexbar_provider_two:PROVIDER", str(mine))
    )


def test_installed_packages_are_found_by_their_entry_points(install: Callable[..., None]) -> None:
    install("bolt", GOOD.replace('"acme"', '"bolt"') + "nested = make", "bolt = codexbar_provider_bolt:PROVIDER")
    assert ids(load_registry()) == ["bolt"]


def test_an_entry_point_that_leads_nowhere_is_told(install: Callable[..., None]) -> None:
    install("gone", "", "gone = codexbar_provider_nowhere:PROVIDER\nodd = !!!")
    found = load_registry()
    assert [failure.origin for failure in found.failures] == ["codexbar_provider_nowhere:PROVIDER", "!!!"]
    assert ids(found) == []


def test_broken_metadata_of_some_package_does_not_stop_the_start(built_ins: Path, site: Path) -> None:
    (built_ins / "acme.py").write_text(GOOD)
    info = site / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_bytes(b"[codexbar.providers]\nx = \xff\xfe:y\n")
    importlib.invalidate_caches()
    found = load_registry()
    assert ids(found) == ["acme"]
    assert [failure.origin for failure in found.failures] == ["installed packages"]


def test_a_new_file_waits_for_approval_and_is_not_run(folder: Path, built_ins: Path) -> None:
    path = folder / "acme.py"
    path.write_text("raise SystemExit")
    found = load_registry(folder)
    assert found == Registry((), (), (PluginFile(str(path), sha(path)),))


def test_an_approved_file_is_loaded(approve: Callable[..., Registry]) -> None:
    found = approve(GOOD)
    assert (ids(found), found.failures, found.waiting) == (["acme"], (), ())


def test_a_changed_file_asks_again(approve: Callable[..., Registry], folder: Path) -> None:
    approve(GOOD)
    path = folder / "acme.py"
    approved = {str(path): sha(path)}
    path.write_text(GOOD + "\n# changed\n")
    found = load_registry(folder, approved)
    assert (ids(found), found.waiting) == ([], (PluginFile(str(path), sha(path), changed=True),))


def test_an_approval_counts_for_one_path_only(approve: Callable[..., Registry], folder: Path) -> None:
    approve(GOOD)
    path, copy = folder / "acme.py", folder / "copy.py"
    approved = {str(path): sha(path)}
    path.rename(copy)
    found = load_registry(folder, approved)
    assert (ids(found), found.waiting) == ([], (PluginFile(str(copy), sha(copy)),))


def test_the_bytes_that_run_are_the_bytes_that_were_approved(
    folder: Path, built_ins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "acme.py"
    path.write_text(GOOD)
    approved = {str(path): sha(path)}
    real = hashlib.sha256

    def swap_after_reading(data: bytes) -> object:
        path.write_text("raise SystemExit")
        return real(data)

    monkeypatch.setattr("codexbar_qt.core.registry.hashlib.sha256", swap_after_reading)
    assert ids(load_registry(folder, approved)) == ["acme"]


def test_dataclasses_and_their_annotations_work_in_a_plugin(approve: Callable[..., Registry]) -> None:
    found = approve(
        GOOD
        + """
from dataclasses import dataclass, field
from typing import ClassVar, get_type_hints

@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    limits: list[int] = field(default_factory=list)
    kinds: ClassVar[int] = 2

assert get_type_hints(Plan)["name"] is str
PROVIDER = make(Plan("acme").name)
"""
    )
    assert (ids(found), found.failures) == (["acme"], ())


def test_a_plugin_does_not_inherit_the_language_features_of_this_application(approve: Callable[..., Registry]) -> None:
    without_future = GOOD.replace("from __future__ import annotations\n", "")
    found = approve(without_future + "\ndef count(value: int): ...\nassert count.__annotations__['value'] is int\n")
    assert (ids(found), found.failures) == (["acme"], ())


def test_loading_again_runs_the_new_text(approve: Callable[..., Registry]) -> None:
    approve(GOOD)
    assert ids(approve(GOOD.replace('"acme"', '"bolt"'))) == ["bolt"]


def test_a_failed_plugin_leaves_no_module_behind(approve: Callable[..., Registry]) -> None:
    approve("x = 1\n1 / 0", name="half")
    assert "codexbar_user_providers.half" not in sys.modules


def test_a_plugin_that_never_ends_is_given_up(
    approve: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "LOAD_SECONDS", 0.05)
    gate = threading.Event()
    monkeypatch.setattr(sys, "test_gate", gate, raising=False)
    try:
        assert messages(approve("import sys\nsys.test_gate.wait()")) == ["It was not loaded within 0.05 s."]
    finally:
        gate.set()
        for thread in threading.enumerate():
            if thread.name == "load-provider":
                thread.join()


def test_only_python_files_of_the_folder_itself_count(folder: Path, built_ins: Path) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / "folder.py").mkdir()
    (folder / "deeper").mkdir()
    (folder / "deeper" / "acme.py").write_text(GOOD)
    assert load_registry(folder) == Registry()


def test_no_folder_is_no_failure(tmp_path: Path, built_ins: Path) -> None:
    assert load_registry(tmp_path / "none") == Registry()


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, built_ins: Path) -> None:
    odd = tmp_path / "file"
    odd.write_text("")
    assert load_registry(odd).failures == (LoadFailure(str(odd), "The folder cannot be read. Check its permissions."),)


def test_a_file_that_cannot_be_read_or_is_huge_is_told(
    folder: Path, built_ins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "huge.py").write_bytes(b"#" * (1024 * 1024 + 1))
    (folder / "shut.py").write_text(GOOD)
    real = type(folder).open

    def refuse(path: Path, *arguments: Any, **options: Any) -> object:
        if path.name == "shut.py":
            raise PermissionError
        return real(path, *arguments, **options)

    monkeypatch.setattr(type(folder), "open", refuse)
    found = load_registry(folder)
    assert messages(found) == ["The file is larger than 1 MB.", "The file cannot be read. Check its permissions."]
    assert found.waiting == ()
