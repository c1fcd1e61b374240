#!/bin/sh
# Makes dist/codexbar-qt-VERSION-macos-ARCH.dmg from the frozen app, signed and notarised where the environment says how:
#   CODEXBAR_SIGN_IDENTITY   the name of the certificate, "Developer ID Application: …"
#   CODEXBAR_NOTARY_…        see notarise.sh
set -eu
cd "$(dirname "$0")/../.."

app="dist/CodexBar Qt.app"
if [ ! -d "$app" ]; then
  echo "$app is not there. Freeze the app first: python packaging/freeze/freeze.py" >&2
  exit 1
fi
version=$(plutil -extract CFBundleShortVersionString raw "$app/Contents/Info.plist")
image="dist/codexbar-qt-$version-macos-$(uname -m).dmg"
identity=${CODEXBAR_SIGN_IDENTITY:-}

# Tells the app that people update it themselves (packaging/README.md, "Where it came from").
echo dmg >"$app/Contents/Resources/codexbar_qt/resources/install-origin"

# The seal of the bundle covers that file, so the outside is signed again. What is inside is signed already.
if [ -n "$identity" ]; then
  codesign --force --timestamp --options runtime --entitlements packaging/macos/entitlements.plist \
    --sign "$identity" "$app"
else
  echo "Not signed, for CODEXBAR_SIGN_IDENTITY is not set."
  codesign --force --sign - "$app"
fi
codesign --verify --deep --strict "$app"

staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
ditto "$app" "$staged/CodexBar Qt.app"
ln -s /Applications "$staged/Applications"
hdiutil create -volname "CodexBar Qt $version" -srcfolder "$staged" -fs HFS+ -format UDZO -ov "$image"

if [ -n "$identity" ]; then
  codesign --timestamp --sign "$identity" "$image"
  sh packaging/macos/notarise.sh "$image"
fi
echo "$image"
