#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents_prompt.hpp"
#include "cli/handlers.hpp"
#include "engine/context.hpp"
#include "engine/repo/repo.hpp"

namespace automod::cli {

namespace {

std::string text_of(const PromptContext& made) {
  std::string text;
  for (const prompts::Section& section : sections_of(made)) {
    if (!text.empty()) text += '\n';
    text += prompts::fenced(section);
  }
  return text;
}

/// The commit alone: configuration says nothing of what a model is told.
Result<Target> target_at(const std::filesystem::path& directory, std::string_view revision) {
  const auto repo = repo::Repository::open(directory);
  if (!repo) return fail(repo.error());
  auto at = repo->resolve(revision);
  if (!at) return fail(std::move(at.error()));
  Target target;
  target.commit = std::move(at->commit);
  target.tree = std::move(at->tree);
  return target;
}

}  // namespace

Result<int> run_context(Context& context, const Arguments& arguments) {
  ContextTask task;
  task.focus = arguments.operands();
  task.words = arguments.value("--words").value_or("");
  task.tokens = arguments.number("--budget", task.tokens);
  if (task.focus.empty() && task.words.empty()) {
    return fail(ErrorKind::kUsage, "context needs a file, a symbol or --words",
                "'automod map' shows what there is");
  }
  const auto target = target_at(context.directory(), arguments.value("--base").value_or("HEAD"));
  if (!target) return fail(target.error());
  const auto maker = ContextMaker::open(context.directory(), *target, context.engine_world());
  if (!maker) return fail(maker.error());
  const auto made = maker->make(task);
  if (!made) return fail(made.error());
  if (context.json()) {
    context.print(context_document(*made, target->commit, task.tokens));
    return kDone;
  }
  context.out() << text_of(*made);
  for (const std::string& note : made->notes) context.remark(printable_line(note));
  std::string sum = fmt::format("{}, about {} of {} tokens", count(made->parts.size(), "part"),
                                made->tokens, task.tokens);
  if (made->left_out > 0) sum += fmt::format("; no room for {} more", made->left_out);
  context.remark(sum);
  return kDone;
}

}  // namespace automod::cli
