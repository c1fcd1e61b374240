#!/bin/sh
# The shared libraries that Qt's platform plugins (xcb, wayland, offscreen) load and that no wheel carries, and one font.
# Quiet when nothing is missing. Exit code 1 when something is missing and could not be installed.
set -u
[ "$(uname -s)" = Linux ] || exit 0
. "$(dirname "$0")/apt.sh"

missing=""
while read -r library package; do
  [ -n "$library" ] || continue
  have_library "$library" || missing="$missing $package"
done <<'LIST'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11-xcb.so.1 libx11-xcb1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0
libgssapi_krb5.so.2 libgssapi-krb5-2
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-util.so.1 libxcb-util1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xinerama.so.0 libxcb-xinerama0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxkbcommon.so.0 libxkbcommon0
LIST

# Without any font Qt draws boxes.
command -v fc-list >/dev/null 2>&1 || missing="$missing fontconfig"
find /usr/share/fonts /usr/local/share/fonts \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) 2>/dev/null |
  grep -q . || missing="$missing fonts-dejavu-core"

[ -z "$missing" ] && exit 0
# shellcheck disable=SC2086  # a list of package names
install_packages "Libraries for Qt" $missing
