#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"

/// What others say of the change who were asked for their opinion. It takes away and never gives:
/// whoever finds nothing against a change has proven nothing.
namespace automod::judge {

namespace {

constexpr double kOfDoubt = 0.15;   // each
constexpr double kOfDoubts = 0.45;  // all together
constexpr double kOfVeto = 0.6;

std::vector<const Opinion*> those_that_say(const Evidence& evidence, OpinionSays says) {
  std::vector<const Opinion*> found;
  for (const Opinion& opinion : evidence.opinions) {
    if (opinion.says == says) found.push_back(&opinion);
  }
  return found;
}

/// "eyes (toy): it drops a lock", of a few.
std::string told(const std::vector<const Opinion*>& opinions) {
  constexpr std::size_t kShown = 3;
  constexpr std::size_t kLongest = 160;
  std::string text;
  for (std::size_t i = 0; i < opinions.size() && i < kShown; ++i) {
    const std::string& reason = opinions[i]->reason;
    text += fmt::format(
        "{}{}: {}{}", i == 0 ? "" : "; ", printable_line(head(opinions[i]->reviewer, kLongest)),
        printable_line(head(reason, kLongest)), reason.size() > kLongest ? "…" : "");
  }
  if (opinions.size() > kShown) text += fmt::format(" and {} more", opinions.size() - kShown);
  return text;
}

}  // namespace

CheckOutcome second_opinion(const Evidence& evidence) {
  if (evidence.opinions.empty()) return passes("no second pair of eyes was asked");
  const auto vetoes = those_that_say(evidence, OpinionSays::kVeto);
  if (!vetoes.empty()) return blocks(kOfVeto, "vetoed by " + told(vetoes));
  const auto doubts = those_that_say(evidence, OpinionSays::kDoubtful);
  const auto silent = those_that_say(evidence, OpinionSays::kUnanswered);
  const double penalty = std::min(kOfDoubt * static_cast<double>(doubts.size()), kOfDoubts);
  if (!silent.empty()) {
    const std::string also = doubts.empty() ? "" : "; doubted by " + told(doubts);
    return asks(penalty, "asked for, but not had: an opinion of " + told(silent) + also);
  }
  if (!doubts.empty()) return warns(penalty, "doubted by " + told(doubts));
  return passes(counted(evidence.opinions.size(), "second pair") +
                " of eyes saw nothing against it");
}

}  // namespace automod::judge
