// wordrank_tests [NAME]: runs one test, or all of them.

#include <cstdio>
#include <cstring>
#include <exception>

#include "check.hpp"

namespace check {

namespace {
int failures = 0;
}

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

void fail(const char* file, int line, const std::string& message) {
  std::printf("%s:%d: %s\n", file, line, message.c_str());
  ++failures;
}

}  // namespace check

int main(int argc, char** argv) {
  const char* wanted = argc > 1 ? argv[1] : nullptr;
  int run = 0;
  for (const auto& test : check::cases()) {
    if (wanted != nullptr && std::strcmp(wanted, test.name) != 0) continue;
    ++run;
    const int before = check::failures;
    try {
      test.run();
    } catch (const std::exception& error) {
      check::fail(test.name, 0, std::string("threw ") + error.what());
    }
    std::printf("%s %s\n", check::failures == before ? "ok    " : "FAILED", test.name);
  }
  if (run == 0) {
    std::printf("no test is called %s\n", wanted != nullptr ? wanted : "anything");
    return 2;
  }
  return check::failures == 0 ? 0 : 1;
}
