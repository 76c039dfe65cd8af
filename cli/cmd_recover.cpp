#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "engine/recovery.hpp"

namespace automod::cli {

namespace {

void print_lines(std::ostream& out, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) out << "  " << printable_line(line) << '\n';
}

void print_text(Context& context, const Recovery& recovery) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  out << paint(Tone::kTitle, "database") << "  " << store::name(recovery.diagnosis.health);
  if (!recovery.diagnosis.what.empty()) out << ": " << printable_line(recovery.diagnosis.what);
  out << '\n';
  if (!recovery.rebuilt) return;
  const store::Rebuilt& rebuilt = *recovery.rebuilt;
  out << fmt::format("{} {} records in a new one\n", paint(Tone::kGood, "restored"),
                     rebuilt.records);
  if (!rebuilt.kept_aside.empty()) {
    out << fmt::format("the old one is kept as {}\n", printable_line(rebuilt.kept_aside.string()));
  }
  if (!rebuilt.unread.empty()) out << paint(Tone::kWarn, "could not be read") << ":\n";
  print_lines(out, rebuilt.unread);
  out << (rebuilt.gone.empty() ? paint(Tone::kGood, "nothing that is known of is gone") + "\n"
                               : paint(Tone::kBad, "gone") + ":\n");
  print_lines(out, rebuilt.gone);
}

}  // namespace

Result<int> run_recover(Context& context, const Arguments& arguments) {
  auto diagnosis = diagnose_database(context.directory());
  if (!diagnosis) return fail(diagnosis.error());
  Recovery recovery{.diagnosis = std::move(*diagnosis), .rebuilt = std::nullopt};
  const bool is_well = recovery.diagnosis.health == store::Health::kSound ||
                       recovery.diagnosis.health == store::Health::kNone;
  if (!is_well && !arguments.has("--check")) {
    std::vector<std::filesystem::path> bundles;
    for (const std::string& file : arguments.values("--bundle")) {
      bundles.push_back(context.path(file));
    }
    auto rebuilt = recover_database(context.directory(), context.engine_world(), bundles);
    if (!rebuilt) return fail(rebuilt.error());
    recovery.rebuilt = std::move(*rebuilt);
  }
  const int code = is_well || recovery.rebuilt ? kDone : kRejected;
  if (context.json()) {
    context.print(recover_document(recovery, code));
  } else {
    print_text(context, recovery);
  }
  return code;
}

}  // namespace automod::cli
