#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "engine/codebase.hpp"

namespace automod::cli {

namespace {

using trial::SnapshotInfo;

/// "3 hours ago"
std::string ago(std::int64_t then, std::int64_t now) {
  const std::int64_t seconds = std::max<std::int64_t>(0, now - then);
  const auto say = [](std::int64_t number, const char* unit) {
    return count(static_cast<std::size_t>(number), unit) + " ago";
  };
  if (seconds < 60) return "just now";
  if (seconds < 3600) return say(seconds / 60, "minute");
  if (seconds < 86400) return say(seconds / 3600, "hour");
  return say(seconds / 86400, "day");
}

std::int64_t seconds_now(const Context& context) {
  const auto now = context.clock().now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

std::string bases_text(const std::vector<SnapshotInfo>& bases, std::int64_t now,
                       const Paint& paint) {
  Table table;
  table.add({{"TREE", Tone::kDim},
             {"LEVEL", Tone::kDim},
             {"VARIANT", Tone::kDim},
             {"SIZE", Tone::kDim, true},
             {"LAST USED", Tone::kDim}});
  for (const SnapshotInfo& base : bases) {
    table.add({{base.tree.text.empty() ? "unknown" : base.tree.text.substr(0, 12), Tone::kName},
               {std::string(trial::name_of(base.level))},
               {std::string(name(base.variant))},
               {bytes_text(base.bytes), Tone::kPlain, true},
               {base.is_in_use ? "in use" : ago(base.used, now),
                base.is_in_use ? Tone::kGood : Tone::kPlain}});
  }
  return table.text(paint, 0, 0);
}

std::size_t entries_in(const std::filesystem::path& folder) {
  std::error_code code;
  std::size_t number = 0;
  for (std::filesystem::directory_iterator entry(folder, code), end; entry != end;
       entry.increment(code)) {
    ++number;
  }
  return number;
}

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::error_code code;
  std::uint64_t bytes = 0;
  for (std::filesystem::directory_iterator entry(folder, code), end; entry != end;
       entry.increment(code)) {
    const auto size = entry->file_size(code);
    if (!code) bytes += size;
  }
  return bytes;
}

CacheView look(const std::filesystem::path& cache) {
  CacheView view{.folder = cache,
                 .bases = trial::Snapshots(cache).list(),
                 .bytes = 0,
                 .toolchains = entries_in(cache / "toolchains"),
                 .index_bytes = bytes_in(cache / "index")};
  for (const SnapshotInfo& base : view.bases) view.bytes += base.bytes;
  return view;
}

std::string total_text(const CacheView& view) {
  return fmt::format("{}, {}; {} known; index {}; in {}", count(view.bases.size(), "warm base"),
                     bytes_text(view.bytes), count(view.toolchains, "toolchain"),
                     bytes_text(view.index_bytes), printable_line(view.folder.string()));
}

/// "5G"
Result<std::uint64_t> read_bytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.begin(), text.end(), number);
  const std::string_view unit(end, text.end());
  int shift = 0;
  if (unit == "K" || unit == "k") shift = 10;
  if (unit == "M") shift = 20;
  if (unit == "G") shift = 30;
  if (wrong != std::errc() || (shift == 0 && !unit.empty()) || number > (UINT64_MAX >> shift)) {
    return fail(ErrorKind::kUsage,
                fmt::format("--max-bytes: found '{}', wanted a number such as 500M or 5G",
                            printable_line(text)));
  }
  return number << shift;
}

Result<trial::CacheLimits> read_limits(const Arguments& arguments) {
  if (arguments.has("--all")) {
    if (arguments.has("--keep") || arguments.has("--max-bytes")) {
      return fail(ErrorKind::kUsage, "--all leaves nothing: found --keep or --max-bytes beside it");
    }
    return trial::CacheLimits{.snapshots = 0, .bytes = 0};
  }
  trial::CacheLimits limits;
  limits.snapshots = arguments.number("--keep", limits.snapshots);
  if (const auto text = arguments.value("--max-bytes")) {
    const auto bytes = read_bytes(*text);
    if (!bytes) return fail(bytes.error());
    limits.bytes = *bytes;
  }
  return limits;
}

}  // namespace

Result<int> run_cache_show(Context& context, const Arguments&) {
  const auto cache = cache_dir();
  if (!cache) return fail(cache.error());
  const CacheView view = look(*cache);
  if (context.json()) {
    context.print(cache_show_document(view));
    return kDone;
  }
  if (!view.bases.empty()) {
    context.out() << bases_text(view.bases, seconds_now(context), context.paint()) << '\n';
  }
  context.out() << total_text(view) << '\n';
  return kDone;
}

Result<int> run_cache_prune(Context& context, const Arguments& arguments) {
  const auto limits = read_limits(arguments);
  if (!limits) return fail(limits.error());
  const auto cache = cache_dir();
  if (!cache) return fail(cache.error());
  // Opening removes what dead processes have left.
  if (auto opened = trial::Workspace::open(*cache); !opened) return fail(opened.error());
  const auto gone = trial::Snapshots(*cache).evict(*limits);
  std::error_code code;
  if (arguments.has("--all")) {
    std::filesystem::remove_all(*cache / "toolchains", code);
    const auto index = index_file();
    if (!index) return fail(index.error());
    if (auto removed = analyzers::Index::remove(*index); !removed) return fail(removed.error());
  }
  const CacheView view = look(*cache);
  if (context.json()) {
    context.print(cache_prune_document(gone, view));
    return kDone;
  }
  std::uint64_t bytes = 0;
  for (const SnapshotInfo& base : gone) bytes += base.bytes;
  context.out() << fmt::format("removed {}, {}\n", count(gone.size(), "warm base"),
                               bytes_text(bytes))
                << "left: " << total_text(view) << '\n';
  return kDone;
}

}  // namespace automod::cli
