#!/bin/sh
# Prints what gcov says of everything that was compiled in the tree. Which gcov can read the notes
# of a compiler stands in their first bytes.
lists=$(mktemp -d) || exit 1
find . -type f -name '*.gcno' | while IFS= read -r notes; do
  case $(head -c 8 "$notes" | tail -c 4 | tr -d '\000') in
    ?[0-9][0-9][0-9]) tool=llvm ;;
    ?[0-9][0-9]A) tool=$(head -c 7 "$notes" | tail -c 1) ;;
    ?[0-9][0-9]B) tool=1$(head -c 7 "$notes" | tail -c 1) ;;
    ?[0-9][0-9]C) tool=2$(head -c 7 "$notes" | tail -c 1) ;;
    *) continue ;;
  esac
  printf '%s\0' "$notes" >>"$lists/$tool"
done
for list in "$lists"/*; do
  [ -e "$list" ] || continue
  tool=${list##*/}
  if [ "$tool" = llvm ]; then
    for program in llvm-cov llvm-cov-21 llvm-cov-20 llvm-cov-19 llvm-cov-18 llvm-cov-14; do
      if command -v "$program" >/dev/null; then
        xargs -0 -n 50 "$program" gcov -t -r -s /tree <"$list"
        break
      fi
    done
  elif command -v "gcov-$tool" >/dev/null; then
    xargs -0 -n 50 "gcov-$tool" --json-format --stdout -r -s /tree <"$list"
  else
    xargs -0 -n 50 gcov --json-format --stdout -r -s /tree <"$list"
  fi
done
exit 0
