#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"

/// Evidence in, verdict out. Pure: no clock, no disk, no randomness but a fixed seed; the same
/// evidence gets the same verdict on every machine.
namespace automod::judge {

/// Increases with every change of a check, a weight or a threshold.
inline constexpr int kRulesVersion = 5;

Verdict judge(const Evidence& evidence, SafetyLevel level);

/// The first check that rejects a trial that has come as far as `evidence.reach`; nullopt when
/// nothing that was looked at does.
std::optional<std::string> first_blocker(const Evidence& evidence);

/// The least score that is approved at a level: 0.7, 0.5, 0.3.
double threshold(SafetyLevel level);

/// The most telling reason of a verdict in one line, safe to print; empty when every check passed.
std::string main_reason(const Verdict& verdict);

/// False for a check that did not get to see anything, because another one had ended the trial.
bool was_reached(const CheckOutcome& check);

/// What was run, measured and read, for whoever is to form an opinion of his own: no score, nobody
/// else's opinion, and of the stages no times, so that the same outcome reads the same. All text of
/// the target is escaped, every list is bounded.
std::string in_words(const Evidence& evidence);

/// A check in one line, for documentation and SARIF.
struct CheckInfo {
  std::string_view code;
  std::string_view summary;
};
const std::vector<CheckInfo>& all_checks();

/// The verdict as a person would want to read it: what was run, what was seen, why it counts,
/// what would change the answer.
std::string explain(const Evidence& evidence, const Verdict& verdict);
/// The same for the verdict of today's rules; where `recorded` was made by others, it shows both.
std::string explain(const Evidence& evidence, const Verdict& verdict, const Verdict& recorded);

}  // namespace automod::judge
