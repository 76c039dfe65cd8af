#include "engine/propose/unseen.hpp"

#include <fmt/format.h>

#include "base/secrets.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "engine/propose/answer_marks.hpp"
#include "engine/propose/file_lines.hpp"

namespace automod::propose {

void withhold_secrets(std::string_view text, Withheld& into) {
  const std::vector<SecretLine> secrets = secret_lines(text);
  if (secrets.empty()) return;
  const std::vector<Line> lines = lines_of(text);
  for (const SecretLine& secret : secrets) into.insert(lines.at(secret.line - 1).text);
}

std::optional<std::string> fault_of_rewriting(std::string_view text) {
  const std::vector<SecretLine> secrets = secret_lines(text);
  if (!secrets.empty()) return fmt::format("line {} of it may hold a secret", secrets.front().line);
  std::size_t number = 0;
  for (const Line& line : lines_of(text)) {
    ++number;
    if (printable(line.text) != line.text) {
      return fmt::format("line {} of it has characters that do not show", number);
    }
    if (shown_part(line.text) != line.text) {
      return fmt::format("line {} of it is too long to be shown", number);
    }
  }
  return std::nullopt;
}

std::set<std::string_view> marks_of_unseen(std::string_view text) {
  std::set<std::string_view> marks;
  for (const Line& line : lines_of(text)) {
    const std::string_view words = trimmed(line.text);
    const bool is_mark =
        words == kLinesLeftOut || words.starts_with(kLineLeftOut) || words.ends_with(kLineCut);
    if (is_mark) marks.insert(line.text);
  }
  return marks;
}

}  // namespace automod::propose
