#!/bin/sh
# Checks the claim protocol (claims.pml) exhaustively with spin, and that spin finds the bugs that can be planted in it.
# Needs spin and a C compiler; says so and ends with 77 where they are missing.
set -eu
model=$(cd "$(dirname "$0")" && pwd)/claims.pml
if ! command -v spin >/dev/null || ! command -v cc >/dev/null; then
  echo "claims: spin or cc is not installed, nothing was checked"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# check NAME FLAG WANTED: runs the model and compares the number of errors (0, or "some").
check() {
  spin -a $2 "$model" >/dev/null
  cc -w -O2 -DSAFETY -DCOLLAPSE -o pan pan.c
  ./pan -m100000 >out 2>&1 || true
  errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' out)
  states=$(sed -n 's/ *\([0-9.e+]*\) states, stored.*/\1/p' out)
  if grep -q 'Search not completed\|max search depth too small' out && [ "$3" = 0 ]; then
    echo "claims: $1: the search was not complete"; cat out; exit 1
  fi
  echo "claims: $1: $states states, ${errors:-no} errors"
  case $3 in
  0) [ "$errors" = 0 ] || { cat out; exit 1; } ;;
  *) [ "${errors:-0}" != 0 ] || { echo "claims: the planted bug was not found"; exit 1; } ;;
  esac
}

check "the protocol" "" 0
check "planted: reports under an epoch that is over count" "-DRECORDS=5 -DNO_EPOCH" some
check "planted: a claim whose number is not new counts" "-DRECORDS=5 -DNO_UNIQUE" some
check "planted: a claim is not checked against the log" "-DRECORDS=5 -DOUTSIDE" some
