#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"

namespace automod::cli {

namespace {

std::string short_commit(const CommitId& commit) { return commit.text.substr(0, 12); }

void print_rollback(Context& context, Engine& engine, const store::Rollback& rollback) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  out << paint(Tone::kName, short_id(engine.store(), rollback.modification)) << "  "
      << paint(Tone::kGood, "taken back") << '\n';
  const std::string ref = printable_line(rollback.ref);
  if (rollback.commit) {
    out << fmt::format("  {} on {} undoes it\n", short_commit(*rollback.commit), ref);
  } else {
    out << fmt::format("  {} is gone; in force again: {}\n", ref, short_commit(rollback.restored));
  }
}

}  // namespace

Result<int> run_rollback(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto rollbacks = engine->rollback({.id = arguments.operand(0),
                                           .reason = *arguments.value("--reason"),
                                           .onto = arguments.value("--onto"),
                                           .cascade = arguments.has("--cascade")});
  if (!rollbacks) return fail(rollbacks.error());
  if (context.json()) {
    context.print(rollback_document(*rollbacks));
    return kDone;
  }
  for (const store::Rollback& one : *rollbacks) print_rollback(context, *engine, one);
  if (rollbacks->back().commit) context.out() << "  next: merge that branch\n";
  return kDone;
}

Result<int> run_merge(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto merge = engine->merge({.id = arguments.operand(0),
                                    .into = arguments.value("--into").value_or(""),
                                    .only_forward = arguments.has("--ff-only"),
                                    .hooks = arguments.has("--hooks")});
  if (!merge) return fail(merge.error());
  if (context.json()) {
    context.print(merge_document(*merge));
    return kDone;
  }
  const std::string branch = printable_line(merge->branch);
  std::ostream& out = context.out();
  out << context.paint()(Tone::kName, short_id(engine->store(), merge->modification)) << "  "
      << context.paint()(Tone::kGood, "merged") << '\n';
  out << fmt::format("  {} {} {}\n", branch,
                     merge->signer.empty() ? "moved forward to" : "holds it by merge commit",
                     short_commit(merge->after));
  if (!merge->worktree.empty()) {
    out << fmt::format("  the files in {} followed\n", printable_line(merge->worktree));
  }
  return kDone;
}

Result<int> run_undo(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto undone = engine->undo(arguments.value("--reason").value_or("undone"));
  if (!undone) return fail(undone.error());
  if (context.json()) {
    context.print(undo_document(*undone));
    return kDone;
  }
  std::ostream& out = context.out();
  out << fmt::format("{} the {} of {}\n", context.paint()(Tone::kGood, "undone:"), undone->kind,
                     undone->at);
  for (const store::RefMove& move : undone->refs) {
    if (!move.ref.starts_with("refs/heads/")) continue;
    out << fmt::format(
        "  {} {}\n", printable_line(move.ref),
        move.before ? "is at " + short_commit(*move.before) + " again" : std::string("is gone"));
  }
  return kDone;
}

}  // namespace automod::cli
