#include "engine/context/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "analyzers/map/map.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"

namespace automod::context {

namespace {

// Shares of all tokens.
constexpr std::size_t kFocusShare = 60;  // percent
constexpr std::size_t kMoreShare = 25;
constexpr std::size_t kRestShare = 25;
constexpr std::size_t kPercent = 100;

static_assert(kCut.starts_with(kLinesLeftOut));

constexpr std::size_t kBytesOfToken = 3;
constexpr std::size_t kLeastOfLine = 40;  // bytes

/// Evidence of attempts comes last: it is all that differs between two questions of one task.
std::size_t place(PartKind kind) {
  static constexpr std::array kOrder = {
      PartKind::kConventions, PartKind::kMap,    PartKind::kType,
      PartKind::kCallee,      PartKind::kCaller, PartKind::kTest,
      PartKind::kFigures,     PartKind::kFocus,  PartKind::kEvidence};
  return static_cast<std::size_t>(std::ranges::find(kOrder, kind) - kOrder.begin());
}

bool is_more(const Offer& offer) {
  return offer.part.kind == PartKind::kFigures || offer.part.kind == PartKind::kEvidence;
}

/// Are all its lines in one that was chosen before?
bool is_shown(const ContextPart& part, const std::vector<ContextPart>& chosen) {
  if (part.path.empty() || part.line == 0) return false;
  return std::ranges::any_of(chosen, [&](const ContextPart& other) {
    return other.path == part.path && other.line != 0 && other.line <= part.line &&
           part.last_line <= other.last_line;
  });
}

/// Shares `tokens` out so that what is short has all it wants and the others as much as each other.
void share(std::vector<Offer*> offers, std::size_t tokens) {
  std::ranges::sort(offers, {}, [](const Offer* one) { return tokens_of(one->part); });
  std::size_t left = tokens;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    ContextPart& part = offers[i]->part;
    const std::size_t most = left / (offers.size() - i);
    if (tokens_of(part) > most) cut(part, offers[i]->line, most);
    left -= std::min(left, tokens_of(part));
  }
}

std::string no_room_for(const ContextPart& part) {
  return fmt::format("{}: there is no room for it", printable_line(part.path));
}

/// As it is sent, with the empty line behind it.
std::string sent(const ContextPart& part) {
  PromptContext one;
  one.parts.push_back(part);
  return prompts::fenced(sections_of(one).front()) + "\n";
}

/// The beginning of a line in so many bytes, or in kLeastOfLine where that is more.
std::string shortened(std::string_view line, std::size_t bytes) {
  if (line.size() <= bytes) return std::string(line);
  const std::size_t most = bytes - std::min(bytes, kLineCut.size());
  const std::string_view part = automod::head(line, std::max(most, kLeastOfLine));
  return std::string(part).append(part.size() < line.size() ? kLineCut : std::string_view());
}

/// Adds to what is chosen and remembers how much room is left.
class Fitting {
 public:
  explicit Fitting(std::size_t tokens) : left_(tokens) {}

  std::size_t left() const { return left_; }

  void add(ContextPart part, bool has_to_be) {
    if (part.text.empty() || is_shown(part, made_.parts)) return;
    part.tokens = tokens_of(part);
    if (part.tokens > left_) {
      ++made_.left_out;
      if (has_to_be) made_.notes.push_back(no_room_for(part));
      return;
    }
    left_ -= std::min(left_, part.tokens);
    made_.tokens += part.tokens;
    made_.parts.push_back(std::move(part));
  }

  PromptContext take() {
    std::vector<std::size_t> order(made_.parts.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    // By number last: what is equal stays in the order in which it was added.
    std::ranges::sort(order, {}, [&](std::size_t i) {
      const ContextPart& part = made_.parts[i];
      const bool is_code = part.kind != PartKind::kFigures && part.kind != PartKind::kEvidence;
      return std::tuple(place(part.kind), is_code ? part.path : std::string(), part.line, i);
    });
    std::vector<ContextPart> sorted;
    for (const std::size_t i : order) sorted.push_back(std::move(made_.parts[i]));
    made_.parts = std::move(sorted);
    return std::move(made_);
  }

 private:
  std::size_t left_;
  PromptContext made_;
};

}  // namespace

std::size_t tokens_of(const ContextPart& part) { return analyzers::estimated_tokens(sent(part)); }

void cut(ContextPart& part, std::size_t line, std::size_t tokens) {
  const std::vector<std::string_view> lines = split_lines(part.text);
  if (lines.empty()) return;
  const std::size_t begin = part.line;
  const std::size_t meant =
      begin != 0 && line >= begin ? std::min(line - begin, lines.size() - 1) : 0;
  // All but the text: its fences are as long as all of it wants them.
  const std::size_t fixed = sent(part).size() - part.text.size() + 2 * kCut.size();
  std::size_t room = kBytesOfToken * tokens - std::min(kBytesOfToken * tokens, fixed);
  const std::string middle = shortened(lines[meant], room - std::min<std::size_t>(room, 1));
  room -= std::min(room, middle.size() + 1);
  std::size_t first = meant;
  std::size_t last = meant;
  // Downwards twice for each time upwards: what follows a place says more than what is before it.
  for (bool grows = true; grows;) {
    grows = false;
    for (const bool down : {true, false, true}) {
      const bool has_more = down ? last + 1 < lines.size() : first > 0;
      if (!has_more) continue;
      const std::size_t next = down ? last + 1 : first - 1;
      if (lines[next].size() + 1 > room) continue;
      room -= lines[next].size() + 1;
      (down ? last : first) = next;
      grows = true;
    }
  }
  std::string text;
  if (first > 0) text += kCut;
  for (std::size_t i = first; i <= last; ++i) text.append(i == meant ? middle : lines[i]) += '\n';
  if (last + 1 < lines.size()) text += kCut;
  if (begin != 0) {
    part.line = begin + first;
    part.last_line = begin + last;
  }
  part.text = std::move(text);
}

Result<PromptContext> fit(std::vector<Offer> offers, std::size_t tokens, const Rest& rest) {
  std::vector<Offer*> focus;
  std::vector<Offer*> more;
  for (Offer& offer : offers) {
    if (is_more(offer))
      more.push_back(&offer);
    else if (offer.has_to_be)
      focus.push_back(&offer);
  }
  share(focus, more.empty() ? tokens * (kFocusShare + kMoreShare / 2) / kPercent
                            : tokens * kFocusShare / kPercent);
  share(more, tokens * kMoreShare / kPercent);
  std::ranges::sort(offers, {}, [](const Offer& one) {
    return std::tuple(!one.has_to_be, -one.weight, std::string_view(one.part.path), one.part.line);
  });
  Fitting fitting(tokens);
  for (Offer& offer : offers) fitting.add(std::move(offer.part), offer.has_to_be);
  auto last = rest(std::min(fitting.left(), tokens * kRestShare / kPercent));
  if (!last) return fail(std::move(last.error()));
  for (ContextPart& part : *last) fitting.add(std::move(part), false);
  return fitting.take();
}

}  // namespace automod::context
