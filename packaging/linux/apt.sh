# Sourced by the scripts beside it: how packages get installed on Debian-like systems.
# shellcheck shell=sh

have_library() {
  # ldconfig sits outside the PATH of ordinary users on Debian.
  [ -n "${library_cache:-}" ] || library_cache=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null)
  case "$library_cache" in *"$1 "*) return 0 ;; *) return 1 ;; esac
}

# Lines of program and package from standard input; prints the packages of programs that are not there.
missing_packages() {
  while read -r program package; do
    [ -n "$program" ] || continue
    PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null 2>&1 || printf ' %s' "$package"
  done
}

# install_packages WHAT PACKAGE... : installs when allowed to, otherwise prints the one command to run and returns 1.
install_packages() {
  what=$1
  shift
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "$what: this system does not use apt. Install the packages that correspond to: $*" >&2
    return 1
  fi
  if [ "$(id -u)" -eq 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    echo "$what are missing. Run: sudo apt-get install -y --no-install-recommends $*" >&2
    return 1
  fi
  echo "Installing $what: $*" >&2
  log=$(mktemp) || return 1
  # A package list may be absent or stale on a bare system, so a first failure is followed by an update.
  if $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null ||
    { $as_root apt-get update >"$log" 2>&1 </dev/null &&
      $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null; }
  then
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  echo "$what could not be installed. Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends $*" >&2
  return 1
}
