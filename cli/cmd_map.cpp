#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/documents_code.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kUsualBudget = 2000;

Result<analyzers::Focus> read_focus(const analyzers::Codebase& code, const Arguments& arguments) {
  analyzers::Focus all;
  for (const auto& word : arguments.values("--focus")) {
    const auto focus = find_focus(code, word);
    if (!focus) return fail(focus.error());
    all.files.insert(all.files.end(), focus->files.begin(), focus->files.end());
    all.symbols.insert(all.symbols.end(), focus->symbols.begin(), focus->symbols.end());
  }
  return all;
}

}  // namespace

Result<int> run_map(Context& context, const Arguments& arguments) {
  const std::string named = arguments.operand(0);
  const std::string revision = named.empty() ? "HEAD" : named;
  const auto indexed = read_code(context.directory(), revision, context.engine_world());
  if (!indexed) return fail(indexed.error());
  const analyzers::Codebase& code = indexed->code();
  const auto focus = read_focus(code, arguments);
  if (!focus) return fail(focus.error());
  const std::size_t budget = arguments.number("--budget", kUsualBudget);
  const auto map = draw_map(code, analyzers::rank(code, *focus), budget,
                            [&](std::uint32_t file) { return indexed->text(file); });
  if (!map) return fail(map.error());
  if (context.json()) {
    context.print(map_document(*map, *indexed, budget));
    return kDone;
  }
  context.out() << text_of(*map, code);
  context.remark(fmt::format("{} of {}, about {} of {} tokens", map->symbols,
                             count(map->all_symbols, "definition"), map->tokens, budget));
  return kDone;
}

}  // namespace automod::cli
