#include <fmt/format.h>

#include "sandbox/attacks/case.hpp"

namespace automod::sandbox::attacks {

namespace {

/// The last line that automod-attack itself has written: its verdict and what it saw.
std::string last_words(const std::string& out) {
  constexpr std::string_view kSignature = "\nautomod-attack: ";
  const std::size_t at = out.rfind(kSignature);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + kSignature.size();
  return out.substr(begin, out.find('\n', begin) - begin);
}

std::string ending(const Execution& execution) {
  std::string text = fmt::format("{} {}", name(execution.outcome), execution.status);
  if (!execution.err.empty()) text += ": " + execution.err.substr(0, 200);
  return text;
}

}  // namespace

Finding contained(std::string detail) { return {Verdict::kContained, std::move(detail)}; }
Finding exposed(std::string detail) { return {Verdict::kExposed, std::move(detail)}; }
Finding skipped(std::string detail) { return {Verdict::kSkipped, std::move(detail)}; }

Finding what_it_says(Scene&, const Execution& execution) {
  const std::string words = last_words(execution.out);
  if (words.starts_with("through: ")) return exposed(words.substr(9));
  if (words.starts_with("denied: ")) return contained(words.substr(8));
  if (words.starts_with("unable: ")) return skipped(words.substr(8));
  return skipped("the attack said nothing: " + ending(execution));
}

Finding killed_or_denied(Scene& scene, const Execution& execution) {
  if (!last_words(execution.out).empty()) return what_it_says(scene, execution);
  if (execution.outcome == Outcome::kExited && execution.status != 1) {
    return skipped("the attack said nothing: " + ending(execution));
  }
  return contained(ending(execution));
}

Result<Execution> run_once(Scene& scene, Runner& runner, const CancelToken& cancel) {
  return runner.run(scene.policy, scene.command, cancel);
}

Result<Execution> run_once(Scene& scene, Runner& runner, const CancelToken& cancel,
                           const std::vector<std::string>& arguments) {
  Command command = scene.command;
  command.argv.resize(1);
  for (const std::string& argument : arguments) command.argv.push_back(scene.filled(argument));
  return runner.run(scene.policy, command, cancel);
}

}  // namespace automod::sandbox::attacks
