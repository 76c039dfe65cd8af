#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents_code.hpp"
#include "cli/handlers.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kMostShown = 20;

std::string left_out_text(const analyzers::IndexRun& run, const Paint& paint) {
  Table table;
  for (std::size_t i = 0; i < run.left_out.size() && i < kMostShown; ++i) {
    const auto& file = run.left_out[i];
    table.add({{"  " + std::string(analyzers::name(file.why)), Tone::kDim},
               {printable_line(file.path), Tone::kName}});
  }
  std::string text =
      fmt::format("left out: {}\n{}", count(run.left_out.size(), "file"), table.text(paint, 0, 0));
  if (run.left_out.size() > kMostShown) {
    text += fmt::format("  and {} more; --json has them all\n", run.left_out.size() - kMostShown);
  }
  return text;
}

std::string index_text(const Indexed& indexed, const std::filesystem::path& file,
                       const Paint& paint) {
  const analyzers::IndexRun& run = indexed.run;
  std::string text =
      fmt::format("{}: {} in languages that are read, {} in others\n",
                  indexed.commit.text.substr(0, 12), count(run.files, "file"), run.others);
  if (run.read == 0 && run.unreadable.empty()) {
    text += "read: nothing new\n";
  } else {
    text += fmt::format("read: {}, {}, {}\n", count(run.read, "text"), count(run.lines, "line"),
                        bytes_text(run.bytes));
  }
  if (!run.left_out.empty()) text += left_out_text(run, paint);
  text += fmt::format("index: {} in {}\n", bytes_text(indexed.index_bytes),
                      printable_line(file.string()));
  return text;
}

}  // namespace

Result<int> run_index(Context& context, const Arguments& arguments) {
  const std::string named = arguments.operand(0);
  const std::string revision = named.empty() ? "HEAD" : named;
  const auto file = index_file();
  if (!file) return fail(file.error());
  const auto indexed = update_index(context.directory(), revision, context.engine_world());
  if (!indexed) return fail(indexed.error());
  if (context.json()) {
    context.print(index_document(*indexed, *file));
  } else {
    context.out() << index_text(*indexed, *file, context.paint());
  }
  return indexed->run.unreadable.empty() ? kDone : kRejected;
}

}  // namespace automod::cli
