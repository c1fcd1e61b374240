#!/bin/sh
# Makes .venv from requirements/dev.txt and installs the project into it in place. PYTHON= chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14 python; do
    if fits "$candidate"; then
      echo "$candidate"
      return 0
    fi
  done
  echo "Python 3.11 or newer was not found. Install it, or name one: make PYTHON=/path/to/python3.11" >&2
  return 1
}

if ! fits .venv/bin/python; then
  python=$(find_python)
  if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    # Debian takes these two modules out of python3 and into a package named after the version.
    . packaging/linux/apt.sh
    install_packages "The Python modules venv and ensurepip" \
      "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  fi
  echo "Making .venv with $("$python" --version 2>&1)" >&2
  rm -rf .venv
  "$python" -m venv .venv
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
echo "Installing the pinned packages (a first run takes a minute)" >&2
pip install --quiet -r requirements/dev.txt </dev/null
pip install --quiet --no-deps -e . </dev/null
touch .venv/.ready
