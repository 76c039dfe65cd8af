#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/asking.hpp"
#include "cli/common_options.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/findings_html.hpp"
#include "cli/findings_text.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "cli/sarif.hpp"
#include "engine/judge/judge.hpp"

namespace automod::cli {

namespace fs = std::filesystem;

namespace {

/// PATH on the command line: the repository it lies in, and where in it.
Result<std::string> scope_in(const fs::path& root, const fs::path& given) {
  std::error_code code;
  const fs::path whole = fs::weakly_canonical(given, code);
  fs::path relative = (code ? fs::absolute(given) : whole).lexically_relative(root);
  if (relative.has_parent_path() && !relative.has_filename()) relative = relative.parent_path();
  if (relative.empty() || *relative.begin() == "..") {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' lies outside of the repository at '{}'",
                            printable_line(given.string()), printable_line(root.string())));
  }
  return relative == "." ? std::string() : relative.generic_string();
}

/// The folder to open the repository from: PATH itself or the folder it lies in.
fs::path folder_of(const Context& context, const std::string& given) {
  std::error_code code;
  fs::path path = context.path(given);
  if (given.empty()) return context.directory();
  if (fs::is_directory(path, code)) return path;
  return fs::is_directory(path.parent_path(), code) ? path.parent_path() : context.directory();
}

/// The first option that has a meaning only where a model is asked; absent: there is none.
std::optional<std::string> asking_option_given(const Arguments& arguments) {
  for (const Option& option : joined({model_option("")}, spending_options())) {
    if (arguments.has(option.name)) return option.name;
  }
  return std::nullopt;
}

Result<AnalyzeRequest> read_request(const Context& context, const Arguments& arguments) {
  AnalyzeRequest request;
  request.base = arguments.value("--base").value_or("HEAD");
  request.since = arguments.value("--since").value_or("");
  for (const std::string& goal : arguments.values("--goal")) {
    const Goal value = *parse<Goal>(goal);
    if (std::ranges::find(request.goals, value) == request.goals.end()) {
      request.goals.push_back(value);
    }
  }
  if (request.goals.empty()) request.goals = {Goal::kImprovePerformance, Goal::kFixBugs};
  if (const auto level = arguments.value("--safety")) request.level = parse<SafetyLevel>(*level);
  for (const std::string& file : arguments.values("--patch")) {
    auto text = context.read_patch(file);
    if (!text) return fail(std::move(text.error()));
    request.patches.push_back(std::move(*text));
  }
  const auto proposer = arguments.value("--proposer");
  request.proposer = proposer                  ? *parse<ProposerKind>(*proposer)
                     : request.patches.empty() ? ProposerKind::kRules
                                               : ProposerKind::kPatch;
  if ((request.proposer == ProposerKind::kPatch) == request.patches.empty()) {
    return fail(ErrorKind::kUsage,
                request.patches.empty() ? "--proposer patch needs --patch FILE"
                                        : "--patch goes with --proposer patch",
                "see 'automod help analyze'");
  }
  if (request.proposer == ProposerKind::kModel) {
    if (auto fits = check_asking(arguments); !fits) return fail(std::move(fits.error()));
    auto asking = read_asking(context, arguments, {});
    if (!asking) return fail(std::move(asking.error()));
    if (asking->model.contains(',')) {
      return fail(ErrorKind::kUsage, "'analyze' asks one model, and --model names several",
                  "'automod ask' asks several in turn");
    }
    request.asking = std::move(*asking);
  } else if (const auto option = asking_option_given(arguments)) {
    return fail(ErrorKind::kUsage, fmt::format("{} goes with --proposer model", *option),
                "see 'automod help analyze'");
  }
  request.limit = arguments.number("--limit", 0);
  request.try_them = arguments.has("--try");
  if (const auto profile = arguments.value("--profile")) request.profile = context.path(*profile);
  return request;
}

/// Modifications that belong to no finding: those of a patch or a model.
std::vector<store::ListedModification> without_finding(const Analysis& analysis) {
  std::set<std::string> shown;
  for (const Finding& finding : analysis.findings) {
    if (const auto* fix = fix_of(finding, analysis.modifications)) {
      shown.insert(fix->modification.id.text);
    }
  }
  std::vector<store::ListedModification> rest;
  for (const auto& listed : analysis.modifications) {
    if (!shown.contains(listed.modification.id.text)) rest.push_back(listed);
  }
  return rest;
}

std::string verdicts_text(const Analysis& analysis, const store::Store& store, const Paint& paint,
                          std::size_t width) {
  Table table;
  table.add({{"ID", Tone::kDim},
             {"VERDICT", Tone::kDim},
             {"SCORE", Tone::kDim, true},
             {"IMPACT", Tone::kDim},
             {"PLACE", Tone::kDim},
             {"REASON", Tone::kDim}});
  for (const auto& listed : analysis.modifications) {
    if (!listed.verdict) continue;
    const Verdict& verdict = listed.verdict->verdict;
    const std::string reason = judge::main_reason(verdict);
    table.add({{short_id(store, listed.modification.id), Tone::kName},
               {std::string(name(verdict.decision)), tone_of(verdict.decision)},
               {fmt::format("{:.2f}", verdict.safety_score), Tone::kPlain, true},
               {impact_text(verdict.performance_impact)},
               {place_text(listed.modification.candidate)},
               {reason.empty() ? "every check passed" : reason}});
  }
  return table.text(paint, 0, width);
}

std::size_t decided(const Analysis& analysis, Decision decision) {
  return static_cast<std::size_t>(
      std::ranges::count_if(analysis.modifications, [&](const store::ListedModification& listed) {
        return listed.verdict && listed.verdict->verdict.decision == decision;
      }));
}

/// The best that came of it: one good modification makes the analysis worth while.
int code_of(const Analysis& analysis, bool tried) {
  if (!tried || analysis.modifications.empty()) return kDone;
  if (decided(analysis, Decision::kApproved) > 0) return kDone;
  return decided(analysis, Decision::kNeedsApproval) > 0 ? kNeedsApproval : kRejected;
}

std::string summary_text(const Analysis& analysis) {
  std::string text =
      fmt::format("{} in {} at {}", findings_count(analysis), count(analysis.files, "file"),
                  analysis.target.commit.text.substr(0, 12));
  if (analysis.since) text += fmt::format(", changed since {}", analysis.since->text.substr(0, 12));
  text += fmt::format(": {} proposed", count(analysis.modifications.size(), "modification"));
  if (analysis.beyond_limit > 0) text += fmt::format(", {} beyond --limit", analysis.beyond_limit);
  return text + '\n';
}

std::string next_text(const Context& context, const Analysis& analysis, const store::Store& store,
                      bool tried) {
  const auto pick = std::ranges::find_if(analysis.modifications, [&](const auto& listed) {
    return !tried || listed.status == ModificationStatus::kApproved;
  });
  if (pick == analysis.modifications.end()) return {};
  const std::string step = next_step(*pick, short_id(store, pick->modification.id));
  return step.empty() ? "" : "next: " + context.command_line(step) + '\n';
}

IdText ids_of(const store::Store& store) {
  return [&store](const ModificationId& id) { return short_id(store, id); };
}

struct Shown {
  bool tried = false;
  bool all = false;
};

void print_text(Context& context, const Analysis& analysis, const store::Store& store, Shown how) {
  const Paint& paint = context.paint();
  const std::size_t width = context.table_width();
  const FindingsLook look{.paint = paint, .width = context.text_width(), .all = how.all};
  std::vector<std::string> parts = {
      findings_text(analysis, ids_of(store), look),
      hotspots_text(analysis, look),
      modifications_text(without_finding(analysis), store, paint, width),
  };
  std::string not_read;
  for (const std::string& file : analysis.failed_files) {
    not_read += paint(Tone::kWarn, "not analyzed") + "  " + printable_line(file) + '\n';
  }
  parts.push_back(std::move(not_read));
  if (how.tried && !analysis.modifications.empty()) {
    parts.push_back(verdicts_text(analysis, store, paint, width));
  }
  std::ostream& out = context.out();
  for (const std::string& part : parts) {
    if (!part.empty()) out << part << '\n';
  }
  out << summary_text(analysis);
  if (how.tried) {
    out << fmt::format("{} of {} approved\n", decided(analysis, Decision::kApproved),
                       analysis.modifications.size());
  }
  out << next_text(context, analysis, store, how.tried);
}

/// A report beside the result: as `option` names it, if it does.
Result<void> write_report(Context& context, const Arguments& arguments, std::string_view option,
                          const std::function<std::string()>& make) {
  const auto file = arguments.value(option);
  if (!file) return {};
  if (auto written = write_file(context.path(*file), make()); !written) {
    return fail(std::move(written.error()).within("writing the report"));
  }
  context.remark("wrote " + printable_line(*file));
  return {};
}

}  // namespace

Result<int> run_analyze(Context& context, const Arguments& arguments) {
  auto request = read_request(context, arguments);
  if (!request) return fail(std::move(request.error()));
  const std::string given = arguments.operand(0);
  auto engine = context.open_engine(folder_of(context, given));
  if (!engine) return fail(std::move(engine.error()));
  if (!given.empty()) {
    auto scope = scope_in(engine->work_dir(), context.path(given));
    if (!scope) return fail(std::move(scope.error()));
    request->scope = std::move(*scope);
  }
  const auto analysis = engine->analyze(*request);
  if (!analysis) return fail(analysis.error());
  auto written = write_report(context, arguments, "--sarif",
                              [&] { return json_text(sarif_of(*analysis), 2) + "\n"; });
  if (written) {
    written = write_report(context, arguments, "--html",
                           [&] { return html_of(*analysis, ids_of(engine->store())); });
  }
  if (!written) return fail(std::move(written.error()));
  if (context.json()) {
    context.print(analyze_document(*analysis));
  } else {
    print_text(context, *analysis, engine->store(),
               {.tried = request->try_them, .all = arguments.has("--all")});
  }
  return code_of(*analysis, request->try_them);
}

}  // namespace automod::cli
