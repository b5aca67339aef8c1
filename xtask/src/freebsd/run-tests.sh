#!/bin/sh
# Runs the tests that stand beside this script, as the user at hand, and prints what fails. Nothing else is needed than
# what FreeBSD has, and nothing is written but temporary files. The last line is the total.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
temporary=$(mktemp -d "${TMPDIR:-/tmp}/sandbox-tests.XXXXXX") || exit 2
trap 'rm -rf "$temporary"' EXIT
trap 'exit 2' HUP INT TERM

# Beside a test program's own time limits: none may hold up the others for ever.
limit=
command -v timeout >/dev/null 2>&1 && limit='timeout -k 10 1200'

# Tests of root's become nobody and start their program again, who does not get into root's own folder. Each is copied to
# where everybody gets then.
output=$temporary/output
copies=
place=$here
while [ "$(id -u)" -eq 0 ] && [ "$place" != / ]; do
    [ -n "$(find "$place" -prune -perm -1)" ] || copies=$temporary
    place=$(dirname -- "$place")
done
chmod 755 "$temporary" || exit 2

# What cargo would tell the tests about the workspace.
set --
for program in "$here"/programs/*; do
    [ -e "$program" ] && set -- "$@" "CARGO_BIN_EXE_${program##*/}=$program"
done

passed=0
failed=0

# number WORD LINE: the number before WORD in a result line.
number() {
    printf '%s;\n' "$2" | sed -n "s/.* \([0-9][0-9]*\) $1;.*/\1/p"
}

# run FOLDER NAME VARIABLES…: runs one program and counts by its last result line.
run() {
    folder=$here/workspace/$1
    name=$2
    shift 2
    program=$here/tests/$name
    if [ -n "$copies" ]; then
        cp "$program" "$copies/$name" && chmod 755 "$copies/$name" || exit 2
        program=$copies/$name
    fi
    (
        cd -- "$folder" || exit 2
        # $limit is several words.
        # shellcheck disable=SC2086
        exec env "$@" "CARGO_MANIFEST_DIR=$folder" "INSTA_WORKSPACE_ROOT=$here/workspace" INSTA_UPDATE=no \
            $limit "$program"
    ) </dev/null >"$output" 2>&1
    status=$?
    [ -z "$copies" ] || rm -f "$program"
    # Whatever bytes a test prints.
    line=$(grep -a '^test result: ' "$output" | tail -n 1)
    ok=$(number passed "$line")
    bad=$(number failed "$line")
    passed=$((passed + ${ok:-0}))
    failed=$((failed + ${bad:-0}))
    trouble=
    if [ -z "$ok" ] || [ -z "$bad" ]; then
        trouble="ended with status $status, without a result line"
    elif [ "$bad" -eq 0 ] && [ "$status" -ne 0 ]; then
        trouble="ended with status $status, though no test failed"
    elif [ "$bad" -eq 0 ]; then
        printf '%s: %s passed\n' "$name" "$ok"
        return
    fi
    printf '\n== %s\n' "$name"
    cat "$output"
    if [ -n "$trouble" ]; then
        failed=$((failed + 1))
        printf '%s: %s\n' "$name" "$trouble"
    fi
    printf '\n'
}

# The test programs stand here.

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
