#include "engine/trial/side.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/folder_copy.hpp"
#include "base/text.hpp"
#include "engine/trial/checkout.hpp"
#include "engine/trial/workspace.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kProbeSeconds = 60;

/// The layer of an overlay that holds what differs, as the sandbox lays it out.
fs::path layer_of(const Site& site) { return site.changes / "files"; }

Result<void> make_layer(const Site& site) {
  struct stat facts{};
  if (stat(site.folder.c_str(), &facts) != 0) return fail_errno("looking at the base", errno);
  const fs::path layer = layer_of(site);
  // A base that a caller without rights made is his; one that root made is root's.
  const bool made =
      mkdir(layer.c_str(), 0755) == 0 && chmod(layer.c_str(), facts.st_mode & 0777) == 0;
  if (!made) return fail_errno("creating " + layer.string(), errno);
  return {};
}

/// Can this sandbox show the base with changes on top?
Result<bool> overlays(const Site& site) {
  const auto tried = run_command(site, ExecutionType::kConfigure, ":", kProbeSeconds);
  if (tried) return true;
  if (tried.error().kind == ErrorKind::kInterrupted) return fail(tried.error());
  return false;
}

void add_newer(const fs::path& root, const timespec& than, std::vector<std::string>& paths) {
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(root, options, error), end; !error && at != end;
       at.increment(error)) {
    struct stat facts{};
    if (lstat(at->path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    const auto& time = facts.st_mtim;
    if (std::pair(time.tv_sec, time.tv_nsec) < std::pair(than.tv_sec, than.tv_nsec)) continue;
    paths.push_back(at->path().lexically_relative(root).generic_string());
  }
}

}  // namespace

Result<Side> Side::open(const World& world, const Base& base) {
  auto workspace = Workspace::open(world.cache);
  if (!workspace) return fail(workspace.error());
  auto folder = workspace->folder("side-");
  if (!folder) return fail(folder.error());
  Site site{.world = world,
            .config = base.spec.config,
            .folder = base.folder,
            .changes = folder->path() / "changes",
            .variant = base.spec.variant};
  if (mkdir(site.changes.c_str(), 0755) != 0) return fail_errno("making room for changes", errno);
  if (auto made = make_layer(site); !made) return fail(made.error());
  const auto has_overlay = overlays(site);
  if (!has_overlay) return fail(has_overlay.error());
  if (!*has_overlay) {
    tell(world, "copying the base");
    const fs::path copy = folder->path() / "copy";
    if (mkdir(copy.c_str(), 0755) != 0) return fail_errno("making room for a copy", errno);
    auto copied = copy_folder(base.folder, copy, world.cancel);
    if (!copied) return fail(std::move(copied.error()).within("copying the base"));
    site.folder = copy;
    site.changes.clear();
  }
  Side side(std::move(site), std::move(*folder));
  clock_gettime(CLOCK_REALTIME_COARSE, &side.opened_);
  return side;
}

Result<void> Side::write(const std::vector<FileChange>& files) {
  if (site_.changes.empty()) return write_changes(site_.folder, files);
  return write_layer(site_.folder, layer_of(site_), files);
}

Result<void> Side::verify(const TreeId& tree, const std::vector<FileChange>& files) const {
  for (const FileChange& file : files) {
    const std::size_t size = file.modified ? file.modified->size() : 0;
    const auto wanted = site_.world.repo.read(tree, file.path, size + 1);
    if (!wanted) return fail(Error(wanted.error()).within("comparing the checkout with the tree"));
    const bool agrees = *wanted == file.modified;
    const fs::path& top = site_.changes.empty() ? site_.folder : layer_of(site_);
    if (!agrees || !holds_change(top, file)) {
      return fail(ErrorKind::kInternal,
                  fmt::format("'{}' in the checkout is not what the tree {} holds",
                              printable_line(file.path), tree.text));
    }
  }
  return {};
}

std::vector<std::string> Side::changed() const {
  std::vector<std::string> paths;
  if (site_.changes.empty()) {
    add_newer(site_.folder, opened_, paths);
  } else {
    add_newer(layer_of(site_), {}, paths);
  }
  std::ranges::sort(paths);
  return paths;
}

std::optional<std::string> Side::read(const std::string& path, std::size_t most) const {
  if (!site_.changes.empty()) {
    const fs::path layer = layer_of(site_);
    if (auto text = read_file_beneath(layer, path, most)) return std::move(*text);
    if (hides(layer, path)) return std::nullopt;
  }
  auto text = read_file_beneath(site_.folder, path, most);
  if (!text) return std::nullopt;
  return std::move(*text);
}

}  // namespace automod::trial
