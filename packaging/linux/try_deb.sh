#!/bin/sh
# Tries a .deb in a clean root: installs it with apt, starts it beside a real tray, takes pictures, upgrades it, removes it
# and looks at what is left. Needs root, debootstrap, and a mirror of Debian to be reached.
#
#   try_deb.sh ROOT DEB [NEWER_DEB]     ROOT is a folder; when it is empty or missing, a minimal Debian 12 is made in it
#
# SUITE says what else is made than bookworm, MIRROR from where. The pictures and a log lie in ROOT/try afterwards.
set -eu

root=$1 deb=$2 newer=${3:-}
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -e "$root/etc/os-release" ]; then
  # shellcheck disable=SC2086  # MIRROR may be nothing at all
  debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" ${MIRROR:-}
fi
root=$(cd "$root" && pwd)

mounted=""
clean_up() {
  for place in $mounted; do umount "$root/$place" || umount -l "$root/$place"; done
}
trap clean_up EXIT
for place in proc sys dev dev/pts dev/shm; do
  mkdir -p "$root/$place"
  case $place in
    proc) mount -t proc proc "$root/proc" ;;
    dev/shm) mount -t tmpfs tmpfs "$root/dev/shm" ;;
    *) mount --bind "/$place" "$root/$place" ;;
  esac
  mounted="$place $mounted"
done
cp /etc/resolv.conf /etc/hosts "$root/etc/"

mkdir -p "$root/try"
rm -rf "$root/try"/*
cp "$deb" "$root/try/older.deb"
[ -z "$newer" ] || cp "$newer" "$root/try/newer.deb"
cp "$here/try_deb_inside.sh" "$root/try/"
# Whoever answers for this machine's network does so for the root, too.
for name in /etc/apt/apt.conf.d/99*; do
  [ ! -e "$name" ] || cp "$name" "$root/etc/apt/apt.conf.d/"
done
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  http_proxy="${http_proxy:-}" sh /try/try_deb_inside.sh
