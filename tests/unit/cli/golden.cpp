#include "tests/unit/cli/golden.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/files.hpp"
#include "tests/unit/catch.hpp"

namespace automod::testing {

void check_golden(std::string_view name, const std::string& actual) {
  const std::filesystem::path file = std::filesystem::path("tests/fixtures/golden/cli") / name;
  if (std::getenv("AUTOMOD_ACCEPT_GOLDEN") != nullptr) {
    REQUIRE(write_file(file, actual).has_value());
    FAIL_CHECK("accepted " << file << "; run again without AUTOMOD_ACCEPT_GOLDEN");
    return;
  }
  const auto expected = read_file(file, kMiB);
  INFO("AUTOMOD_ACCEPT_GOLDEN=1 writes " << file);
  REQUIRE(expected.has_value());
  CHECK(actual == *expected);
}

int shell(const std::string& command, std::string* output) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  std::size_t length = 0;
  while ((length = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    if (output) output->append(buffer.data(), length);
  }
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool has_program(const std::string& name) { return shell("command -v " + name) == 0; }

}  // namespace automod::testing
