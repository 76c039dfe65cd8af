#include "analyzers/clang/worker/writer.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "analyzers/clang/ast_format.hpp"

namespace automod::worker {

namespace {

namespace ast = analyzers::ast;

constexpr std::size_t kKeptOfLong = ast::kLongestText / 4;

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\\\";
    } else if (c == '\n') {
      safe += "\\n";
    } else if (c == '\0') {
      safe += ' ';
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

std::uint64_t fnv(std::string_view text, std::uint64_t before) {
  for (const char c : text) {
    before ^= static_cast<unsigned char>(c);
    before *= 0x100000001b3;
  }
  return before;
}

std::string hex(std::uint64_t number) {
  std::array<char, 17> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return {digits.data(), end.ptr};
}

Writer::Writer() {
  line(ast::kHeading);
  text("");
}

std::uint64_t Writer::text(std::string_view text) {
  std::string kept(text.substr(0, kKeptOfLong));
  if (text.size() > kKeptOfLong) kept += " …" + hex(fnv(text));
  const auto [place, is_new] = texts_.try_emplace(std::move(kept), texts_.size());
  if (is_new) line("n " + escaped(place->first));
  return place->second;
}

std::uint64_t Writer::file(const std::string& path) {
  const auto [place, is_new] = files_.try_emplace(path, files_.size());
  if (is_new) record('f', {text(path)});
  return place->second;
}

void Writer::record(char kind, std::initializer_list<std::uint64_t> fields) {
  std::string text(1, kind);
  for (const std::uint64_t field : fields) text += ' ' + std::to_string(field);
  line(text);
}

bool Writer::finish() {
  line("end " + std::to_string(lines_));
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

void Writer::line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  ++lines_;
}

}  // namespace automod::worker
