#!/bin/sh
# Has Apple look at a signed disk image and puts its ticket on it: notarise.sh FILE.dmg
# The credentials are one of the two, else the step is skipped, which is said:
#   CODEXBAR_NOTARY_PROFILE                      a profile in the keychain, made with `notarytool store-credentials`
#   CODEXBAR_NOTARY_KEY, _KEY_ID and _ISSUER     a key of App Store Connect (the text of the .p8 file), its id and issuer
set -eu
image=$1

if [ -n "${CODEXBAR_NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$image" --wait --timeout 30m --keychain-profile "$CODEXBAR_NOTARY_PROFILE"
elif [ -n "${CODEXBAR_NOTARY_KEY:-}" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  umask 077
  printf '%s\n' "$CODEXBAR_NOTARY_KEY" >"$folder/key.p8"
  xcrun notarytool submit "$image" --wait --timeout 30m \
    --key "$folder/key.p8" --key-id "$CODEXBAR_NOTARY_KEY_ID" --issuer "$CODEXBAR_NOTARY_ISSUER"
else
  echo "Not notarised: neither CODEXBAR_NOTARY_PROFILE nor CODEXBAR_NOTARY_KEY is set."
  exit 0
fi
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
