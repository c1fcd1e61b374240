"""The app bundle and the disk image of macOS. Stand-ins for Apple's tools write down how the scripts call them."""

from __future__ import annotations

import importlib
import os
import plistlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from PIL import Image

from codexbar_qt import __version__
from codexbar_qt.adapters.desktop.autostart_plan import AGENT_LABEL
from codexbar_qt.core.ports import OriginName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

TOOLS = ("codesign", "ditto", "hdiutil", "security", "spctl", "xcrun")
KEY = "-----BEGIN TEST KEY-----"
IDENTITY = "Developer ID Application: Example (TEST)"


@pytest.fixture
def settings(repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for folder in ("macos", "icons"):
        monkeypatch.syspath_prepend(str(repo_root / "packaging" / folder))
    yield importlib.import_module("frozen_settings")
    for name in ("frozen_settings", "icon_files"):
        sys.modules.pop(name, None)


class Mac:
    """A folder with a frozen app, and a PATH on which Apple's tools are replaced."""

    def __init__(self, folder: Path, repo_root: Path) -> None:
        self.root, self._calls = folder / "checkout", folder / "calls"
        scripts = self.root / "packaging" / "macos"
        scripts.mkdir(parents=True)
        for path in (repo_root / "packaging" / "macos").glob("*.sh"):
            (scripts / path.name).write_bytes(path.read_bytes())
        tools = folder / "tools"
        tools.mkdir()
        for name in TOOLS:
            self._write_tool(tools / name, f'echo "{name} $*" >> "{self._calls}"')
        self._write_tool(tools / "plutil", "echo 1.2.3")
        self._environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(folder)}

    @staticmethod
    def _write_tool(path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        path.chmod(0o755)

    def freeze(self) -> Path:
        resources = self.root / "dist" / "CodexBar Qt.app" / "Contents" / "Resources" / "codexbar_qt" / "resources"
        resources.mkdir(parents=True)
        return resources

    def run(self, script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(self.root / "packaging" / "macos" / script), *words]
        environment = {**self._environment, **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text("utf-8").splitlines() if self._calls.exists() else []


@pytest.fixture
def mac(tmp_path: Path, repo_root: Path, home: Path) -> Mac:
    if sys.platform == "win32":
        pytest.skip("the scripts are for a POSIX shell")
    return Mac(tmp_path, repo_root)


def test_the_bundle_lives_in_the_menu_bar(settings: ModuleType, tmp_path: Path) -> None:
    info = plistlib.loads(plistlib.dumps(settings.info("1.2.3rc1")))
    assert info["LSUIElement"] is True
    assert (info["CFBundleShortVersionString"], info["CFBundleVersion"]) == ("1.2.3rc1", "1.2.3")
    assert info["LSMinimumSystemVersion"] == "13.0"
    assert info["CFBundleExecutable"] == "codexbar-qt"


def test_the_bundle_and_the_launch_agent_have_one_name(settings: ModuleType) -> None:
    assert settings.BUNDLE_ID == AGENT_LABEL


def test_the_icon_holds_what_was_drawn(settings: ModuleType, tmp_path: Path) -> None:
    icons = importlib.import_module("icon_files")
    with Image.open(icons.write_icns(tmp_path / "a.icns")) as image:
        assert image.format == "ICNS"
        assert {width * scale for width, _, scale in image.info["sizes"]} >= {32, 128, 256, 512}


def test_entitlements_are_the_two_that_are_needed(settings: ModuleType) -> None:
    entitlements = plistlib.loads(settings.ENTITLEMENTS.read_bytes())
    assert entitlements == {
        "com.apple.security.cs.allow-jit": True,
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
    }


def test_programs_are_signed_by_the_identity_of_the_environment(
    settings: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(settings.IDENTITY_VARIABLE, raising=False)
    assert settings.program_settings("codexbar") == {}
    assert "Not signed" in capsys.readouterr().err
    monkeypatch.setenv(settings.IDENTITY_VARIABLE, IDENTITY)
    signed: dict[str, Any] = settings.program_settings("codexbar")
    assert signed["codesign_identity"] == IDENTITY
    assert Path(signed["entitlements_file"]).is_file()


def test_the_bundle_carries_version_and_icon(
    settings: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    bundle = settings.bundle_settings()
    assert (bundle["version"], bundle["bundle_identifier"]) == (__version__, AGENT_LABEL)
    assert Path(bundle["icon"]).is_file()


def test_without_an_identity_the_image_is_made_and_the_rest_skipped(mac: Mac) -> None:
    resources = mac.freeze()
    done = mac.run("build_dmg.sh")
    assert done.returncode == 0, done.stderr
    assert "Not signed, for CODEXBAR_SIGN_IDENTITY is not set." in done.stdout
    assert (resources / "install-origin").read_text("ascii").strip() in get_args(OriginName)
    assert [call.split()[0] for call in mac.calls] == ["codesign", "codesign", "ditto", "hdiutil"]
    assert mac.calls[0].startswith("codesign --force --sign - ")
    assert "dist/codexbar-qt-1.2.3-macos-" in done.stdout.splitlines()[-1]


def test_with_an_identity_everything_is_signed_and_hardened(mac: Mac) -> None:
    mac.freeze()
    done = mac.run("build_dmg.sh", CODEXBAR_SIGN_IDENTITY=IDENTITY)
    assert done.returncode == 0, done.stderr
    assert "--options runtime --entitlements packaging/macos/entitlements.plist" in mac.calls[0]
    assert f"--sign {IDENTITY}" in mac.calls[0]
    assert mac.calls[-1].startswith(f"codesign --timestamp --sign {IDENTITY} dist/")
    assert "Not notarised" in done.stdout


def test_no_image_without_a_frozen_app(mac: Mac) -> None:
    done = mac.run("build_dmg.sh")
    assert done.returncode == 1
    assert "Freeze the app first" in done.stderr
    assert mac.calls == []


def test_notarising_with_a_key_keeps_it_out_of_the_arguments(mac: Mac, tmp_path: Path) -> None:
    variables = {"CODEXBAR_NOTARY_KEY": KEY, "CODEXBAR_NOTARY_KEY_ID": "ID1", "CODEXBAR_NOTARY_ISSUER": "ISSUER1"}
    done = mac.run("notarise.sh", "a.dmg", **variables)
    assert done.returncode == 0, done.stderr
    assert "--key-id ID1 --issuer ISSUER1" in mac.calls[0]
    assert [call for call in mac.calls if "stapler staple a.dmg" in call]
    assert KEY not in " ".join(mac.calls) + done.stdout + done.stderr
    assert list(tmp_path.rglob("key.p8")) == []


def test_notarising_with_a_profile_of_the_keychain(mac: Mac) -> None:
    done = mac.run("notarise.sh", "a.dmg", CODEXBAR_NOTARY_PROFILE="example")
    assert done.returncode == 0, done.stderr
    assert "--keychain-profile example" in mac.calls[0]


def test_without_a_certificate_no_keychain_is_made(mac: Mac) -> None:
    done = mac.run("import_certificate.sh")
    assert (done.returncode, mac.calls) == (0, [])
    assert "will not be signed" in done.stdout


def test_the_certificate_does_not_stay_on_disk(mac: Mac, tmp_path: Path) -> None:
    done = mac.run("import_certificate.sh", MACOS_CERTIFICATE="dGVzdA==", RUNNER_TEMP=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert [call for call in mac.calls if call.startswith("security import")]
    assert list(tmp_path.rglob("*.p12")) == []
