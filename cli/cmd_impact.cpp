#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents_code.hpp"
#include "cli/handlers.hpp"
#include "cli/impact_text.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kShown = 20;

}  // namespace

Result<int> run_impact(Context& context, const Arguments& arguments) {
  const ImpactRequest request{
      .what = arguments.operand(0),
      .revision = arguments.value("--base"),
      .depth = static_cast<std::uint32_t>(arguments.number("--depth", 0)),
      .exact = arguments.has("--exact"),
  };
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto report = engine->impact(request);
  if (!report) return fail(report.error());
  if (context.json()) {
    context.print(impact_document(*report));
    return kDone;
  }
  const std::size_t most =
      arguments.has("--all") ? std::numeric_limits<std::size_t>::max() : kShown;
  context.out() << impact_text(*report, context.paint(), context.table_width(), most);
  for (const std::string& note : report->notes) context.remark(printable_line(note));
  return kDone;
}

}  // namespace automod::cli
