#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"

namespace automod::cli {

Result<int> run_propose(Context& context, const Arguments& arguments) {
  const std::string file = *arguments.value("--patch");
  auto patch = context.read_patch(file);
  if (!patch) return fail(std::move(patch.error()));
  ProposeRequest request{.patch = std::move(*patch),
                         .origin = file,
                         .base = arguments.value("--base").value_or("HEAD"),
                         .type = {},
                         .reason = arguments.value("--reason").value_or("")};
  if (const auto type = arguments.value("--type")) request.type = parse<ModificationType>(*type);
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto proposal = engine->propose(request);
  if (!proposal) return fail(proposal.error());
  if (context.json()) {
    context.print(propose_document(*proposal));
    return kDone;
  }
  const Modification& modification = proposal->listed.modification;
  const std::string id = short_id(engine->store(), modification.id);
  std::ostream& out = context.out();
  out << (proposal->known ? "already recorded " : "recorded ") << context.paint()(Tone::kName, id)
      << "  " << printable_line(modification.candidate.summary) << '\n';
  const std::string step = next_step(proposal->listed, id);
  if (!step.empty()) out << "next: " << context.command_line(step) << '\n';
  return kDone;
}

}  // namespace automod::cli
