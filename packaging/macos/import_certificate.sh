#!/bin/sh
# Puts a certificate for signing into a keychain of its own, on a machine that is thrown away afterwards.
#   MACOS_CERTIFICATE           a .p12 file in base64; without it nothing happens
#   MACOS_CERTIFICATE_PASSWORD  its password
set -eu

if [ -z "${MACOS_CERTIFICATE:-}" ]; then
  echo "No certificate was given: the app will not be signed."
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
keychain=${RUNNER_TEMP:-$HOME}/codexbar-signing.keychain-db
password=$(openssl rand -hex 24)

umask 077
printf '%s' "$MACOS_CERTIFICATE" | openssl base64 -d -A -out "$folder/certificate.p12"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$folder/certificate.p12" -k "$keychain" -f pkcs12 -T /usr/bin/codesign \
  -P "${MACOS_CERTIFICATE_PASSWORD:-}"
# Otherwise codesign would ask on a screen that nobody looks at.
security set-key-partition-list -S apple-tool:,apple: -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
