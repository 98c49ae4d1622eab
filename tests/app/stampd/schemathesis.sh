#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds a running stampd to its OpenAPI document, reads and writes, with every check of schemathesis.
# Usage: schemathesis.sh STAMPD SOURCE_DIR [SCHEMATHESIS OPTION…]
set -euo pipefail

version=4.32.5
stampd=$1
source_dir=$2
shift 2

home=${XDG_CACHE_HOME:-$HOME/.cache}/stampdeck/schemathesis-$version
if [[ ! -x $home/bin/schemathesis ]]; then
    echo "installing schemathesis $version into $home"
    mkdir -p "$(dirname "$home")"
    # Beside its place first: an interrupted installation is never taken for a whole one.
    rm -rf "$home.new"
    python3 -m venv "$home.new"
    "$home.new/bin/python" -m pip --quiet --disable-pip-version-check install "schemathesis==$version"
    rm -rf "$home"
    mv "$home.new" "$home"
fi

work=$(mktemp -d)
pid=
finish() {
    if [[ -n $pid ]]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

echo "schemathesis-token tester operator" >"$work/tokens"
"$stampd" --listen 127.0.0.1:0 --stamps 6 --tenants-per-stamp 4 --time-scale 60 \
    --state "$work/state" --token-file "$work/tokens" >"$work/out" 2>"$work/err" &
pid=$!
url=
for _ in $(seq 300); do
    url=$(sed -n 's/^listening on //p' "$work/out")
    [[ -n $url ]] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
done
if [[ -z $url ]]; then
    echo "stampd does not listen:" >&2
    cat "$work/err" >&2
    exit 1
fi

cd "$work" # It keeps what it learned where it runs.
status=0
"$home/bin/python" -m schemathesis.cli --config-file "$source_dir/tests/schemathesis.toml" \
    run "$url/openapi.json" --checks all --header "Authorization: Bearer schemathesis-token" \
    --no-color "$@" || status=$?
if ! kill -0 "$pid" 2>/dev/null; then
    echo "stampd has died:" >&2
    cat "$work/err" >&2
    status=1
fi
exit "$status"
