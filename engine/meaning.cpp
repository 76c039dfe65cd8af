#include "engine/meaning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "analyzers/clang/ast_units.hpp"
#include "analyzers/smells/smells.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod {

namespace {

constexpr std::size_t kMostText = 16 * kMiB;

/// Drops what comments silence. A file that cannot be read silences nothing.
Result<void> drop_silenced(const repo::Repository& repo, const TreeId& tree,
                           std::vector<analyzers::Diagnostic>& found) {
  std::map<std::string, std::string> texts;
  for (const analyzers::Diagnostic& one : found) {
    if (texts.contains(one.path)) continue;
    auto text = repo.read(tree, one.path, kMostText);
    if (!text) return fail(std::move(text.error()));
    texts.emplace(one.path, text->has_value() ? std::move(**text) : std::string());
  }
  std::erase_if(found, [&](const analyzers::Diagnostic& one) {
    return analyzers::is_silenced(texts.at(one.path), one.offset, one.check);
  });
  return {};
}

}  // namespace

Result<MeaningReport> read_meaning(Engine::Impl& engine, const Target& target,
                                   const ClangSite& site, const std::vector<std::string>& units,
                                   const std::vector<std::string>& rules) {
  MeaningReport report;
  if (units.empty()) return report;
  const analyzers::AstJob job{.policy = site.policy(),
                              .files = units,
                              .compile_commands = site.database(),
                              .fallback_flags = analyzers::guessed_flags(site.paths()),
                              .smells = true,
                              .jobs = engine.world.jobs};
  Observer& observer = engine.world.observer;
  observer.begin(fmt::format("reading {} files with clang", units.size()));
  auto read = analyzers::read_units(
      site.runner(), job, site.resolve(),
      [&](std::size_t done, std::size_t total, std::string_view file) {
        observer.progress(done, total, printable_line(file));
      },
      engine.world.cancel);
  if (!read) return fail(std::move(read.error()));
  for (const analyzers::AstGap& gap : read->gaps) report.failed_files.push_back(gap.path);
  const bool whole = units.size() == site.units().size() && read->gaps.empty();
  report.diagnostics = analyzers::find_smells(read->facts, whole);
  std::erase_if(report.diagnostics, [&](const analyzers::Diagnostic& one) {
    return std::ranges::find(rules, one.check) == rules.end();
  });
  auto kept = drop_silenced(engine.repo, target.tree, report.diagnostics);
  if (!kept) return fail(std::move(kept.error()));
  return report;
}

}  // namespace automod
