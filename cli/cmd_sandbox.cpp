#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/sandbox_options.hpp"
#include "sandbox/attacks/attacks.hpp"
#include "sandbox/doctor.hpp"
#include "sandbox/settings.hpp"

namespace automod::cli {

namespace {

using sandbox::attacks::Report;
using sandbox::attacks::Row;
using sandbox::attacks::Verdict;

std::unexpected<Error> usage(std::string message, std::string_view command) {
  return fail(ErrorKind::kUsage, std::move(message), fmt::format("see 'automod help {}'", command));
}

/// What --runtime and --image say, for whichever backend they are for.
Result<sandbox::Selection> read_wanted(const Arguments& arguments, std::string_view command) {
  sandbox::Selection wanted;
  wanted.runtime = arguments.value("--runtime").value_or("");
  wanted.image = arguments.value("--image").value_or("");
  if (!wanted.runtime.empty()) {
    if (const auto bad = sandbox::runtime_rule(wanted.runtime)) {
      return usage("option '--runtime': " + *bad, command);
    }
  }
  if (!wanted.image.empty()) {
    if (const auto bad = sandbox::image_rule(wanted.image)) {
      return usage("option '--image': " + *bad, command);
    }
  }
  return wanted;
}

Result<void> check_only(const std::vector<std::string>& only) {
  std::vector<std::string> known;
  for (const auto& attack : sandbox::attacks::all()) {
    for (const std::string& name : {attack.group, attack.name}) {
      if (std::ranges::find(known, name) == known.end()) known.push_back(name);
    }
  }
  for (const std::string& name : only) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return usage(fmt::format("there is no attack or group '{}'{}", printable_line(name),
                             suggestion(name, known)),
                 "sandbox test");
  }
  return {};
}

/// Asked for by name, or all that need no more than what was said.
std::vector<std::string> backends_to_test(const Arguments& arguments,
                                          const sandbox::Selection& wanted) {
  std::vector<std::string> named = arguments.values("--backend");
  if (!named.empty() && std::ranges::find(named, "all") == named.end()) return named;
  std::vector<std::string> all = {"native", "bwrap", "oci"};
  if (!wanted.image.empty()) all.insert(all.end(), {"podman", "docker"});
  return all;
}

std::size_t count_of(const std::vector<std::string>& only) {
  const auto all = sandbox::attacks::all();
  const auto is_meant = [&](const sandbox::attacks::Attack& attack) {
    return only.empty() || std::ranges::find(only, attack.name) != only.end() ||
           std::ranges::find(only, attack.group) != only.end();
  };
  return static_cast<std::size_t>(std::ranges::count_if(all, is_meant));
}

Result<TestedBackend> test_backend(Context& context, const std::string& name,
                                   const sandbox::Selection& wanted,
                                   const std::vector<std::string>& only) {
  TestedBackend tested{.name = name, .report = {}, .problem = {}};
  auto runner = sandbox::open_runner(sandbox::narrowed(wanted, name));
  if (!runner) {
    tested.problem = std::move(runner.error());
    return tested;
  }
  const std::size_t total = count_of(only);
  std::size_t done = 0;
  context.observer().begin(fmt::format("attacking {}", name));
  auto report = sandbox::attacks::run(
      **runner, only,
      [&](const Row& row) { context.observer().progress(++done, total, row.attack.name); },
      context.cancel());
  if (!report) return fail(std::move(report.error()).within("attacking " + name));
  tested.report = std::move(*report);
  return tested;
}

Cell verdict_cell(const Row* row) {
  if (row == nullptr) return {"-", Tone::kDim};
  switch (row->verdict) {
    case Verdict::kContained:
      return {std::string(name(row->verdict)), Tone::kGood};
    case Verdict::kExposed:
      return {"EXPOSED", Tone::kBad};
    case Verdict::kSkipped:
      return {std::string(name(row->verdict)), Tone::kWarn};
  }
  return {"-", Tone::kDim};
}

const Row* row_of(const TestedBackend& tested, const std::string& attack) {
  if (!tested.report) return nullptr;
  const auto& rows = tested.report->rows;
  const auto found =
      std::ranges::find_if(rows, [&](const Row& row) { return row.attack.name == attack; });
  return found == rows.end() ? nullptr : &*found;
}

/// A line for each attack with a column for each backend that works.
std::string attacks_text(const std::vector<TestedBackend>& all, const Paint& paint,
                         std::size_t width) {
  Table table;
  std::vector<Cell> head = {{"attack", Tone::kDim}, {"control", Tone::kDim}};
  for (const TestedBackend& tested : all) {
    if (tested.report) head.push_back({tested.name, Tone::kDim});
  }
  table.add(std::move(head));
  std::string group;
  for (const auto& attack : sandbox::attacks::all()) {
    std::vector<Cell> line = {{attack.name}, {"-", Tone::kDim}};
    bool tried = false;
    for (const TestedBackend& tested : all) {
      if (!tested.report) continue;
      const Row* row = row_of(tested, attack.name);
      if (row != nullptr && !tried) {
        const bool worked = row->control == sandbox::attacks::Control::kWorked;
        line[1] = {std::string(name(row->control)), worked ? Tone::kPlain : Tone::kDim};
      }
      tried = tried || row != nullptr;
      line.push_back(verdict_cell(row));
    }
    if (!tried) continue;
    if (attack.group != group) table.add_heading(attack.group, Tone::kTitle);
    group = attack.group;
    line.push_back({printable_line(attack.about), Tone::kDim});
    table.add(std::move(line));
  }
  return table.text(paint, 2, width);
}

/// What was exposed, and why something could not be tried.
std::string details_text(const std::vector<TestedBackend>& all, const Paint& paint,
                         std::size_t width) {
  std::string text;
  for (const TestedBackend& tested : all) {
    if (!tested.report) continue;
    for (const Row& row : tested.report->rows) {
      if (row.verdict == Verdict::kContained) continue;
      const bool exposed = row.verdict == Verdict::kExposed;
      text += "  " + paint(exposed ? Tone::kBad : Tone::kWarn, name(row.verdict)) + ' ' +
              tested.name + ": " + row.attack.name + '\n' +
              paragraph(printable_line(row.detail), 6, width);
    }
  }
  return text.empty() ? text : '\n' + text;
}

std::string summary_text(const TestedBackend& tested, const Paint& paint) {
  if (!tested.report) {
    return fmt::format("{}: {}: {}\n", paint(Tone::kName, tested.name),
                       paint(Tone::kWarn, "not tested"), printable_line(tested.problem->message));
  }
  const Report& report = *tested.report;
  const std::size_t exposed = report.count(Verdict::kExposed);
  const auto proven = std::ranges::count_if(report.rows, [](const Row& row) {
    return row.control == sandbox::attacks::Control::kWorked;
  });
  return fmt::format(
      "{}: {} contained, {}, {} skipped; {} controls worked; as {}; {}\n",
      paint(Tone::kName, tested.name), report.count(Verdict::kContained),
      paint(exposed == 0 ? Tone::kGood : Tone::kBad, fmt::format("{} exposed", exposed)),
      report.count(Verdict::kSkipped), proven, report.as_root ? "root" : "an ordinary user",
      facts_text(report.facts));
}

int exit_code_of(const std::vector<TestedBackend>& all, bool by_name) {
  bool missing = false;
  bool any = false;
  for (const TestedBackend& tested : all) {
    if (tested.report && tested.report->count(Verdict::kExposed) != 0) return kRejected;
    any = any || tested.report.has_value();
    missing = missing || !tested.report;
  }
  return !any || (missing && by_name) ? kUnavailable : kDone;
}

void print_backends(Context& context, const std::vector<sandbox::BackendState>& all,
                    const std::string& chosen) {
  const Paint& paint = context.paint();
  Table table;
  std::string remedies;
  for (const sandbox::BackendState& state : all) {
    const std::string shown = state.facts && !state.facts->version.empty()
                                  ? state.name + " " + state.facts->version
                                  : state.name;
    table.add(
        {{state.facts ? "works" : "no", state.facts ? Tone::kGood : Tone::kWarn},
         {printable_line(shown), Tone::kName},
         {state.facts ? facts_text(*state.facts) : printable_line(state.problem), Tone::kDim}});
    if (!state.facts && !state.remedy.empty()) {
      remedies +=
          paragraph(state.name + ": " + printable_line(state.remedy), 2, context.text_width());
    }
  }
  context.out() << table.text(paint, 2, context.table_width());
  if (!remedies.empty()) context.out() << '\n' << remedies;
  context.out() << '\n'
                << (chosen.empty() ? paint(Tone::kBad, "none") + " of them is used unasked\n"
                                   : paint(Tone::kGood, chosen) + " is used unasked\n");
}

}  // namespace

std::string facts_text(const sandbox::Facts& facts) {
  return fmt::format("memory {}, processes {}, cpu {}, disk {}, {}", facts.memory_limit,
                     facts.process_limit, facts.cpu_limit, facts.disk_limit,
                     facts.landlock ? "Landlock" : "no Landlock");
}

Result<int> run_sandbox_test(Context& context, const Arguments& arguments) {
  const auto wanted = read_wanted(arguments, "sandbox test");
  if (!wanted) return fail(wanted.error());
  const std::vector<std::string> only = arguments.values("--only");
  if (auto ok = check_only(only); !ok) return fail(ok.error());
  std::vector<TestedBackend> all;
  for (const std::string& name : backends_to_test(arguments, *wanted)) {
    auto tested = test_backend(context, name, *wanted, only);
    if (!tested) return fail(std::move(tested.error()));
    if (tested->problem && tested->problem->kind == ErrorKind::kUsage)
      return fail(*tested->problem);
    all.push_back(std::move(*tested));
  }
  const auto named = arguments.values("--backend");
  const bool by_name = !named.empty() && std::ranges::find(named, "all") == named.end();
  const int code = exit_code_of(all, by_name);
  if (context.json()) {
    context.print(sandbox_test_document(all, code));
    return code;
  }
  const Paint& paint = context.paint();
  const bool any = std::ranges::any_of(all, [](const auto& one) { return one.report.has_value(); });
  if (any) {
    context.out() << attacks_text(all, paint, context.table_width())
                  << details_text(all, paint, context.text_width()) << '\n';
  }
  for (const TestedBackend& tested : all) context.out() << summary_text(tested, paint);
  return code;
}

Result<int> run_sandbox_backends(Context& context, const Arguments& arguments) {
  const auto wanted = read_wanted(arguments, "sandbox backends");
  if (!wanted) return fail(wanted.error());
  context.observer().begin("trying the sandboxes");
  const auto all = sandbox::survey(*wanted);
  const std::string chosen = sandbox::chosen_of(all);
  if (context.json()) {
    context.print(sandbox_backends_document(all, chosen));
  } else {
    print_backends(context, all, chosen);
  }
  return chosen.empty() ? kUnavailable : kDone;
}

}  // namespace automod::cli
