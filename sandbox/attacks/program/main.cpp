// automod-attack: tries one thing and says what came of it. Part of `automod sandbox test`; run
// by the suite inside a sandbox, and by itself in a throwaway namespace as the control.

#include <cstdio>
#include <cstring>

#include "sandbox/attacks/program/attempt.hpp"

namespace automod::attack {

namespace {

using Group = std::span<const Attempt> (*)();

constexpr Group kGroups[] = {privilege_attempts, file_attempts,    kernel_attempts,
                             process_attempts,   network_attempts, limit_attempts,
                             output_attempts,    host_attempts,    layer_attempts};

const Attempt* find(const char* name) {
  for (const Group group : kGroups) {
    for (const Attempt& attempt : group()) {
      if (std::strcmp(attempt.name, name) == 0) return &attempt;
    }
  }
  return nullptr;
}

int list() {
  for (const Group group : kGroups) {
    for (const Attempt& attempt : group()) std::puts(attempt.name);
  }
  return 0;
}

const char* word(How how) {
  switch (how) {
    case How::kThrough:
      return "through";
    case How::kDenied:
      return "denied";
    case How::kUnable:
      return "unable";
  }
  return "unable";
}

int run(Arguments arguments) {
  const std::string name = argument(arguments, 0);
  if (name == "unconfined") return unconfined(arguments.subspan(1));
  if (name.empty() || name == "list") return list();
  const Attempt* attempt = find(name.c_str());
  if (attempt == nullptr) {
    std::fprintf(stderr, "automod-attack: no attempt '%s'\n", name.c_str());
    return 2;
  }
  const Seen seen = attempt->run(arguments.subspan(1));
  std::printf("\nautomod-attack: %s: %s\n", word(seen.how), seen.what.c_str());
  return 0;
}

}  // namespace

}  // namespace automod::attack

int main(int argc, char* argv[]) {
  return automod::attack::run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
}
