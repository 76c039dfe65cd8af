#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"

namespace automod::cli {

Result<int> run_rollback(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto rollback = engine->rollback(arguments.operand(0), *arguments.value("--reason"),
                                         arguments.value("--onto"));
  if (!rollback) return fail(rollback.error());
  if (context.json()) {
    context.print(rollback_document(*rollback));
    return kDone;
  }
  const Paint& paint = context.paint();
  const std::string ref = printable_line(rollback->ref);
  std::ostream& out = context.out();
  out << paint(Tone::kName, short_id(engine->store(), rollback->modification)) << "  "
      << paint(Tone::kGood, "taken back") << '\n';
  if (rollback->commit) {
    out << fmt::format("  {} on {} undoes it\n  next: merge that branch\n",
                       rollback->commit->text.substr(0, 12), ref);
  } else {
    out << fmt::format("  {} is gone; in force again: {}\n", ref,
                       rollback->restored.text.substr(0, 12));
  }
  return kDone;
}

}  // namespace automod::cli
