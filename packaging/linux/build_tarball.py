"""Makes dist/codexbar-qt-<version>-linux-<architecture>.tar.xz of the frozen app. Run by `make tarball`.

Its one folder holds bin, lib and share; what is in it belongs below /usr/local, ~/.local or any other prefix.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import install_tree
from install_tree import BUILD, DIST, PACKAGE, ROOT, copy, write

README = """\
CodexBar Qt {version}

To install it for yourself, put these folders below ~/.local, for everybody below /usr/local:

    cp -a bin lib share ~/.local/

To remove it again:

    rm -rf ~/.local/lib/codexbar-qt
    (cd ~/.local && xargs -d '\\n' rm -f) <files.txt

It also runs from any other place: bin/codexbar-qt is the tray app, bin/codexbar the command line.

It needs glibc 2.35, libstdc++ of GCC 11, the libraries of an X11 or Wayland desktop, OpenGL and EGL (the drivers of the
desktop), fontconfig, D-Bus, glib 2, Kerberos (libgssapi_krb5) and the certificates of the system (ca-certificates).
"""


def main() -> int:
    """Build the archive and say where it is."""
    version = install_tree.package_version()
    name = f"{PACKAGE}-{version}"
    folder = install_tree.fresh(BUILD / "tarball") / name
    try:
        install_tree.lay_out(folder, "tarball")
    except install_tree.NotFrozen as error:
        print(error, file=sys.stderr)
        return 1
    copy(ROOT / "CHANGELOG.md", folder / "CHANGELOG.md")
    copy(ROOT / "LICENSE", folder / "LICENSE")
    outside = [path.relative_to(folder) for part in ("bin", "share") for path in (folder / part).rglob("*")]
    files = [str(path) for path in sorted(outside) if (folder / path).is_symlink() or (folder / path).is_file()]
    write(folder / "files.txt", "".join(f"{path}\n" for path in files))
    write(folder / "README.txt", README.format(version=version))
    install_tree.settle_modes(folder)
    target = DIST / f"{name}-linux-{platform.machine()}.tar.xz"
    command = ["tar", "--create", "--xz", "--file", str(target), "--directory", str(folder.parent), "--sort=name"]
    command += ["--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{install_tree.build_time():%s}", name]
    subprocess.run(command, check=True, env={**os.environ, "XZ_OPT": "-T2"})
    print(target.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
