#!/bin/sh
# The compiler of this name with address and undefined-behaviour sanitizers. They come last, so
# that nothing before them can switch them off; what would choose others, or cannot go together
# with them, is left out. More optimisation would cost time and remove what they look for.
real=@REAL@
add='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1 -g -Wno-error'
has_input=
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  case $word in
    -fsanitize=* | -fno-sanitize* | -fsanitize-* | -static | -static-pie | -static-lib*san) continue ;;
    -D_FORTIFY_SOURCE=* | -Wp,-D_FORTIFY_SOURCE=*) continue ;;
    -Wl,-z,defs | -Wl,--no-undefined | -Wl,-no-undefined) continue ;;
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
