#include "engine/trial/bench_output.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace automod::trial {

void OutputsSeen::add(bool is_candidate, std::string_view out) {
  if (!compares_) return;
  if (!is_candidate) {
    if (!base_) {
      base_ = std::string(out);
      if (waiting_ && *waiting_ != *base_) different_ = std::move(waiting_);
      waiting_.reset();
    }
    unstable_ = unstable_ || *base_ != out;
  } else if (!base_) {
    if (!waiting_) waiting_ = std::string(out);
  } else if (!different_ && *base_ != out) {
    different_ = std::string(out);
  }
}

void OutputsSeen::conclude(BenchmarkEvidence& evidence) const {
  evidence.output_unstable = unstable_;
  evidence.output_differs = !unstable_ && different_.has_value();
  if (!evidence.output_differs) return;
  evidence.base_output = from_difference(*base_, *different_);
  evidence.candidate_output = from_difference(*different_, *base_);
}

std::string from_difference(std::string_view text, std::string_view other) {
  constexpr std::size_t kShown = 1500;
  const auto parted = std::ranges::mismatch(text, other).in1 - text.begin();
  const auto at = static_cast<std::size_t>(parted);
  const std::size_t line = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t start = line == std::string_view::npos ? 0 : line + 1;
  return valid_utf8(text.substr(start, kShown));
}

}  // namespace automod::trial
