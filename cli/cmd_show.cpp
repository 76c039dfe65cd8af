#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "engine/ask.hpp"

namespace automod::cli {

namespace {

std::string heading(std::string_view text, const Paint& paint) {
  return '\n' + paint(Tone::kTitle, text) + '\n';
}

std::string origin_text(const Candidate& candidate) {
  std::string text = std::string(name(candidate.origin.proposer));
  if (!candidate.origin.name.empty()) text += ": " + printable_line(candidate.origin.name);
  return text;
}

std::string place_with_symbol(const Candidate& candidate) {
  std::string text = place_text(candidate);
  if (!candidate.place.symbol.empty()) text += " in " + printable_line(candidate.place.symbol);
  return text;
}

std::string head_text(const store::ListedModification& listed, const Paint& paint) {
  const Modification& modification = listed.modification;
  const Candidate& candidate = modification.candidate;
  Table table;
  table.add({{"status"}, {std::string(name(listed.status)), tone_of(listed.status)}});
  table.add({{"type"}, {std::string(name(candidate.type))}});
  table.add({{"from"}, {origin_text(candidate)}});
  table.add({{"base"}, {modification.base_commit.text.substr(0, 12)}});
  table.add({{"place"}, {place_with_symbol(candidate)}});
  table.add({{"created"}, {modification.created_at}});
  if (candidate.parent) table.add({{"parent"}, {candidate.parent->text, Tone::kName}});
  if (listed.application) {
    table.add({{"branch"}, {printable_line(listed.application->branch)}});
    table.add({{"commit"}, {listed.application->commit.text.substr(0, 12)}});
  }
  if (listed.rollback) {
    table.add({{"taken back"},
               {fmt::format("{} ({}): {}", listed.rollback->rolled_back_at, listed.rollback->method,
                            printable_line(listed.rollback->reason))}});
  }
  return fmt::format("{}\n{}\n", paint(Tone::kName, modification.id.text),
                     paint(Tone::kTitle, printable_line(candidate.summary))) +
         table.text(paint, 2, 0);
}

std::string executions_text(const std::vector<store::ExecutionRow>& executions, const Paint& paint,
                            std::size_t width) {
  Table table;
  for (const store::ExecutionRow& row : executions) {
    const bool ok = row.outcome == "exited" && row.exit_code == 0;
    table.add({{std::string(name(row.type))},
               {ok ? "ok" : fmt::format("{} {}", printable_line(row.outcome), row.exit_code),
                ok ? Tone::kGood : Tone::kBad},
               {duration(row.wall_ms), Tone::kPlain, true},
               {fmt::format("{} MB", row.memory_mb), Tone::kPlain, true},
               {printable_line(row.command), Tone::kDim}});
  }
  return table.text(paint, 2, width);
}

void print_text(Context& context, const Shown& shown, bool with_diff, const std::string& id) {
  const Paint& paint = context.paint();
  const std::size_t width = context.text_width();
  std::ostream& out = context.out();
  const Candidate& candidate = shown.listed.modification.candidate;
  out << head_text(shown.listed, paint);
  if (!candidate.reasoning.empty() && candidate.reasoning != candidate.summary) {
    out << heading("reasoning", paint) << paragraph(printable(candidate.reasoning), 2, width);
  }
  if (shown.listed.verdict) {
    const Verdict& verdict = shown.listed.verdict->verdict;
    out << heading("verdict", paint) << "  " << verdict_line(verdict, paint) << '\n'
        << checks_text(verdict, paint, 2, width);
  }
  const std::string figures =
      shown.trial ? figures_text(shown.trial->evidence, paint, 2) : std::string();
  if (!figures.empty()) out << heading("figures", paint) << figures;
  if (!shown.executions.empty()) {
    out << heading("executions", paint)
        << executions_text(shown.executions, paint, context.table_width());
  }
  if (with_diff) out << '\n' << diff_text(shown.listed.modification.patch, paint);
  const std::string step = next_step(shown.listed, id);
  if (!step.empty()) out << "\nnext: " << context.command_line(step) << '\n';
}

Result<Shown> read_shown(const store::Store& store, std::string_view id) {
  auto listed = store.modification(id);
  if (!listed) return fail(std::move(listed.error()));
  Shown shown{.listed = std::move(*listed), .trial = {}, .executions = {}, .metrics = {}};
  const ModificationId& whole = shown.listed.modification.id;
  auto trial = store.latest_trial(whole);
  if (!trial) return fail(std::move(trial.error()));
  auto executions = store.executions(whole);
  if (!executions) return fail(std::move(executions.error()));
  auto metrics = store.metrics(whole);
  if (!metrics) return fail(std::move(metrics.error()));
  shown.trial = std::move(*trial);
  shown.executions = std::move(*executions);
  shown.metrics = std::move(*metrics);
  return shown;
}

void print_explanation(Context& context, const Explanation& explanation) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  const Modification& modification = explanation.listed.modification;
  out << paint(Tone::kName, modification.id.text) << "  "
      << printable_line(modification.candidate.summary) << "\n\n"
      << printable(explanation.text);
  if (!explanation.text.ends_with('\n')) out << '\n';
  out << "\nevidence " << explanation.trial.evidence_digest << '\n';
  if (explanation.agrees) {
    out << paint(Tone::kGood, "confirmed") << ": the evidence gives the recorded verdict\n";
  }
  out.flush();
}

}  // namespace

Result<int> run_show(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto shown = read_shown(engine->store(), arguments.operand(0));
  if (!shown) return fail(shown.error());
  if (context.json()) {
    context.print(show_document(*shown));
  } else {
    print_text(context, *shown, arguments.has("--diff"),
               short_id(engine->store(), shown->listed.modification.id));
  }
  return kDone;
}

Result<int> run_explain(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto explanation = engine->explain(arguments.operand(0));
  if (!explanation) return fail(explanation.error());
  // What needs no model is there before one is asked, and if it does not answer.
  if (!context.json()) print_explanation(context, *explanation);
  std::optional<InWords> words;
  if (const auto model = arguments.value("--model")) {
    auto asked = engine->in_words(*explanation, {.model = *model, .review = {}, .book = {}});
    if (!asked) return fail(std::move(asked.error()));
    words = std::move(*asked);
  }
  if (context.json()) {
    context.print(explain_document(*explanation, words ? &*words : nullptr));
  } else if (words) {
    context.out() << "\nin the words of " << printable_line(words->model)
                  << ", which prove nothing:\n\n"
                  << automod::wrap(printable(words->text), context.text_width()) << '\n';
  }
  if (explanation->agrees || explanation->other_rules) return kDone;
  context.out().flush();
  context.warn("the recorded verdict is not what the evidence says: recorded " +
               std::string(name(explanation->listed.verdict->verdict.decision)) + ", recomputed " +
               std::string(name(explanation->recomputed.decision)));
  return kInternal;
}

}  // namespace automod::cli
