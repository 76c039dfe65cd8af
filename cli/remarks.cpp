#include "cli/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "cli/context.hpp"
#include "engine/judge/judge.hpp"
#include "engine/judge/spots.hpp"

namespace automod::cli {

namespace {

/// More places than that nobody reads, and services refuse long reports.
constexpr std::size_t kMostSpots = 50;

std::string first_path(const Candidate& candidate) {
  if (!candidate.place.path.empty()) return candidate.place.path;
  return candidate.files.empty() ? std::string() : candidate.files.front().path;
}

void add(const Gated& gated, const CheckOutcome& check, std::vector<Remark>& all) {
  auto spots = judge::spots_of(gated.tried->trial.evidence, check.code);
  if (spots.empty()) {
    const Candidate& candidate = gated.tried->listed.modification.candidate;
    all.push_back({.gated = &gated,
                   .check = &check,
                   .path = first_path(candidate),
                   .line = candidate.place.line,
                   .last_line = candidate.place.line,
                   .message = check.reason});
    return;
  }
  if (spots.size() > kMostSpots) spots.resize(kMostSpots);
  for (judge::Spot& spot : spots) {
    all.push_back({.gated = &gated,
                   .check = &check,
                   .path = std::move(spot.path),
                   .line = spot.line,
                   .last_line = spot.last_line,
                   .message = std::move(spot.what),
                   .has_spot = true});
  }
}

std::vector<Remark> errors_first(const std::vector<Remark>& remarks) {
  std::vector<Remark> sorted;
  std::ranges::copy_if(remarks, std::back_inserter(sorted), &Remark::is_error);
  std::ranges::copy_if(remarks, std::back_inserter(sorted), std::not_fn(&Remark::is_error));
  return sorted;
}

}  // namespace

std::vector<Remark> remarks_of(const Gated& gated) {
  std::vector<Remark> remarks;
  if (gated.error) remarks.push_back({.gated = &gated, .message = gated.error->message});
  if (const Verdict* verdict = verdict_of(gated)) {
    for (const CheckOutcome& check : verdict->checks) {
      if (check.result != CheckResult::kPass && judge::was_reached(check)) {
        add(gated, check, remarks);
      }
    }
  }
  return errors_first(remarks);
}

std::vector<Remark> remarks_of(const std::vector<Gated>& all) {
  std::vector<Remark> remarks;
  for (const Gated& gated : all) std::ranges::move(remarks_of(gated), std::back_inserter(remarks));
  return errors_first(remarks);
}

const Verdict* verdict_of(const Gated& gated) {
  if (!gated.tried || !gated.tried->listed.verdict) return nullptr;
  return &gated.tried->listed.verdict->verdict;
}

int exit_code(const Gated& gated) {
  if (gated.error) return exit_code(gated.error->kind);
  if (!gated.tried) return kDone;
  const Verdict* verdict = verdict_of(gated);
  return verdict ? exit_code(verdict->decision) : kInternal;
}

int exit_code(const std::vector<Gated>& all) {
  int worst = kDone;
  for (const Gated& gated : all) worst = worse(worst, exit_code(gated));
  return worst;
}

std::string_view result_name(const Gated& gated) {
  if (const Verdict* verdict = verdict_of(gated)) return name(verdict->decision);
  return gated.error || gated.tried ? "not_judged" : "no_change";
}

std::string_view result_name(const std::vector<Gated>& all) {
  const int worst = exit_code(all);
  std::string_view found = "no_change";
  for (const Gated& gated : all) {
    if (exit_code(gated) == worst && found == "no_change") found = result_name(gated);
  }
  return found;
}

std::string title_of(const Gated& gated) {
  if (!gated.commit) return gated.name;
  return fmt::format("{} {}", gated.commit->text.substr(0, 12), gated.name);
}

}  // namespace automod::cli
