#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "cli/trying.hpp"

namespace automod::cli {

namespace {

struct TryRequest {
  std::vector<ModificationId> ids;
  bool fresh = false;
  std::optional<SafetyLevel> level;
};

Result<TryRequest> read_try(const store::Store& store, const Arguments& arguments) {
  const auto ids = resolve(store, arguments.operands());
  if (!ids) return fail(ids.error());
  TryRequest request{.ids = {}, .fresh = arguments.has("--fresh"), .level = {}};
  for (const std::string& id : *ids) request.ids.push_back({id});
  if (const auto given = arguments.value("--safety")) request.level = parse<SafetyLevel>(*given);
  return request;
}

/// Each is shown as it ends; the document has them in the order of the command line.
Result<int> try_each(Context& context, Engine& engine, const TryRequest& request) {
  std::map<std::string, Result<Tried>> ended;
  const auto done = [&](const ModificationId& id, Result<Tried> tried) {
    if (!context.json() && (tried || request.ids.size() > 1)) {
      const std::string shortened = short_id(engine.store(), id);
      if (!ended.empty()) context.out() << '\n';
      if (tried) {
        print_tried(context, *tried, shortened);
        print_next(context, tried->listed, short_id(engine.store(), tried->listed.modification.id));
      } else {
        print_error(context, shortened, tried.error());
      }
      context.out().flush();
    }
    ended.emplace(id.text, std::move(tried));
  };
  if (auto ran = engine.try_many(request.ids, request.fresh, request.level, done); !ran) {
    return fail(ran.error());
  }
  int worst = kDone;
  std::vector<Attempt<Tried>> attempts;
  for (const ModificationId& id : request.ids) {
    Result<Tried>& tried = ended.at(id.text);
    const bool stops =
        !tried && (request.ids.size() == 1 || tried.error().kind == ErrorKind::kInterrupted);
    if (stops) return fail(tried.error());
    worst = worse(worst, tried ? code_of(*tried) : exit_code(tried.error().kind));
    attempts.push_back({id.text, std::move(tried)});
  }
  if (context.json()) context.print(try_document(attempts, nullptr, worst));
  return worst;
}

void print_culprits(Context& context, Engine& engine, const Together& together) {
  if (together.culprits.empty()) return;
  std::ostream& out = context.out();
  out << (together.culprits.size() == 1 ? "  rejected because of:\n"
                                        : "  rejected only because these come together:\n");
  for (const ModificationId& id : together.culprits) {
    const auto listed = engine.store().modification(id.text);
    out << "    " << context.paint()(Tone::kName, short_id(engine.store(), id));
    if (listed) out << "  " << printable_line(listed->modification.candidate.summary);
    out << '\n';
  }
  out << fmt::format("  found by trying {} sets of them\n", together.tried);
}

Result<int> try_as_one(Context& context, Engine& engine, const TryRequest& request) {
  const auto together = engine.try_together(request.ids, request.fresh, request.level);
  if (!together) return fail(together.error());
  const Tried& whole = together->whole;
  const ModificationId& id = whole.listed.modification.id;
  const int code = code_of(whole);
  if (context.json()) {
    context.print(try_document({{id.text, whole}}, &*together, code));
    return code;
  }
  print_tried(context, whole, short_id(engine.store(), id));
  print_culprits(context, engine, *together);
  print_next(context, whole.listed, short_id(engine.store(), id));
  return code;
}

}  // namespace

Result<int> run_try(Context& context, const Arguments& arguments) {
  auto engine = context.open_reviewed_engine(arguments);
  if (!engine) return fail(std::move(engine.error()));
  const auto request = read_try(engine->store(), arguments);
  if (!request) return fail(request.error());
  return arguments.has("--together") ? try_as_one(context, *engine, *request)
                                     : try_each(context, *engine, *request);
}

}  // namespace automod::cli
