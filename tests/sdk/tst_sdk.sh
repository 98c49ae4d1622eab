#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tst_sdk.sh CMAKE BUILD COMPILER: installs the SDK and stampctl of BUILD into a folder, copies the
# template adapter out of there, builds it with nothing but that folder, and lets stampctl find it and
# check it against the conformance kit.
set -euo pipefail
cmake=$1 build=$2 compiler=$3
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"

for component in sdk stampctl; do
    "$cmake" --install "$build" --prefix "$folder/installed" --component $component >install.log || {
        cat install.log
        exit 1
    }
done
cp -r installed/share/stampdeck/template adapter
grep -rqE '"(\.\./)+|/build/' installed/include && {
    echo 'FAIL: an installed header names something outside'
    exit 1
}

"$cmake" -S adapter -B adapter/build -G Ninja -DCMAKE_PREFIX_PATH="$folder/installed" \
    -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_COMPILER_LAUNCHER="${SDK_LAUNCHER:-}" \
    -DCMAKE_CXX_FLAGS="${SDK_FLAGS:-} -Wall -Wextra -Werror" >configure.log || {
    cat configure.log
    exit 1
}
"$cmake" --build adapter/build >build.log || {
    cat build.log
    exit 1
}

# Every installed header stands alone, and so does the kit for somebody who links it.
mkdir alone
(cd installed/include/stampdeck && find . -name '*.h') | sed 's|^\./|#include "|; s|$|"|' >alone/main.cpp
cat >>alone/main.cpp <<'SOURCE'
int main()
{
    return Stampdeck::conformanceRules().empty() ? 1 : 0;
}
SOURCE
cat >alone/CMakeLists.txt <<'LISTS'
cmake_minimum_required(VERSION 3.25)
project(Alone LANGUAGES CXX)
find_package(Stampdeck REQUIRED)
add_executable(alone main.cpp)
target_compile_features(alone PRIVATE cxx_std_20)
target_link_libraries(alone PRIVATE Stampdeck::Conformance Stampdeck::Net)
LISTS
{
    "$cmake" -S alone -B alone/build -G Ninja -DCMAKE_PREFIX_PATH="$folder/installed" \
        -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_COMPILER_LAUNCHER="${SDK_LAUNCHER:-}" \
        -DCMAKE_CXX_FLAGS="${SDK_FLAGS:-}" && "$cmake" --build alone/build
} >alone.log || {
    cat alone.log
    exit 1
}
alone/build/alone || {
    echo 'FAIL: a program that links the kit finds no rules'
    exit 1
}

export STAMPDECK_PLUGIN_PATH=$folder/adapter/build
export XDG_CONFIG_HOME=$folder/config XDG_STATE_HOME=$folder/state
stampctl=$folder/installed/bin/stampctl
fleet=$folder/adapter/example.json

# Into files: a grep that has seen enough would end the pipe, and its writer, too early.
"$stampctl" -o name adapters >adapters.log
grep -qx template adapters.log || {
    echo 'FAIL: stampctl adapters does not list the template'
    exit 1
}
"$stampctl" -o name get stamps --source "template=$fleet" >stamps.log
grep -qx template/eu-1 stamps.log || {
    cat stamps.log
    echo 'FAIL: the stamps of the template are not listed'
    exit 1
}
"$stampctl" conformance "template=$fleet" --writes eu-2 >kit.log || {
    cat kit.log
    echo 'FAIL: the template does not keep every rule'
    exit 1
}
grep -q '^C36 *passed' kit.log || {
    cat kit.log
    echo 'FAIL: nothing was written'
    exit 1
}
# Another stamp than a scratch one is not touched.
status=0
"$stampctl" conformance "template=$fleet" --writes eu-1 2>refused.log || status=$?
if [ $status -ne 3 ] || ! grep -q 'stampdeck.conformance=scratch' refused.log; then
    cat refused.log
    echo "FAIL: exit status $status for a stamp that is no scratch stamp"
    exit 1
fi
