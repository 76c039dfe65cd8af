#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

/// What a gate has to say of places, as reports and annotations list it.
namespace automod::cli {

/// One thing that a check saw, or that kept a change from being judged. The texts are the
/// target's: escape them before they are shown.
struct Remark {
  const Gated* gated = nullptr;
  const CheckOutcome* check = nullptr;  // null: the change could not be judged
  std::string path;                     // empty: none can be named
  std::size_t line = 0;                 // from 1; 0: the whole file
  std::size_t last_line = 0;
  std::string message;
  bool has_spot = false;  // the message is about this place, not about the check as a whole

  bool is_error() const { return check == nullptr || check->result == CheckResult::kFail; }
  /// "tests_failed"; "not_judged" where there is no check.
  std::string_view code() const { return check ? std::string_view(check->code) : "not_judged"; }
};

/// Errors first, else in order; a bounded number for each check. Points into what was given.
std::vector<Remark> remarks_of(const Gated& gated);
std::vector<Remark> remarks_of(const std::vector<Gated>& all);

/// The verdict of a change; nullptr without one.
const Verdict* verdict_of(const Gated& gated);

/// What a gate says of one change: the verdict's exit code, the error's, or 0 for no change.
int exit_code(const Gated& gated);
/// The worst of them.
int exit_code(const std::vector<Gated>& all);

/// "approved", "needs_approval", "rejected", "not_judged", "no_change".
std::string_view result_name(const Gated& gated);
/// That of the worst.
std::string_view result_name(const std::vector<Gated>& all);

/// "1a2b3c4d5e6f Subject of the commit", or the name of the change.
std::string title_of(const Gated& gated);

}  // namespace automod::cli
