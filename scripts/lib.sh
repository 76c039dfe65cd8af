# shellcheck shell=bash
# What scripts/test, scripts/demo, scripts/bench and .ci/run share. To be sourced by bash:
#
#   . "$(dirname "$0")/lib.sh"
#   automod_setup               installs what is missing
#   automod_build PRESET [TARGET...]   configures and builds, quietly unless it fails
#   automod_program PRESET      prints where that preset's automod stands
#
# It moves to the root of the checkout and sets automod_root and automod_jobs.

set -euo pipefail

automod_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
automod_jobs=$(nproc)
cd "$automod_root"

automod_say() { printf '==> %s\n' "$*" >&2; }

automod_setup() { scripts/setup; }

# Prints a command's output only when it fails, so that what matters is not drowned.
automod_quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

automod_configure() {
  automod_say "configuring build/$1"
  automod_quietly cmake --preset "$1"
}

automod_build() {
  local preset=$1
  shift
  automod_configure "$preset" || return
  automod_say "building build/$preset with $automod_jobs jobs"
  if [ $# -gt 0 ]; then
    automod_quietly cmake --build --preset "$preset" -j "$automod_jobs" --target "$@"
  else
    automod_quietly cmake --build --preset "$preset" -j "$automod_jobs"
  fi
}

automod_program() { printf '%s/build/%s/bin/automod\n' "$automod_root" "$1"; }
