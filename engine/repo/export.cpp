#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

/// Writes one tree. Every name is looked up in a folder that we hold open and have made
/// ourselves, and nothing that exists is opened: there is no way out.
class Exporter {
 public:
  Exporter(const Repository::Impl& impl, long long seconds) : impl_(impl) {
    times_.fill({.tv_sec = static_cast<time_t>(seconds), .tv_nsec = 0});
  }

  Result<void> fill(int folder, const git_oid& tree, const std::string& path, std::size_t depth) {
    const auto handle = impl_.tree(tree);
    if (!handle) return fail(handle.error());
    const auto held = children(handle->get(), path);
    if (!held) return fail(held.error());
    for (const Child& child : *held) {
      if (auto fits = bounds_.count(depth); !fits) return fits;
      const std::string below = path.empty() ? child.name : fmt::format("{}/{}", path, child.name);
      if (auto done = put(folder, child, below, depth); !done) return done;
    }
    if (fchmod(folder, 0755) != 0 || futimens(folder, times_.data()) != 0) {
      return fail_errno(fmt::format("writing '{}'", printable_line(path)), errno);
    }
    return {};
  }

 private:
  Result<void> put(int folder, const Child& child, const std::string& path, std::size_t depth) {
    const auto id = parse_id(child.id);
    if (!id) return fail(id.error());
    switch (child.mode) {
      case kModeFolder:
        return put_folder(folder, child.name, path,
                          [&](int below) { return fill(below, *id, path, depth + 1); });
      case kModeSubmodule:
        return put_folder(folder, child.name, path, [&](int below) -> Result<void> {
          if (futimens(below, times_.data()) == 0) return {};
          return fail_errno(fmt::format("writing '{}'", printable_line(path)), errno);
        });
      case kModeLink:
        return put_link(folder, child.name, path, *id);
      default:
        return put_file(folder, child, path, *id);
    }
  }

  template <class Fill>
  Result<void> put_folder(int folder, const std::string& name, const std::string& path,
                          Fill fill_it) {
    if (mkdirat(folder, name.c_str(), 0755) != 0) {
      return fail_errno(fmt::format("creating '{}'", printable_line(path)), errno);
    }
    const Fd below(openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!below) return fail_errno(fmt::format("opening '{}'", printable_line(path)), errno);
    return fill_it(below.get());
  }

  Result<void> put_link(int folder, const std::string& name, const std::string& path,
                        const git_oid& id) {
    const auto target = impl_.content(id, path, PATH_MAX);
    if (!target) return fail(target.error());
    if (target->find('\0') != std::string::npos) {
      return fail(ErrorKind::kRefused,
                  fmt::format("the link '{}' has a NUL in its target", printable_line(path)));
    }
    if (symlinkat(target->c_str(), folder, name.c_str()) != 0 ||
        utimensat(folder, name.c_str(), times_.data(), AT_SYMLINK_NOFOLLOW) != 0) {
      return fail_errno(fmt::format("linking '{}'", printable_line(path)), errno);
    }
    return {};
  }

  Result<void> put_file(int folder, const Child& child, const std::string& path,
                        const git_oid& id) {
    const auto content = impl_.content(id, path, std::numeric_limits<std::size_t>::max());
    if (!content) return fail(content.error());
    const Fd file(openat(folder, child.name.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return fail_errno(fmt::format("creating '{}'", printable_line(path)), errno);
    for (std::string_view rest = *content; !rest.empty();) {
      const ssize_t put = ::write(file.get(), rest.data(), rest.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return fail_errno(fmt::format("writing '{}'", printable_line(path)), errno);
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
    const mode_t mode = child.mode == kModeExecutable ? 0755 : 0644;
    if (fchmod(file.get(), mode) != 0 || futimens(file.get(), times_.data()) != 0) {
      return fail_errno(fmt::format("writing '{}'", printable_line(path)), errno);
    }
    return {};
  }

  const Repository::Impl& impl_;
  std::array<timespec, 2> times_{};
  WalkBounds bounds_;
};

}  // namespace

Result<void> Repository::export_tree(const TreeId& tree, const fs::path& folder,
                                     long long seconds) const {
  const auto id = parse_id(tree.text);
  if (!id) return fail(id.error());
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return fail_errno(fmt::format("creating {}", folder.string()), code.value());
  const bool empty = fs::is_empty(folder, code);
  if (code) return fail_errno(fmt::format("reading {}", folder.string()), code.value());
  if (!empty) {
    return fail(ErrorKind::kUsage, fmt::format("{} is not empty", folder.string()));
  }
  const Fd root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return fail_errno(fmt::format("opening {}", folder.string()), errno);
  return Exporter(*impl_, seconds).fill(root.get(), *id, "", 0);
}

}  // namespace automod::repo
