#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/annotations.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/junit.hpp"
#include "cli/markdown.hpp"
#include "cli/remarks.hpp"
#include "cli/render.hpp"
#include "cli/sarif.hpp"

namespace automod::cli {

namespace {

/// A file that a gate writes when it is asked to.
struct Report {
  std::string_view option;
  std::string_view name;
  std::string (*text)(const std::vector<Gated>& all);
};

constexpr std::array<Report, 4> kReports = {{
    {"--sarif", "SARIF", [](const auto& all) { return json_text(sarif_of(all), 2) + "\n"; }},
    {"--junit", "JUnit", junit_of},
    {"--markdown", "Markdown", markdown_of},
    {"--codequality", "Code Quality",
     [](const auto& all) { return json_text(code_quality_of(all), 2) + "\n"; }},
}};

/// How results leave the program.
struct Outlets {
  const Report* on_stdout = nullptr;  // instead of text
  bool annotations = false;           // for GitHub
};

auto refusal(std::string message) {
  return fail(ErrorKind::kUsage, std::move(message), "see 'automod help gate'");
}

Result<Outlets> read_outlets(const Context& context, const Arguments& arguments) {
  Outlets outlets{.on_stdout = nullptr, .annotations = arguments.has("--annotations")};
  for (const Report& report : kReports) {
    if (arguments.value(report.option) != "-") continue;
    if (outlets.on_stdout || context.json()) {
      return refusal(fmt::format("stdout holds one document: found {} - beside {}", report.option,
                                 outlets.on_stdout ? outlets.on_stdout->option : "--json"));
    }
    outlets.on_stdout = &report;
  }
  return outlets;
}

/// The index that a hook of `git commit -a` or `git commit FILE` is to look at.
std::filesystem::path index_of_hook() {
  const char* given = std::getenv("GIT_INDEX_FILE");
  if (given == nullptr || *given == '\0') return {};
  std::error_code code;
  return std::filesystem::absolute(given, code);
}

Result<GateRequest> read_request(const Context& context, const Arguments& arguments) {
  GateRequest request{.range = arguments.operand(0),
                      .each = arguments.has("--each"),
                      .staged = arguments.has("--staged")};
  const auto patch = arguments.value("--patch");
  const int ways = (request.range.empty() ? 0 : 1) + (patch ? 1 : 0) + (request.staged ? 1 : 0);
  if (ways == 0) return refusal("gate needs BASE..HEAD, --patch FILE or --staged");
  if (ways > 1) return refusal("gate takes a range, --patch or --staged, only one of them");
  if (request.each && request.range.empty()) return refusal("--each goes with a range of commits");
  if (!patch && arguments.has("--base")) {
    return refusal(
        "--base goes with --patch; a range names its own base, and what is staged is "
        "held against HEAD");
  }
  if (patch) {
    auto text = context.read_patch(*patch);
    if (!text) return fail(std::move(text.error()));
    request.patch = std::move(*text);
    request.origin = *patch;
  }
  if (request.staged) request.index = index_of_hook();
  request.base = arguments.value("--base").value_or("HEAD");
  if (const auto type = arguments.value("--type")) request.type = parse<ModificationType>(*type);
  if (const auto level = arguments.value("--safety")) request.level = parse<SafetyLevel>(*level);
  return request;
}

std::string name_of(const GateRequest& request) {
  if (!request.range.empty()) return request.range;
  return request.staged ? "staged changes" : request.origin;
}

std::string tried_text(Context& context, const Tried& tried, const std::string& id) {
  const Paint& paint = context.paint();
  const Verdict& verdict = tried.listed.verdict->verdict;
  return "gate: " + verdict_line(verdict, paint) + '\n' +
         stages_text(tried.trial.evidence, paint, 2) +
         figures_text(tried.trial.evidence, paint, 2) +
         checks_text(verdict, paint, 2, context.text_width()) +
         "evidence: " + context.command_line("explain " + id) + '\n';
}

void print_text(Context& context, Engine& engine, const Gated& gated) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  if (gated.commit) {
    out << paint(Tone::kName, gated.commit->text.substr(0, 12)) << "  "
        << printable_line(gated.name) << '\n';
  }
  if (gated.error) {
    out << "gate: " << paint(Tone::kBad, "not judged") << ", " << printable(gated.error->message)
        << '\n';
    if (!gated.error->hint.empty()) out << "hint: " << printable(gated.error->hint) << '\n';
  } else if (verdict_of(gated)) {
    out << tried_text(context, *gated.tried,
                      short_id(engine.store(), gated.tried->listed.modification.id));
  } else {
    out << "gate: it changes nothing\n";
  }
  if (gated.commit) out << '\n';
  out.flush();
}

/// "3 commits: 1 rejected, 2 approved"
std::string summary(const std::vector<Gated>& all) {
  std::string text;
  for (const std::string_view wanted :
       {"not_judged", "rejected", "needs_approval", "approved", "no_change"}) {
    const auto number = std::ranges::count_if(
        all, [&](const Gated& gated) { return result_name(gated) == wanted; });
    if (number == 0) continue;
    std::string words(wanted);
    std::ranges::replace(words, '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, words);
  }
  return fmt::format("{}: {}", count(all.size(), "commit"), text);
}

/// Jobs of CI systems have a page of their own; GitHub says where to put it.
void add_to_job_page(Context& context, const std::vector<Gated>& all) {
  const char* page = std::getenv("GITHUB_STEP_SUMMARY");
  if (page == nullptr || *page == '\0') return;
  std::ofstream file(page, std::ios::binary | std::ios::app);
  file << markdown_of(all) << '\n';
  file.close();
  if (!file) context.warn("could not add the summary to " + printable_line(page));
}

Result<void> write_reports(Context& context, const Arguments& arguments,
                           const std::vector<Gated>& all) {
  for (const Report& report : kReports) {
    const auto file = arguments.value(report.option);
    if (!file) continue;
    if (*file == "-") {
      context.out() << report.text(all);
      continue;
    }
    if (auto written = write_file(context.path(*file), report.text(all)); !written) {
      return fail(std::move(written.error()).within(fmt::format("writing {}", report.name)));
    }
    context.remark("wrote " + printable_line(*file));
  }
  add_to_job_page(context, all);
  return {};
}

/// Commands for GitHub stand beside the text; where stdout holds a document, on stderr.
class Annotations {
 public:
  Annotations(Context& context, const Outlets& outlets)
      : context_(context),
        is_wanted_(outlets.annotations),
        beside_text_(!outlets.on_stdout && !context.json()) {}

  /// From here on nothing that is printed steers the runner.
  Result<void> begin() {
    if (!is_wanted_) return {};
    auto token = random_token();
    if (!token) return fail(token.error());
    token_ = std::move(*token);
    say(github_deaf(token_));
    return {};
  }

  void end(const std::vector<Gated>& all) {
    if (!token_.empty()) say(github_hearing(token_) + github_annotations(all));
  }

 private:
  void say(const std::string& lines) {
    std::ostream& stream = beside_text_ ? context_.out() : context_.err();
    stream << lines;
    stream.flush();
  }

  Context& context_;
  bool is_wanted_;
  bool beside_text_;
  std::string token_;
};

}  // namespace

Result<int> run_gate(Context& context, const Arguments& arguments) {
  const auto outlets = read_outlets(context, arguments);
  if (!outlets) return fail(outlets.error());
  const auto request = read_request(context, arguments);
  if (!request) return fail(request.error());
  Annotations annotations(context, *outlets);
  if (auto begun = annotations.begin(); !begun) return fail(begun.error());
  auto engine = context.open_reviewed_engine(arguments);
  if (!engine) return fail(std::move(engine.error()));
  const bool with_text = !context.json() && !outlets->on_stdout;
  const auto gated = engine->gate(*request, [&](const Gated& one) {
    if (with_text) print_text(context, *engine, one);
  });
  if (!gated && gated.error().kind == ErrorKind::kInterrupted) {
    annotations.end({});
    return fail(gated.error());
  }
  if (!gated) {
    const std::vector<Gated> failed{
        {.name = name_of(*request), .commit = {}, .tried = {}, .error = gated.error()}};
    annotations.end(failed);
    if (auto written = write_reports(context, arguments, failed); !written) {
      context.warn(written.error().message);
    }
    return fail(gated.error());
  }
  const int code = exit_code(*gated);
  if (request->each && with_text) context.out() << summary(*gated) << '\n';
  annotations.end(*gated);
  if (auto written = write_reports(context, arguments, *gated); !written) {
    return fail(written.error());
  }
  if (context.json()) context.print(gate_document(*gated, code));
  return code;
}

}  // namespace automod::cli
