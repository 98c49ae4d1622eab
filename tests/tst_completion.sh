#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tst_completion.sh COMPLETION-FILE: asks the bash completion what it offers, with a stampctl that
# only knows names.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cat >"$folder/stampctl" <<'PROGRAM'
#!/bin/bash
echo "$*" >>"${0%/*}/calls"
case "$*" in
*"get stamps") printf 'demo/eu-1\ndemo/eu-2\n' ;;
*"get tenants") printf 'acme\nglobex\n' ;;
*"get operations") printf 'op-1\n' ;;
*"get regions") printf 'eu-west\nus-east\n' ;;
esac
PROGRAM
chmod +x "$folder/stampctl"
source "$1"

failed=0
# offers LINE EXPECTED: the words of LINE, the last of which is being written.
offers()
{
    read -ra COMP_WORDS <<<"$1"
    [[ $1 == *' ' ]] && COMP_WORDS+=('')
    COMP_WORDS[0]=$folder/stampctl
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _stampctl 2>/dev/null || true # compopt only works inside a completion
    if [ "${COMPREPLY[*]}" != "$2" ]; then
        printf 'FAIL: %s\n  offers   %s\n  expected %s\n' "$1" "${COMPREPLY[*]}" "$2"
        failed=1
    fi
}

offers 'stampctl ge' 'get'
offers 'stampctl un' 'uncordon undo'
offers 'stampctl get st' 'stamps'
offers 'stampctl -o js' 'json'
offers 'stampctl cordon ' 'demo/eu-1 demo/eu-2'
offers 'stampctl cordon demo/eu-2 ' ''
offers 'stampctl dr' 'drain'
offers 'stampctl drain ' 'demo/eu-1 demo/eu-2'
offers 'stampctl drain demo/eu-2 --pa' '--parallel --partial'
offers 'stampctl drain demo/eu-2 --deadline ' ''
offers 'stampctl drain --deadline 1h demo/eu-2 ' ''
offers 'stampctl drain demo/eu-2 --to ' 'demo/eu-1 demo/eu-2'
offers 'stampctl evac' 'evacuate'
offers 'stampctl evacuate --reg' '--region'
offers 'stampctl evacuate --region ' 'eu-west us-east'
offers 'stampctl evacuate --region eu-west --max' '--max-load'
offers 'stampctl --source simulator=4 move a' 'acme'
offers 'stampctl move acme gl' 'globex'
offers 'stampctl move acme --to demo/eu-1' 'demo/eu-1'
offers 'stampctl move acme --par' '--parallel'
offers 'stampctl scale demo/eu-1 mem' 'memory='
offers 'stampctl undo ' 'op-1'
offers 'stampctl get --dry' ''
offers 'stampctl audit ' 'verify'
offers 'stampctl history ' 'demo/eu-1 demo/eu-2'
offers 'stampctl history demo/eu-1 --fr' '--from'
offers 'stampctl history demo/eu-1 --from ' ''
offers 'stampctl history demo/eu-1 --from -2h --to n' 'now'
offers 'stampctl reh' 'rehearse'
offers 'stampctl rehearse --fr' '--from'
offers 'stampctl rehearse --from -2h --to n' 'now'
offers 'stampctl conf' 'conformance'
offers 'stampctl conformance si' 'simulator='
offers 'stampctl conformance simulator=4 --w' '--writes'
offers 'stampctl conformance simulator=4 --writes demo/eu-1' 'demo/eu-1'
grep -qx -- '--source simulator=4 -o name get tenants' "$folder/calls" || {
    echo 'FAIL: the sources of the line are not the ones that are asked'
    failed=1
}
grep -qx -- '--source simulator=4 -o name get stamps' "$folder/calls" || {
    echo 'FAIL: the stamps to write to are not those of the adapter that is checked'
    failed=1
}
exit $failed
