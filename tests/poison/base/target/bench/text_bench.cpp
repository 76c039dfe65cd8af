// Escapes, fills, splits and matches a made-up log. Always does the same work and prints a checksum
// of what came out.

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/text.hpp"

using namespace automod;

namespace {

constexpr int kLines = 25000;
constexpr int kPaths = 15000;

std::uint64_t mix(std::uint64_t sum, std::string_view text) {
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return sum;
}

std::string log_of(std::mt19937_64& random) {
  static const char* const kWords[] = {"opening", "closing",  "cache", "entry", "gr\u00fc\u00dfe",
                                       "\x1b[1m", "\xe2\x82", "of",    "42",    "tests/unit/x"};
  std::string log;
  for (int line = 0; line < kLines; ++line) {
    const auto words = 3 + random() % 12;
    for (std::uint64_t i = 0; i < words; ++i) {
      log += kWords[random() % 10];
      log += i + 1 < words ? ' ' : '\n';
    }
  }
  return log;
}

std::string path_of(std::mt19937_64& random) {
  static const char* const kParts[] = {"base", "engine", "tests", "unit", "text", "x.cpp", "y.hpp"};
  std::string path = kParts[random() % 7];
  for (auto more = random() % 5; more > 0; --more) path += std::string("/") + kParts[random() % 7];
  return path;
}

}  // namespace

int main() {
  std::mt19937_64 random(20240229);
  const std::string log = log_of(random);
  std::uint64_t sum = 14695981039346656037ULL;
  sum = mix(sum, printable(log));
  sum = mix(sum, valid_utf8(log));
  for (const std::string_view line : split_lines(log)) sum = mix(sum, printable_line(line));
  sum = mix(sum, wrap(log, 72));

  const std::vector<std::string> commands = {"analyze", "apply", "explain", "list", "log",
                                             "propose", "show",  "try",     "undo", "verify"};
  for (int i = 0; i < kPaths; ++i) {
    const std::string path = path_of(random);
    for (const char* pattern : {"tests/**", "**/*.cpp", "base/*", "engine/**/unit/*.hpp"}) {
      sum = mix(sum, glob_match(pattern, path) ? "yes" : "no");
    }
    sum = mix(sum, suggestion(path.substr(0, 7), commands));
  }
  std::printf("checksum %016llx\n", static_cast<unsigned long long>(sum));
}
