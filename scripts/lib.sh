# SPDX-License-Identifier: GPL-3.0-or-later
# What the scripts here share; to be sourced by bash. Every function says what it is doing.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# A checkout elsewhere with the same content finds its objects in the compiler cache.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say()
{
    printf '\033[1m==>\033[0m %s\n' "$*" >&2
}

die()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -- "$@"
    fi
}

# packages_missing GROUP…: those of scripts/packages that are not installed, one a line. One call of
# dpkg-query decides, so this takes milliseconds.
packages_missing()
{
    local wanted installed
    wanted=$(awk -v groups=" $* " '/^[a-z]/ && index(groups, " " $1 " ") { print $2 }' \
        scripts/packages | sort -u)
    # It fails when it knows nothing of one of them, and prints the others all the same.
    # shellcheck disable=SC2086
    installed=$(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' $wanted \
        2>/dev/null | awk '$1 == "ii" { print $2 }' | sort -u || true)
    comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

# install_packages GROUP…: installs what is missing of these groups of scripts/packages.
install_packages()
{
    command -v dpkg-query >/dev/null || die "this is not Debian; README.md lists what is needed"
    local missing
    missing=$(packages_missing "$@" | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0

    say "installing $(wc -w <<<"$missing") packages: $missing"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "packages are missing, and this is neither root nor is there sudo; as root, run:
  apt-get install --no-install-recommends $missing"
    fi
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet
        --no-install-recommends)
    # Installing a package starts its service where it has one, unless this file says no. Nothing of
    # ours needs one: tests/engines starts its own.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        # shellcheck disable=SC2064
        trap "as_root rm -f $policy" EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root sh -c "cat >$policy && chmod 755 $policy"
    else
        policy=
    fi
    # The lists of packages are fetched only where they are missing or too old to install from.
    # shellcheck disable=SC2086
    if ! apt-get install --simulate --no-install-recommends $missing >/dev/null 2>&1 \
        || ! as_root "${install[@]}" $missing </dev/null >&2; then
        as_root apt-get update --quiet </dev/null >&2
        as_root "${install[@]}" $missing </dev/null >&2
    fi
    if [ -n "$policy" ]; then
        as_root rm -f $policy
        trap - EXIT
    fi
}

# build PRESET [TARGET…]: configures build/PRESET once and builds it.
build()
{
    local preset=$1
    shift
    if [ ! -f "build/$preset/build.ninja" ]; then
        say "configuring build/$preset"
        cmake --preset "$preset" >&2
    fi
    say "building build/$preset"
    if [ $# -gt 0 ]; then
        cmake --build "build/$preset" --parallel "$(nproc)" --target "$@" >&2
    else
        cmake --build "build/$preset" --parallel "$(nproc)" >&2
    fi
}
