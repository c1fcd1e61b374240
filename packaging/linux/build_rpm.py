"""Makes dist/codexbar-qt-<version>-1.<architecture>.rpm of the frozen app. Run by `make rpm`; needs rpmbuild."""

from __future__ import annotations

import gzip
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import install_tree
from install_tree import APP_FOLDER, BUILD, DIST, PACKAGE, ROOT, write

HOME = Path("/usr") / APP_FOLDER


def main() -> int:
    """Build the package and say where it is."""
    work = install_tree.fresh(BUILD / "rpm")
    stage = work / "stage"
    try:
        install_tree.lay_out(stage / "usr", "rpm")
    except install_tree.NotFrozen as error:
        print(error, file=sys.stderr)
        return 1
    _compress_pages(stage / "usr" / "share" / "man")
    spec = (Path(__file__).resolve().parent / "share" / "codexbar-qt.spec.txt").read_text(encoding="utf-8")
    values = {
        "VERSION": install_tree.package_version(),
        "STAGE": str(stage),
        "HOME": str(HOME),
        "OWN_LIBRARIES": own_libraries(stage / "usr" / APP_FOLDER),
        "DAY": f"{install_tree.build_time():%a %b %d %Y}",
    }
    write(work / "codexbar-qt.spec", re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], spec))
    command = ["rpmbuild", "-bb", "--quiet", "--define", f"_topdir {work}", "--define", f"_rpmdir {DIST}"]
    # Without subfolders per architecture; times of files as the sources say, so the same sources make the same package.
    command += ["--define", "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"]
    command += [
        "--define",
        "_binary_payload w19.zstdio",
        "--define",
        "clamp_mtime_to_source_date_epoch 1",
        str(work / "codexbar-qt.spec"),
    ]
    epoch = f"{install_tree.build_time():%s}"
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
    target = DIST / f"{PACKAGE}-{values['VERSION']}-1.{platform.machine()}.rpm"
    print(target.relative_to(ROOT))
    return 0


def own_libraries(folder: Path) -> str:
    """Return a pattern of the libraries that the package holds itself, which it then does not require."""
    names = {path.name for path in folder.rglob("*.so*") if path.name.startswith("lib")}
    return "|".join(sorted(re.sub(r"[.+]", r"\\\\\g<0>", name) for name in names))


def _compress_pages(folder: Path) -> None:
    for page in sorted(folder.rglob("*.1")):
        page.with_name(f"{page.name}.gz").write_bytes(gzip.compress(page.read_bytes(), 9, mtime=0))
        page.unlink()


if __name__ == "__main__":
    sys.exit(main())
