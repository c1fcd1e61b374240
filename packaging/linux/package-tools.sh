#!/bin/sh
# The programs that `make freeze`, `deb`, `rpm` and `tarball` need, and those that check the packages.
# Quiet when nothing is missing. Exit code 1 when something is missing and could not be installed.
set -u
[ "$(uname -s)" = Linux ] || exit 0
. "$(dirname "$0")/apt.sh"

missing=$(missing_packages <<'LIST'
objcopy binutils
dpkg-shlibdeps dpkg-dev
rpmbuild rpm
lintian lintian
rpmlint rpmlint
LIST
)
# shellcheck disable=SC2086  # a list of package names
[ -z "$missing" ] || install_packages "Tools for packages" $missing
