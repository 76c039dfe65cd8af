#include "engine/trial/snapshots.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/folder_copy.hpp"
#include "engine/types/json.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::string_view kMetaFile = "meta.json";
constexpr std::string_view kCompiler = "compiler";  // was heard
constexpr std::size_t kMostMeta = 128 * kMiB;
constexpr std::array kLevels = {Level::kConfigured, Level::kBuilt, Level::kTested};

/// What the base has shown is kept in the form of evidence, which has a JSON already.
std::string meta_text(const SnapshotMeta& meta, std::uint64_t bytes) {
  Evidence carrier;
  carrier.base_tree = meta.tree;
  carrier.environment = meta.environment;
  carrier.stages = meta.stages;
  carrier.base_tests = meta.tests;
  if (meta.warnings) {
    carrier.new_diagnostics = *meta.warnings;
    carrier.diagnostic_tools.emplace_back(kCompiler);
  }
  return canonical({{"format", kFormat},
                    {"configured", meta.configured},
                    {"built", meta.built},
                    {"variant", name(meta.variant)},
                    {"bytes", bytes},
                    {"evidence", canonical(to_json(carrier))}});
}

std::optional<json> read_meta(const fs::path& folder) {
  const auto text = read_file(folder / kMetaFile, kMostMeta);
  if (!text) return std::nullopt;
  json document = json::parse(*text, nullptr, false);
  if (!document.is_object() || document.value("format", json()) != json(kFormat)) {
    return std::nullopt;
  }
  return document;
}

std::optional<SnapshotMeta> parse_meta(const json& document) {
  const json configured = document.value("configured", json());
  const json built = document.value("built", json());
  const json evidence = document.value("evidence", json());
  if (!configured.is_boolean() || !built.is_boolean() || !evidence.is_string()) return std::nullopt;
  auto carrier = evidence_from_json(evidence.get<std::string>());
  if (!carrier) return std::nullopt;
  const json variant = document.value("variant", json());
  std::optional<std::vector<Diagnostic>> warnings;
  if (!carrier->diagnostic_tools.empty()) warnings = std::move(carrier->new_diagnostics);
  return SnapshotMeta{
      .tree = std::move(carrier->base_tree),
      .variant = variant.is_string()
                     ? parse<Variant>(variant.get<std::string>()).value_or(Variant{})
                     : Variant::kPlain,
      .configured = configured.get<bool>(),
      .built = built.get<bool>(),
      .environment = std::move(carrier->environment),
      .stages = std::move(carrier->stages),
      .tests = std::move(carrier->base_tests),
      .warnings = std::move(warnings)};
}

/// Inodes that somebody has locked, as far as this process can see. Taking a lock to find out
/// would be in the way of those who want one.
std::set<std::uint64_t> locked_inodes() {
  std::set<std::uint64_t> inodes;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    // "1: FLOCK  ADVISORY  READ 1234 08:01:5678 0 EOF"
    std::istringstream words(line);
    std::string number, kind, mode, access, process, place;
    words >> number >> kind >> mode >> access >> process >> place;
    const std::size_t colon = place.find_last_of(':');
    std::uint64_t inode = 0;
    if (kind != "FLOCK" || colon == std::string::npos) continue;
    const char* end = place.data() + place.size();
    if (std::from_chars(place.data() + colon + 1, end, inode).ec == std::errc()) {
      inodes.insert(inode);
    }
  }
  return inodes;
}

Level level_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  for (const Level level : kLevels) {
    if (name.ends_with(fmt::format("-{}", name_of(level)))) return level;
  }
  return Level::kConfigured;
}

SnapshotInfo info_of(const fs::path& folder, const std::set<std::uint64_t>& locked) {
  SnapshotInfo info{.folder = folder, .tree = {}, .level = level_of(folder)};
  struct stat facts{};
  if (stat((folder / kMetaFile).c_str(), &facts) == 0) {
    info.used = facts.st_mtim.tv_sec;
    info.used_nanoseconds = facts.st_mtim.tv_nsec;
  }
  if (stat(folder.c_str(), &facts) == 0) info.is_in_use = locked.contains(facts.st_ino);
  if (const auto document = read_meta(folder)) {
    const json bytes = document->value("bytes", json());
    if (bytes.is_number_unsigned()) info.bytes = bytes.get<std::uint64_t>();
    if (auto meta = parse_meta(*document)) {
      info.tree = std::move(meta->tree);
      info.variant = meta->variant;
    }
  }
  return info;
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kConfigured:
      return "configured";
    case Level::kBuilt:
      return "built";
    case Level::kTested:
      return "tested";
  }
  return "unknown";
}

Level level_of(ExecutionType until) {
  switch (until) {
    case ExecutionType::kConfigure:
    case ExecutionType::kStaticAnalysis:
      return Level::kConfigured;
    case ExecutionType::kBuild:
      return Level::kBuilt;
    case ExecutionType::kUnitTest:
    case ExecutionType::kBenchmark:
    case ExecutionType::kHeldOut:
      return Level::kTested;
  }
  return Level::kTested;
}

fs::path Snapshots::place(const std::string& key, Level level) const {
  return root_ / fmt::format("{}-{}", key, name_of(level));
}

Result<Fd> Snapshots::lock(const std::string& key, const CancelToken& cancel) const {
  return lock_file(root_.parent_path() / "locks" / key, cancel);
}

std::optional<Snapshot> Snapshots::open(const std::string& key, Level level) const {
  const fs::path folder = place(key, level);
  // shared by every copy of the Base that it is handed to
  auto hold = std::make_shared<Fd>(hold_folder(folder));
  if (!*hold) return std::nullopt;
  const auto document = read_meta(folder);
  auto meta = document ? parse_meta(*document) : std::nullopt;
  if (!meta) return std::nullopt;
  // The time of use, by which eviction chooses.
  utimensat(AT_FDCWD, (folder / kMetaFile).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  return Snapshot{.meta = std::move(*meta),
                  .level = level,
                  .checkout = folder / "checkout",
                  .hold = std::move(hold)};
}

std::optional<Snapshot> Snapshots::find(const std::string& key, Level least) const {
  for (const auto level : kLevels) {
    if (level < least) continue;
    if (auto snapshot = open(key, level)) return snapshot;
  }
  return std::nullopt;
}

std::optional<Snapshot> Snapshots::find_below(const std::string& key, Level level) const {
  for (auto below = kLevels.rbegin(); below != kLevels.rend(); ++below) {
    if (*below >= level) continue;
    if (auto snapshot = open(key, *below)) return snapshot;
  }
  return std::nullopt;
}

Result<void> Snapshots::add(const std::string& key, Level level, const SnapshotMeta& meta,
                            TempDir folder) const {
  const std::uint64_t bytes = bytes_on_disk(folder.path());
  auto written = write_file(folder.path() / kMetaFile, meta_text(meta, bytes));
  if (!written) return written;
  std::error_code error;
  fs::create_directories(root_, error);
  const Fd root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return fail_errno("opening " + root_.string(), errno);
  // A snapshot that a power cut left with empty files would give wrong verdicts for ever.
  if (syncfs(root.get()) != 0) return fail_errno("writing " + root_.string(), errno);
  const fs::path target = place(key, level);
  discard(target);  // there only when it could not be read
  if (rename(folder.path().c_str(), target.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) return {};  // one that somebody holds: as good
    return fail_errno("moving a snapshot to " + target.string(), errno);
  }
  static_cast<void>(folder.keep());
  for (const auto lower : kLevels) {
    if (lower < level) discard(place(key, lower));
  }
  return {};
}

void Snapshots::discard(const fs::path& folder) const {
  const Fd claim = claim_folder(folder);
  if (!claim) return;
  // Gone in one step for all others; what a crash leaves of it counts as left behind.
  auto workspace = Workspace::open(root_.parent_path());
  auto grave = workspace ? workspace->folder("evicted-") : Result<TempDir>(fail(workspace.error()));
  if (grave) rename(folder.c_str(), (grave->path() / "snapshot").c_str());
}

std::vector<SnapshotInfo> Snapshots::list() const {
  const std::set<std::uint64_t> locked = locked_inodes();
  std::vector<SnapshotInfo> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root_, error)) {
    if (entry.is_directory(error)) all.push_back(info_of(entry.path(), locked));
  }
  std::ranges::sort(all, {}, [](const SnapshotInfo& info) {
    return std::pair(info.used, info.used_nanoseconds);
  });
  return all;
}

std::vector<SnapshotInfo> Snapshots::evict(const CacheLimits& limits) const {
  auto all = list();
  std::uint64_t bytes = 0;
  for (const auto& info : all) bytes += info.bytes;
  std::size_t count = all.size();
  std::vector<SnapshotInfo> gone;
  for (auto& info : all) {
    if (count <= limits.snapshots && bytes <= limits.bytes) break;
    if (!claim_folder(info.folder)) continue;
    discard(info.folder);
    --count;
    bytes -= info.bytes;
    gone.push_back(std::move(info));
  }
  return gone;
}

}  // namespace automod::trial
