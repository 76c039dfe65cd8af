#include "engine/context/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/secrets.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"

namespace automod::context {

namespace {

constexpr std::size_t kMostRead = 8192;  // bytes of a line; what is shown of it is shorter
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kMaybeKey = "PRIVATE KEY";

Shown with_secrets(std::string_view text, const std::vector<SecretLine>& secrets,
                   std::size_t before) {
  Shown made;
  std::size_t number = before;
  auto secret = secrets.begin();
  for (std::string_view line : split_lines(text)) {
    ++number;
    while (secret != secrets.end() && secret->line < number) ++secret;
    if (secret != secrets.end() && secret->line == number) {
      made.text += left_out(secret->kind) + '\n';
      ++made.secrets;
      continue;
    }
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    const std::string safe = printable(line.substr(0, kMostRead));
    const std::string_view part = shown_part(safe);
    const bool is_cut = part.size() < safe.size();
    made.cut += is_cut ? 1 : 0;
    made.escaped += safe != line && !is_cut ? 1 : 0;
    made.text += part;
    if (is_cut) made.text += kLineCut;
    made.text += '\n';
  }
  return made;
}

}  // namespace

Lines::Lines(std::string text) : text_(std::move(text)) {
  for (std::size_t begin = 0; begin < text_.size();) {
    begins_.push_back(begin);
    const std::size_t end = text_.find('\n', begin);
    if (end == std::string::npos) break;
    begin = end + 1;
  }
}

std::size_t Lines::line_of(std::size_t byte) const {
  const auto after = std::ranges::upper_bound(begins_, byte);
  return std::max<std::size_t>(1, static_cast<std::size_t>(after - begins_.begin()));
}

std::string_view Lines::slice(std::size_t first, std::size_t last) const {
  first = std::max<std::size_t>(first, 1);
  last = std::min(last, begins_.size());
  if (first > last) return {};
  const std::size_t end = last < begins_.size() ? begins_[last] : text_.size();
  return std::string_view(text_).substr(begins_[first - 1], end - begins_[first - 1]);
}

Span lines_of(const analyzers::Symbol& symbol, const Lines& lines) {
  const bool has_doc = symbol.doc.end > symbol.doc.begin && symbol.doc.begin < symbol.whole.begin;
  const std::uint32_t end = std::max(symbol.whole.end, symbol.whole.begin + 1);
  return {.first = lines.line_of(has_doc ? symbol.doc.begin : symbol.whole.begin),
          .last = lines.line_of(end - 1)};
}

Result<const Lines*> Texts::of(std::string_view path) {
  const auto known = known_.find(path);
  if (known != known_.end()) return &known->second;
  auto text = tree_.text(path);
  if (!text) return fail(std::move(text.error()));
  return &known_.emplace(std::string(path), Lines(std::move(*text))).first->second;
}

Shown shown(std::string_view text) { return with_secrets(text, secret_lines(text), 0); }

Shown shown(const Lines& file, std::size_t first, std::size_t last) {
  const std::string_view part = file.slice(first, last);
  const std::size_t before = first - 1;
  if (file.text().contains(kMaybeKey)) {
    return with_secrets(part, secret_lines(file.text()), before);
  }
  std::vector<SecretLine> secrets = secret_lines(part);
  for (SecretLine& one : secrets) one.line += before;
  return with_secrets(part, secrets, before);
}

}  // namespace automod::context
