#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/lookup.hpp"
#include "cli/render.hpp"

namespace automod::cli {

Result<int> run_list(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  store::ListFilter filter;
  if (const auto status = arguments.value("--status")) {
    filter.status = parse<ModificationStatus>(*status);
  }
  if (const auto prefix = arguments.value("--session")) {
    auto session = find_session(engine->store(), *prefix);
    if (!session) return fail(std::move(session.error()));
    filter.session = std::move(*session);
  }
  if (arguments.has("--limit")) filter.limit = arguments.number("--limit", 0);
  const auto listed = engine->store().list(filter);
  if (!listed) return fail(listed.error());
  if (context.json()) {
    context.print(list_document(*listed));
  } else if (arguments.has("--ids")) {
    for (const auto& one : *listed) {
      context.out() << short_id(engine->store(), one.modification.id) << '\t'
                    << printable_line(one.modification.candidate.summary) << '\n';
    }
  } else if (listed->empty()) {
    context.out() << (arguments.has("--status") || arguments.has("--session")
                          ? "no modification matches\n"
                          : "no modification is recorded here\nnext: " +
                                context.command_line("analyze") + '\n');
  } else {
    context.out() << modifications_text(*listed, engine->store(), context.paint(),
                                        context.table_width());
  }
  return kDone;
}

}  // namespace automod::cli
