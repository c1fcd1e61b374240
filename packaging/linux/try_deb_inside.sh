#!/bin/sh
# What try_deb.sh does inside the root. Every step says what it checks; the first that fails ends it.
set -eu
cd /try
display=:77
home=/home/tester
running=""

say() { printf '\n== %s\n' "$*"; }
fail() { echo "$*"; exit 1; }
quietly() { "$@" >>/try/log.txt 2>&1 || { tail -n 20 /try/log.txt; exit 1; }; }
# No shell and no session in between: the process started is the program itself.
tester="setpriv --reuid tester --regid tester --init-groups env -i HOME=$home PATH=/usr/bin:/bin LANG=C.UTF-8"
tester="$tester XDG_RUNTIME_DIR=/run/tester XDG_CURRENT_DESKTOP=KDE KDE_SESSION_VERSION=5 DISPLAY=$display"
# shellcheck disable=SC2086  # words of a command
as_user() { $tester "$@"; }
wait_for() {
  what=$1
  shift
  for _ in $(seq 150); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  tail -n 20 /try/log.txt
  fail "waited in vain: $what"
}
start() {
  # shellcheck disable=SC2086  # words of a command
  $tester "$@" >>/try/log.txt 2>&1 &
  started=$!
  running="$started $running"
}
end() {
  for process in $running; do kill "$process" 2>/dev/null || true; done
  for process in $running; do wait "$process" 2>/dev/null || true; done
  running=""
}
trap end EXIT
own_files() { chown -R tester: $home; }
# Everything but what changes by itself: logs, caches and lists of the package manager.
files() {
  find / -xdev \( -path /try -o -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log \
    -o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/apt \) -prune -o -print | sort
}
popup() { as_user xdotool search --onlyvisible --name '^CodexBar$'; }
settings() { as_user xdotool search --onlyvisible --name 'ettings'; }
# The screen is black at the top right as long as the tray is empty.
icon() { as_user import -window root -crop 60x24+940+0 png:- | convert - -format '%[fx:mean>0.02]' info: | grep -qx 1; }
picture() { as_user import -window root png:- >"/try/$1.png" && echo "picture: try/$1.png"; }
begin_desktop() {
  start Xvfb $display -screen 0 1000x800x24
  wait_for "Xvfb" as_user xdotool getmouselocation
  start openbox
  start trayer --edge top --align right --widthtype request --height 24 --transparent true --alpha 0
}

say "a user, and lists of packages"
id tester >/dev/null 2>&1 || useradd --create-home tester
rm -rf $home /run/tester /tmp/.X77-lock
mkdir $home /run/tester
chmod 700 $home /run/tester
chown tester: $home /run/tester
quietly apt-get update
for package in codexbar-qt xvfb openbox trayer xdotool imagemagick dbus-daemon procps; do
  if dpkg-query --show "$package" >/dev/null 2>&1; then quietly apt-get purge -y "$package"; fi
done
quietly apt-get autoremove -y --purge -o APT::AutoRemove::RecommendsImportant=false

say "a minimal system: nothing but what the package asks for"
files >before.txt
quietly apt-get install -y --no-install-recommends ./older.deb
dpkg-query --show --showformat '${Package} ${Version}, ${Installed-Size} KiB\n' codexbar-qt
missing=$(find /usr/lib/codexbar-qt -name '*.so*' ! -name libqgtk3.so \
  -exec env LD_LIBRARY_PATH=/usr/lib/codexbar-qt/_internal ldd {} + | grep 'not found' | sort -u || true)
[ -z "$missing" ] || fail "$missing"
echo "no library is missing"
as_user codexbar --version
as_user codexbar config enable --provider openrouter
as_user codexbar usage || echo "exit code $?"
as_user codexbar cost >/dev/null
as_user QT_QPA_PLATFORM=offscreen codexbar-qt --demo --selftest | tee selftest.json
grep -q '"failures": \[\], "warnings": \[\]' selftest.json

say "a provider of the user's own, with modules of the standard library that the app does not use"
as_user mkdir -p $home/.codexbar/providers
cat >$home/.codexbar/providers/acme.py <<'TEXT'
import graphlib, os, pathlib, sqlite3, wave, xmlrpc.client
from codexbar_qt.provider_api import Provider, ProviderDescriptor, RateWindow, Snapshot, Source, Strategy, WindowSpec

async def fetch(ctx):
    return Snapshot(updated_at=ctx.clock.now(), primary=RateWindow(used_percent=25))

if "TRY_LOGIN" in os.environ:  # the switch of the settings, without a mouse
    from codexbar_qt.bootstrap.desktop import build_login_item
    item = build_login_item("linux")
    if os.environ["TRY_LOGIN"] == "on":
        item.set_on(True)
    pathlib.Path("/run/tester/login").write_text(str(item.is_on()))

LANES = WindowSpec(primary="Monthly", secondary="", card_order=("primary",))
PROVIDER = Provider(
    ProviderDescriptor(id="acme", name="Acme", color="#6B7280", order=1, windows=LANES, settings=()),
    strategies=(Strategy(Source.API, fetch),),
)
TEXT
own=$home/.codexbar/providers/acme.py
digest=$(sha256sum "$own" | cut -d' ' -f1)
printf '{"approvedPlugins": {"%s": "%s"}, "launchAtLogin": true}\n' "$own" "$digest" >$home/.codexbar/settings.json
own_files
as_user codexbar usage --provider acme | tee usage.txt
grep -q '75%' usage.txt

say "man pages and completions are where the system looks"
# Minimal systems are told to leave pages out.
for file in /usr/share/bash-completion/completions/codexbar /usr/share/zsh/vendor-completions/_codexbar \
  /usr/share/fish/vendor_completions.d/codexbar.fish; do
  [ -s "$file" ] || fail "$file is not there"
  echo "$file"
done

say "removal from the minimal system"
quietly apt-get purge -y codexbar-qt
quietly apt-get autoremove -y --purge -o APT::AutoRemove::RecommendsImportant=false
files >after.txt
if comm -13 before.txt after.txt | grep -v "^$home/"; then fail "left behind"; fi
echo "nothing is left but what is the user's: $(comm -13 before.txt after.txt | wc -l) files and folders below $home"

say "a desktop: Xvfb, a window manager, a tray"
quietly apt-get install -y --no-install-recommends xvfb openbox trayer xdotool imagemagick dbus-daemon procps fonts-dejavu-core
quietly apt-get install -y --no-install-recommends ./older.deb
for look in light dark; do
  if [ $look = dark ]; then
    mkdir -p $home/.config
    {
      printf '[General]\nColorScheme=BreezeDark\n[KDE]\nLookAndFeelPackage=org.kde.breezedark.desktop\n'
      printf '[Colors:Window]\nBackgroundNormal=35,38,41\nForegroundNormal=252,252,252\n'
      printf '[Colors:View]\nBackgroundNormal=27,30,32\nForegroundNormal=252,252,252\n'
    } >$home/.config/kdeglobals
    own_files
  fi
  begin_desktop
  start codexbar-qt --demo
  app=$started
  wait_for "the icon in the tray" icon
  as_user codexbar-qt --demo --toggle
  wait_for "the popup" popup
  kill -0 "$app" || fail "the app has ended"
  sleep 2
  picture $look
  end
  rm -f $home/.config/kdeglobals
done
[ -e newer.deb ] || exit 0

say "config, start at login and cache before an upgrade"
as_user codexbar config enable --provider acme
begin_desktop
start TRY_LOGIN=on codexbar-qt
app=$started
wait_for "the icon in the tray" icon
wait_for "start at login" grep -q True /run/tester/login
archived() { grep -rq acme $home/.cache/codexbar --include='*.json'; }
wait_for "numbers in the cache" archived
kept() { sha256sum $home/.codexbar/*.json $home/.config/autostart/codexbar-qt.desktop; }
kept | tee kept.txt
grep Exec $home/.config/autostart/codexbar-qt.desktop

say "an upgrade while the app runs"
quietly apt-get install -y --no-install-recommends ./newer.deb
as_user codexbar --version
if kill -0 "$app" 2>/dev/null; then echo "the app that was running still does"; else echo "the app that was running has ended"; fi
as_user codexbar-qt --toggle
wait_for "the popup" popup
as_user codexbar-qt --settings
wait_for "the settings" settings
sleep 2
picture upgraded
as_user xdotool windowactivate --sync "$(settings | head -n 1)" key alt+F4
closed() { ! settings && ! popup; }
wait_for "the end of both windows" closed
# The app looks every half minute and starts again when it was replaced and nothing of it is on screen.
# Until then its program is a file that has been deleted.
restarted() { [ "$(readlink "/proc/$app/exe")" = /usr/lib/codexbar-qt/codexbar-qt ]; }
for _ in $(seq 60); do
  if restarted; then break; fi
  sleep 2
done
restarted || fail "the app that was running did not start again"
wait_for "the icon in the tray" icon
echo "the app that was running has started again as the new version"
kept | diff kept.txt - && echo "config, settings and start at login are as before"
end

say "the next login"
command=$(sed -n 's/^Exec=//p' $home/.config/autostart/codexbar-qt.desktop)
begin_desktop
start TRY_LOGIN=ask "$command"
wait_for "the icon in the tray" icon
wait_for "start at login" grep -q True /run/tester/login
archived && echo "the cache is there"
as_user codexbar usage --provider acme
end

say "a downgrade"
quietly apt-get install -y --no-install-recommends --allow-downgrades ./older.deb
as_user codexbar --version
as_user codexbar config validate
as_user codexbar usage --provider acme
kept | diff kept.txt - && echo "config, settings and start at login are as before"

say "removal"
quietly apt-get remove -y codexbar-qt
[ ! -e /usr/lib/codexbar-qt ] || fail "/usr/lib/codexbar-qt is left"
echo "done"
