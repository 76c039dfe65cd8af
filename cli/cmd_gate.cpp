#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "cli/sarif.hpp"

namespace automod::cli {

namespace {

Result<GateRequest> read_request(const Context& context, const Arguments& arguments) {
  GateRequest request{.range = arguments.operand(0)};
  const auto patch = arguments.value("--patch");
  const auto refuse = [](std::string message) {
    return fail(ErrorKind::kUsage, std::move(message), "see 'automod help gate'");
  };
  if (request.range.empty() && !patch) return refuse("gate needs BASE..HEAD or --patch FILE");
  if (!request.range.empty() && patch) return refuse("gate takes a range or --patch, not both");
  if (!request.range.empty() && arguments.has("--base")) {
    return refuse("--base goes with --patch; a range names its own base");
  }
  if (patch) {
    auto text = context.read_patch(*patch);
    if (!text) return fail(std::move(text.error()));
    request.patch = std::move(*text);
    request.origin = *patch;
  }
  request.base = arguments.value("--base").value_or("HEAD");
  if (const auto type = arguments.value("--type")) request.type = parse<ModificationType>(*type);
  if (const auto level = arguments.value("--safety")) request.level = parse<SafetyLevel>(*level);
  return request;
}

void print_text(Context& context, const Tried& tried, const std::string& id) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  const Verdict& verdict = tried.listed.verdict->verdict;
  out << "gate: " << verdict_line(verdict, paint) << '\n'
      << stages_text(tried.trial.evidence, paint, 2) << figures_text(tried.trial.evidence, paint, 2)
      << checks_text(verdict, paint, 2, context.text_width())
      << "evidence: " << context.command_line("explain " + id) << '\n';
}

}  // namespace

Result<int> run_gate(Context& context, const Arguments& arguments) {
  const auto request = read_request(context, arguments);
  if (!request) return fail(request.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto gated = engine->gate(*request);
  if (!gated) return fail(gated.error());
  const std::optional<Tried>& tried = gated->front().tried;
  if (!tried || !tried->listed.verdict)
    return fail(ErrorKind::kInternal, "the trial has no verdict");
  const int code = exit_code(tried->listed.verdict->verdict.decision);
  if (const auto file = arguments.value("--sarif")) {
    const std::string text =
        sarif_of(*tried).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    if (auto written = write_file(context.path(*file), text); !written) {
      return fail(std::move(written.error()).within("writing SARIF"));
    }
    context.remark("wrote " + printable_line(*file));
  }
  if (context.json()) {
    context.print(gate_document(*tried, code));
  } else {
    print_text(context, *tried, short_id(engine->store(), tried->listed.modification.id));
  }
  return code;
}

}  // namespace automod::cli
