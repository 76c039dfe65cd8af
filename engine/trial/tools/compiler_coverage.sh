#!/bin/sh
# The compiler of this name, counting how often each line runs. Without optimisation, lines are
# what the source says they are.
real=@REAL@
add='--coverage -fprofile-update=atomic -O0 -g -U_FORTIFY_SOURCE -Wno-error'
has_input=
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  case $word in
    -fprofile-* | -fno-profile-* | -ftest-coverage | -fno-test-coverage | --no-coverage) continue ;;
    -flto | -flto=*) continue ;;
    -nostdlib | -nostartfiles | -nodefaultlibs | -nolibc | -ffreestanding | -r | -Wl,-r) add= ;;
    - | @*) has_input=yes ;;
    -*) ;;
    *) has_input=yes ;;
  esac
  set -- "$@" "$word"
done
[ -n "$has_input" ] || exec "$real" "$@"
# shellcheck disable=SC2086
exec "$real" "$@" $add
