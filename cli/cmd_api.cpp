#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/api_text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "engine/api.hpp"

namespace automod::cli {

namespace {

int code_for(const ApiReport& report, const std::optional<std::string>& fail_on) {
  if (!fail_on) return kDone;
  auto least = analyzers::ApiImpact::kCompatible;
  if (*fail_on == "binary") least = analyzers::ApiImpact::kBinary;
  if (*fail_on == "breaking") least = analyzers::ApiImpact::kBreaking;
  const bool fails = std::ranges::any_of(
      report.changes, [&](const analyzers::ApiChange& change) { return change.impact >= least; });
  return fails ? kRejected : kDone;
}

}  // namespace

Result<int> run_api(Context& context, const Arguments& arguments) {
  ApiRequest request;
  if (!arguments.operand(0).empty()) request.revision = arguments.operand(0);
  request.against = arguments.value("--diff");
  const auto fail_on = arguments.value("--fail-on");
  if (fail_on && !request.against) {
    return fail(ErrorKind::kUsage, "--fail-on needs something to compare with",
                "for example: automod api --diff v1.0 --fail-on breaking");
  }
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto report = engine->api(request);
  if (!report) return fail(report.error());
  const int code = code_for(*report, fail_on);
  if (context.json()) {
    context.print(api_document(*report, code));
  } else {
    context.out() << api_text(*report, context.paint(), context.table_width());
  }
  return code;
}

}  // namespace automod::cli
