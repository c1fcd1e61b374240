"""Makes dist/codexbar-qt_<version>-1_<architecture>.deb of the frozen app. Run by `make deb`; needs dpkg-dev."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import install_tree
from install_tree import APP_FOLDER, BUILD, DIST, PACKAGE, ROOT, write

if TYPE_CHECKING:
    from collections.abc import Sequence

MAINTAINER = "CodexBar Qt contributors <codexbar-qt@users.noreply.github.com>"
CONTROL = """\
Package: {package}
Version: {version}
Section: utils
Priority: optional
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Suggests: libgtk-3-0
Homepage: https://github.com/codexbar-qt/codexbar-qt
Description: see how much is left of your AI coding plans
 A tray icon, a popup and a command line that tell for every AI coding plan
 how much is left, when each limit resets, and what the logs on this machine
 would cost at list prices.
 .
 It uses the logins of your tools and browsers, asks before it reads a
 browser, and talks to no service but those that are turned on.
"""
DEPENDS = ("ca-certificates",)
# A keyring keeps browser sessions, xdg-open opens pages; the app says so where they are missing.
RECOMMENDS = ("gnome-keyring | plasma-workspace | keepassxc", "xdg-utils")
THEME_OF_GTK = "libqgtk3.so"
"""The plugin for desktops that have GTK. Qt does without where it cannot be loaded, so its libraries are suggested."""
OVERRIDES = {
    "custom-library-search-path": "the libraries of a wheel find each other by paths relative to themselves",
    "embedded-library": "the interpreter carries expat, as it is built everywhere but in distributions",
    "hardening-no-pie": "the two programs are PyInstaller's loader as it comes",
    "initial-upload-closes-no-bugs": "this is no upload to Debian",
    "library-not-linked-against-libc": "modules of Python get it from the interpreter that loads them",
    "package-installs-python-bytecode": "the modules of a frozen app exist in this form alone",
    "shared-library-lacks-prerequisites": "modules of Python get theirs from the interpreter that loads them",
}


def main() -> int:
    """Build the package and say where it is."""
    stage = install_tree.fresh(BUILD / "deb")
    try:
        install_tree.lay_out(stage / "usr", "deb", zsh_folder="vendor-completions")
    except install_tree.NotFrozen as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(stage / "usr" / "share" / "licenses")  # Debian has them in doc/
    leave_out_system_libraries(stage / "usr" / APP_FOLDER / "_internal")
    version = f"{install_tree.package_version()}-1"
    _write_documents(stage / "usr" / "share", version)
    install_tree.settle_modes(stage)
    architecture = _said_by("dpkg", "--print-architecture")
    needed = packages_of([path for path in install_tree.elf_files(stage) if path.name != THEME_OF_GTK], stage)
    write(
        stage / "DEBIAN" / "control",
        CONTROL.format(
            package=PACKAGE,
            version=version,
            architecture=architecture,
            maintainer=MAINTAINER,
            size=_kibibytes(stage),
            depends=", ".join(sorted({*needed, *DEPENDS})),
            recommends=", ".join(RECOMMENDS),
        ),
    )
    _write_checksums(stage)
    target = DIST / f"{PACKAGE}_{version}_{architecture}.deb"
    # xz, because Debian 11 and 12 read nothing newer; at most two threads, which take 700 MB together.
    command = ["dpkg-deb", "--root-owner-group", "--threads-max=2", "-Zxz", "--build", str(stage), str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(target.relative_to(ROOT))
    return 0


def leave_out_system_libraries(folder: Path) -> None:
    """Remove libraries that Debian has, too: there they get security fixes, and the package depends on them."""
    for path in sorted(folder.glob("lib*.so*")):
        # The interpreter is the one that the modules were built with, and it is loaded by its path.
        if not path.name.startswith("libpython") and any(Path("/usr/lib").glob(f"*-linux-gnu/{path.name}")):
            path.unlink()


def packages_of(files: Sequence[Path], stage: Path) -> list[str]:
    """Return what the packages with the libraries of these files are called, with versions."""
    work = install_tree.fresh(BUILD / "shlibdeps")
    write(work / "debian" / "control", f"Source: {PACKAGE}\n\nPackage: {PACKAGE}\nArchitecture: any\n")
    folders = sorted({path.parent for path in install_tree.elf_files(stage)})
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", f"-x{PACKAGE}"]
    command += [f"-l{folder}" for folder in folders] + [f"-e{path}" for path in files]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"dpkg-shlibdeps has failed:\n{done.stderr}")
    return [part.strip() for part in done.stdout.strip().removeprefix("shlibs:Depends=").split(",") if part.strip()]


def _write_documents(share: Path, version: str) -> None:
    documents = share / "doc" / PACKAGE
    write(documents / "copyright", copyright_text())
    day = format_datetime(install_tree.build_time())
    entry = f"{PACKAGE} ({version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- {MAINTAINER}  {day}\n"
    _write_compressed(documents / "changelog.Debian.gz", entry)
    _write_compressed(documents / "changelog.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    for page in sorted((share / "man" / "man1").iterdir()):
        _write_compressed(page.with_name(f"{page.name}.gz"), page.read_text(encoding="utf-8"))
        page.unlink()
    lines = [f"# {reason}\n{PACKAGE}: {tag} *\n" for tag, reason in OVERRIDES.items()]
    write(share / "lintian" / "overrides" / PACKAGE, "".join(lines))


def copyright_text() -> str:
    """Return the licences in the form that Debian reads (copyright-format 1.0)."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    holder = next(line for line in text.splitlines() if line.startswith("Copyright")).removeprefix("Copyright")
    body = "\n".join(f" {line}" if line.strip() else " ." for line in text.splitlines())
    return f"""\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: CodexBar Qt
Source: https://github.com/codexbar-qt/codexbar-qt
Comment: The frozen app carries Python and libraries. Their licences are in
 /usr/{APP_FOLDER}/_internal/licenses.txt

Files: *
Copyright:{holder.replace("(c)", "").replace("  ", " ")}
License: Expat

Files: usr/{APP_FOLDER}/_internal/PySide6/* usr/{APP_FOLDER}/_internal/shiboken6/*
Copyright: The Qt Company Ltd. and other contributors
License: LGPL-3

License: Expat
{body}

License: LGPL-3
 On Debian systems the full text is in /usr/share/common-licenses/LGPL-3.
"""


def _write_checksums(stage: Path) -> None:
    files = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file() and not path.is_symlink())
    listed = [str(path) for path in files if path.parts[0] != "DEBIAN"]
    write(stage / "DEBIAN" / "md5sums", _said_by("md5sum", *listed, folder=stage) + "\n")


def _write_compressed(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _kibibytes(folder: Path) -> int:
    """Return the size as dpkg counts it: files in whole kibibytes, everything else as one."""
    paths = [path for path in folder.rglob("*") if "DEBIAN" not in path.parts]
    files = [path for path in paths if path.is_file() and not path.is_symlink()]
    return sum(-(-path.stat().st_size // 1024) for path in files) + len(paths) - len(files)


def _said_by(*command: str, folder: Path | None = None) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
