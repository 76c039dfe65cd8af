#include "engine/propose/model/model.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "engine/propose/model/edits.hpp"
#include "prompts/prompts.hpp"

namespace automod::propose {

namespace {

constexpr std::size_t kMostContext = 256 * 1024;
constexpr unsigned kExecutable = 0100755;

Result<bool> is_executable(const repo::Repository& repo, const TreeId& tree,
                           std::string_view path) {
  const auto entries = repo.list(tree);
  if (!entries) return fail(entries.error());
  for (const repo::Entry& entry : *entries) {
    if (entry.path == path) return entry.mode == kExecutable;
  }
  return false;
}

}  // namespace

std::string prompt_for(const Finding& finding, std::string_view content) {
  const Place& place = finding.place;
  return prompts::fix_finding({{"path", place.path},
                               {"line", std::to_string(place.line)},
                               {"symbol", place.symbol.empty() ? "file scope" : place.symbol},
                               {"rule", finding.rule},
                               {"message", finding.message},
                               {"why", finding.why},
                               {"content", std::string(content)}});
}

Result<Candidate> ask_model(ModelClient& model, const repo::Repository& repo, const TreeId& tree,
                            const Finding& finding, const CancelToken& cancel) {
  const FileReader read = [&](std::string_view path) {
    return repo.read(tree, path, kMostContext);
  };
  const auto content = read(finding.place.path);
  if (!content) return fail(content.error());
  const std::string prompt = prompt_for(finding, content->value_or(""));
  const auto text = model.complete(prompt, cancel);
  if (!text) return fail(text.error());
  const auto answer = read_answer(*text);
  if (!answer) return fail(answer.error());
  auto files = apply_edits(answer->edits, read);
  if (!files) return fail(files.error());
  for (FileChange& file : *files) {
    const auto executable = is_executable(repo, tree, file.path);
    if (!executable) return fail(executable.error());
    file.original_executable = file.executable = *executable;
  }
  Candidate candidate;
  candidate.type = finding.type;
  candidate.summary = fmt::format("{} in {}", finding.rule, finding.place.path);
  candidate.reasoning = answer->reasoning;
  candidate.origin = {
      .proposer = ProposerKind::kModel, .name = model.name(), .prompt_digest = sha256(prompt)};
  candidate.place = finding.place;
  candidate.files = std::move(*files);
  return candidate;
}

}  // namespace automod::propose
