#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "engine/verify.hpp"

namespace automod::cli {

Result<int> run_verify(Context& context, const Arguments& arguments) {
  VerifyRequest request{.subject = arguments.operand(0)};
  if (const auto bundle = arguments.value("--bundle")) request.bundle = context.path(*bundle);
  if (const auto signers = arguments.value("--signers")) request.signers = context.path(*signers);
  const auto verified = verify_in(context.directory(), context.engine_world(), request);
  if (!verified) return fail(verified.error());
  const int code = verified->holds() ? kDone : kRejected;
  if (context.json()) {
    context.print(verify_document(*verified, code));
    return code;
  }
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  out << fmt::format("{} of modification {}, commit {}\n", verified->kind,
                     verified->modification.text, verified->commit.text.substr(0, 12));
  for (const VerifyStep& step : verified->steps) {
    out << "  " << (step.holds ? paint(Tone::kGood, "holds") : paint(Tone::kBad, "FAILS")) << "  "
        << fmt::format("{:<20}  {}\n", step.what, printable_line(step.detail));
  }
  return code;
}

}  // namespace automod::cli
