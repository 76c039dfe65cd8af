#include "engine/since.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "analyzers/clang/units.hpp"
#include "base/text.hpp"

namespace automod {

namespace {

using Units = std::set<std::string, std::less<>>;

/// The first unit on the way from a header to those that include it, nearest first.
std::optional<std::string> nearest_unit(const analyzers::Codebase& code, std::uint32_t header,
                                        const Units& units) {
  std::vector<std::uint32_t> way = {header};
  std::set<std::uint32_t> seen = {header};
  for (std::size_t i = 0; i < way.size(); ++i) {
    const std::string& path = code.files()[way[i]].path;
    if (units.contains(path)) return path;
    for (const std::uint32_t next : code.importers(way[i])) {
      if (seen.insert(next).second) way.push_back(next);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<ChangesSince> ChangesSince::find(const repo::Repository& repo, std::string_view since,
                                        const CommitId& at) {
  const auto named = repo.resolve(since);
  if (!named) return fail(named.error());
  const auto shared = repo.merge_base(named->commit, at);
  if (!shared) return fail(shared.error());
  if (!*shared) {
    return fail(ErrorKind::kUsage,
                fmt::format("--since: '{}' and {} have no commit in common", printable_line(since),
                            at.text.substr(0, 12)),
                "name an ancestor of what is analyzed");
  }
  const auto before = repo.resolve((*shared)->text);
  if (!before) return fail(before.error());
  const auto after = repo.resolve(at.text);
  if (!after) return fail(after.error());
  ChangesSince changes;
  changes.from_ = **shared;
  auto files = repo.changed_lines(before->tree, after->tree);
  if (!files) return fail(std::move(files.error()));
  changes.files_ = std::move(*files);
  return changes;
}

const repo::ChangedLines* ChangesSince::lines_of(std::string_view path) const {
  const auto found = std::ranges::lower_bound(files_, path, {}, &repo::ChangedLines::path);
  return found != files_.end() && found->path == path ? &*found : nullptr;
}

bool ChangesSince::touches(std::string_view path) const { return lines_of(path) != nullptr; }

bool ChangesSince::holds(const Place& place) const {
  const repo::ChangedLines* file = lines_of(place.path);
  if (file == nullptr || place.line == 0) return file != nullptr;
  return std::ranges::any_of(file->spans, [&](const repo::ChangedLines::Span& span) {
    return span.first <= place.line && place.line <= span.last;
  });
}

std::vector<std::string> ChangesSince::units_among(const std::vector<std::string>& units,
                                                   const analyzers::Codebase& code) const {
  const Units known(units.begin(), units.end());
  Units wanted;
  for (const repo::ChangedLines& file : files_) {
    if (known.contains(file.path)) wanted.insert(file.path);
    const auto at = code.find(file.path);
    if (!at || !analyzers::is_header(file.path)) continue;
    if (auto unit = nearest_unit(code, *at, known)) wanted.insert(std::move(*unit));
  }
  return {wanted.begin(), wanted.end()};
}

}  // namespace automod
