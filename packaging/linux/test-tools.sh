#!/bin/sh
# The programs that desktop tests, browser tests and screenshots need: a virtual display, a tray host, a window manager,
# a message bus with a keyring, a tracer, real browsers; and those that check scripts, completions and desktop files.
# Quiet when nothing is missing. Exit code 1 when something is missing and could not be installed; the tests that need it
# then skip and say so.
set -u
[ "$(uname -s)" = Linux ] || exit 0
. "$(dirname "$0")/apt.sh"

# Whether apt may have a package. Without package lists nobody knows: the attempt to install it brings them.
is_offered() {
  command -v apt-cache >/dev/null 2>&1 || return 1
  for list in /var/lib/apt/lists/*_Packages*; do
    [ -e "$list" ] || return 0
    break
  done
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q '^ *Candidate: [^(]'
}

failed=0

missing=$(missing_packages <<'LIST'
Xvfb xvfb
xauth xauth
dbus-run-session dbus-daemon
gnome-keyring-daemon gnome-keyring
import imagemagick
openbox openbox
trayer trayer
xdotool xdotool
strace strace
appstreamcli appstream
desktop-file-validate desktop-file-utils
mandoc mandoc
zsh zsh
fish fish
LIST
)
# shellcheck disable=SC2086  # a list of package names
[ -z "$missing" ] || install_packages "Tools for desktop tests" $missing || failed=1

# Ubuntu has these as Snaps only, which cannot have a home of ours; nothing is asked for there.
browsers=""
for package in $(missing_packages <<'LIST'
chromium chromium
firefox-esr firefox-esr
LIST
); do
  is_offered "$package" && browsers="$browsers $package"
done
# shellcheck disable=SC2086  # a list of package names
[ -z "$browsers" ] || install_packages "Browsers for end-to-end tests" $browsers || failed=1

exit "$failed"
