#!/bin/sh
# The programs that desktop tests and screenshots need: a virtual display, a tray host, a window manager, a message bus.
# Quiet when nothing is missing. Exit code 1 when something is missing and could not be installed; the tests that need it
# then skip and say so.
set -u
[ "$(uname -s)" = Linux ] || exit 0
. "$(dirname "$0")/apt.sh"

missing=""
while read -r program package; do
  [ -n "$program" ] || continue
  PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null 2>&1 || missing="$missing $package"
done <<'LIST'
Xvfb xvfb
xauth xauth
dbus-run-session dbus-daemon
gnome-keyring-daemon gnome-keyring
import imagemagick
openbox openbox
trayer trayer
xdotool xdotool
LIST

[ -z "$missing" ] && exit 0
# shellcheck disable=SC2086  # a list of package names
install_packages "Tools for desktop tests" $missing
