#include "engine/repo/ref_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/handles.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kIdSize = 40;
constexpr std::size_t kLargestLoose = 8192;
constexpr std::size_t kLargestPacked = 1024 * kMiB;

bool is_id(std::string_view text) {
  return text.size() == kIdSize && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::unexpected<Error> fail_broken(std::string_view what) {
  return fail(ErrorKind::kInternal, fmt::format("{} is damaged", what), "run: git fsck");
}

/// The first thing in a folder of refs that is no folder and no lock.
std::optional<std::string> any_loose_below(const fs::path& folder, std::string_view ref) {
  std::error_code code;
  std::vector<fs::path> held;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    held.push_back(it->path());
  }
  std::ranges::sort(held);
  for (const fs::path& path : held) {
    std::string name = fmt::format("{}/{}", ref, path.filename().string());
    struct stat info{};
    if (lstat(path.c_str(), &info) != 0 || name.ends_with(".lock")) continue;
    if (!S_ISDIR(info.st_mode)) return name;
    if (auto found = any_loose_below(path, name)) return found;
  }
  return std::nullopt;
}

}  // namespace

Result<LooseRef> read_loose(const fs::path& common_dir, std::string_view ref) {
  const fs::path file = common_dir / ref;
  struct stat info{};
  if (lstat(file.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return LooseRef{};
    return fail_errno(fmt::format("reading {}", ref), errno);
  }
  if (S_ISDIR(info.st_mode)) return LooseRef{};
  if (S_ISLNK(info.st_mode)) {
    std::error_code ignored;
    return LooseRef{.commit = {}, .symbolic = fs::read_symlink(file, ignored).string()};
  }
  const auto text = read_file(file, kLargestLoose);
  if (!text) return fail(text.error());
  std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("ref:")) {
    line.remove_prefix(4);
    while (line.starts_with(' ')) line.remove_prefix(1);
    return LooseRef{.commit = {}, .symbolic = std::string(line)};
  }
  if (!is_id(line)) return fail_broken(ref);
  return LooseRef{.commit = CommitId{std::string(line)}, .symbolic = {}};
}

Result<PackedRefs> PackedRefs::read(const fs::path& common_dir) {
  const fs::path file = common_dir / "packed-refs";
  struct stat info{};
  if (lstat(file.c_str(), &info) != 0) {
    if (errno == ENOENT) return PackedRefs{};
    return fail_errno(fmt::format("reading {}", file.string()), errno);
  }
  if (S_ISLNK(info.st_mode)) {
    return fail(ErrorKind::kUnavailable, fmt::format("{} is a symbolic link", file.string()),
                "repositories that share their refs by a link are not supported");
  }
  auto text = read_file(file, kLargestPacked);
  if (!text) return fail(text.error());
  PackedRefs packed;
  packed.text_ = std::move(*text);
  const std::string_view all = packed.text_;
  Line* last = nullptr;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t newline = all.find('\n', begin);
    if (newline == all.npos) return fail_broken(file.string());
    const std::string_view line = all.substr(begin, newline - begin);
    if (line.starts_with('^')) {
      if (last == nullptr || !is_id(line.substr(1))) return fail_broken(file.string());
      last->end = newline + 1;
    } else if (!line.starts_with('#')) {
      if (line.size() < kIdSize + 2 || line[kIdSize] != ' ' || !is_id(line.substr(0, kIdSize))) {
        return fail_broken(file.string());
      }
      last = &packed.refs_[std::string(line.substr(kIdSize + 1))];
      *last = {.id = std::string(line.substr(0, kIdSize)), .begin = begin, .end = newline + 1};
    }
    begin = newline + 1;
  }
  return packed;
}

std::optional<CommitId> PackedRefs::find(std::string_view ref) const {
  const auto found = refs_.find(ref);
  if (found == refs_.end()) return std::nullopt;
  return CommitId{found->second.id};
}

std::optional<std::string> PackedRefs::any_below(std::string_view folder) const {
  const std::string prefix = fmt::format("{}/", folder);
  const auto first = refs_.lower_bound(prefix);
  if (first == refs_.end() || !first->first.starts_with(prefix)) return std::nullopt;
  return first->first;
}

std::optional<std::string> PackedRefs::without(const std::set<std::string>& refs) const {
  std::vector<Line> cut;
  for (const std::string& ref : refs) {
    if (const auto found = refs_.find(ref); found != refs_.end()) cut.push_back(found->second);
  }
  if (cut.empty()) return std::nullopt;
  std::ranges::sort(cut, {}, &Line::begin);
  std::string rest;
  std::size_t from = 0;
  for (const Line& line : cut) {
    rest.append(text_, from, line.begin - from);
    from = line.end;
  }
  rest.append(text_, from);
  return rest;
}

std::optional<std::string> in_the_way(const fs::path& common_dir, const PackedRefs& packed,
                                      std::string_view ref) {
  for (std::size_t slash = ref.find('/'); slash != ref.npos; slash = ref.find('/', slash + 1)) {
    const std::string_view above = ref.substr(0, slash);
    struct stat info{};
    const bool is_loose = lstat((common_dir / above).c_str(), &info) == 0 && S_ISREG(info.st_mode);
    if (is_loose || packed.find(above)) return std::string(above);
  }
  if (auto below = any_loose_below(common_dir / ref, ref)) return below;
  return packed.any_below(ref);
}

}  // namespace automod::repo
