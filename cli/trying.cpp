#include "cli/trying.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/render.hpp"

namespace automod::cli {

Result<std::vector<std::string>> resolve(const store::Store& store,
                                         const std::vector<std::string>& given) {
  std::vector<std::string> ids;
  for (const std::string& one : given) {
    const auto listed = store.modification(one);
    if (!listed) return fail(listed.error());
    const std::string& id = listed->modification.id.text;
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

void print_tried(Context& context, const Tried& tried, const std::string& id) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  out << paint(Tone::kName, id) << "  "
      << printable_line(tried.listed.modification.candidate.summary) << '\n';
  if (tried.asked) {
    out << "  "
        << paint(Tone::kDim, "the same as one that was tried, up to formatting: its trial answers")
        << '\n';
  } else if (tried.from_evidence) {
    out << "  " << paint(Tone::kDim, "tried before; judged on the evidence of that trial") << '\n';
  } else {
    out << stages_text(tried.trial.evidence, paint, 2);
  }
  out << figures_text(tried.trial.evidence, paint, 2);
  if (tried.listed.verdict) {
    const Verdict& verdict = tried.listed.verdict->verdict;
    out << "  " << verdict_line(verdict, paint) << '\n'
        << checks_text(verdict, paint, 4, context.text_width());
  }
}

void print_next(Context& context, const store::ListedModification& listed, const std::string& id) {
  const std::string step = next_step(listed, id);
  if (!step.empty()) context.out() << "  next: " << context.command_line(step) << '\n';
}

void print_error(Context& context, const std::string& id, const Error& error) {
  context.out() << context.paint()(Tone::kName, id) << "  " << context.paint()(Tone::kBad, "error:")
                << ' ' << printable(error.message) << '\n';
  if (!error.hint.empty()) context.out() << "  hint: " << printable(error.hint) << '\n';
}

int code_of(const Tried& tried) {
  return tried.listed.verdict ? exit_code(tried.listed.verdict->verdict.decision) : kInternal;
}

}  // namespace automod::cli
