#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "engine/repo/repo.hpp"

namespace automod::cli {

namespace {

void add_row(Table& table, std::string what, const std::string& value) {
  table.add({{std::move(what)},
             value.empty() ? Cell{"nothing to do", Tone::kDim} : Cell{printable_line(value)}});
}

void print_text(Context& context, const InitResult& result) {
  const Config& config = result.target.config;
  Table table;
  table.add({{"project"}, {printable_line(result.target.config_source), Tone::kName}});
  add_row(table, "configure", config.configure);
  add_row(table, "build", config.build);
  add_row(table, "test", config.test);
  for (const Benchmark& benchmark : config.benchmarks) {
    add_row(table, "benchmark", benchmark.name + ": " + benchmark.command);
  }
  std::ostream& out = context.out();
  out << (result.replaced ? "replaced " : "wrote ") << printable_line(result.file.string()) << '\n'
      << table.text(context.paint(), 2, context.table_width());
  for (const std::string& note : result.target.notes) {
    out << "  " << context.paint()(Tone::kWarn, "note") << "  "
        << paragraph(printable(note), 8, context.text_width()).substr(8);
  }
  const std::string where =
      context.directory() == "."
          ? "git"
          : "git -C " + shell_word(printable_line(result.file.parent_path().string()));
  out << fmt::format("next: read it, then {} add automod.toml && {} commit -m 'Add automod.toml'\n",
                     where, where);
}

}  // namespace

Result<int> run_init(Context& context, const Arguments& arguments) {
  const auto repo = repo::Repository::open(context.directory());
  if (!repo) return fail(repo.error());
  const auto root = repo->work_dir();
  if (!root) {
    return fail(ErrorKind::kUsage, "a bare repository has no working tree to write automod.toml to",
                "run it in a clone");
  }
  InitResult result{.file = *root / "automod.toml"};
  std::error_code code;
  result.replaced = std::filesystem::exists(std::filesystem::symlink_status(result.file, code));
  if (result.replaced && !arguments.has("--force")) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} exists already", printable_line(result.file.string())),
                "to detect again and replace it: " + context.command_line("init --force"));
  }
  auto detected = detect_in(*root);
  if (!detected) return fail(std::move(detected.error()));
  result.target = std::move(*detected);
  const std::string text = render_config(result.target.config, result.target.notes);
  if (auto written = write_file(result.file, text); !written) return fail(written.error());
  if (context.json()) {
    context.print(init_document(result));
  } else {
    print_text(context, result);
  }
  return kDone;
}

}  // namespace automod::cli
