#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/types/evidence.hpp"

namespace automod::trial {

/// What the runs of a benchmark printed, compared with the base's first.
class OutputsSeen {
 public:
  /// With `compares` false nothing printed is part of the answer.
  explicit OutputsSeen(bool compares) : compares_(compares) {}

  void add(bool is_candidate, std::string_view out);

  /// Fills output_differs, output_unstable and what differs first, from its line on.
  void conclude(BenchmarkEvidence& evidence) const;

 private:
  bool compares_;
  bool unstable_ = false;
  std::optional<std::string> base_;       // the first
  std::optional<std::string> waiting_;    // the candidate's, which ran before
  std::optional<std::string> different_;  // the candidate's first that is not the base's
};

/// `text` from the line on in which it first differs from `other`; bounded, valid UTF-8.
std::string from_difference(std::string_view text, std::string_view other);

}  // namespace automod::trial
