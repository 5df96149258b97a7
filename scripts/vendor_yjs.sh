#!/bin/sh
# Makes frontend/static/vendor/yjs-*.min.js anew from the npm packages that scripts/yjs/package-lock.json names by hash.
# Needs node and npm. The file is in the repository: nobody who runs the service or its tests needs this.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
vendor=$here/../frontend/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/yjs/* "$work"
cd "$work"
npm ci --silent --no-audit --no-fund
version=$(node -p 'require("yjs/package.json").version')
# One file that sets window.Y: no module to be found by its name, so that its address can hold a hash.
node_modules/.bin/esbuild entry.js --bundle --minify --format=iife --global-name=Y --target=es2022 \
  --legal-comments=none --log-level=warning --outfile="$vendor/yjs-$version.min.js"
for package in yjs y-protocols lib0 isomorphic.js; do
  printf '%s %s\n\n' "$package" "$(node -p "require('./node_modules/$package/package.json').version")"
  cat "node_modules/$package/LICENSE"
  printf '\n'
done > "$vendor/yjs-$version.LICENSE.txt"
sha256sum "$vendor/yjs-$version.min.js"
