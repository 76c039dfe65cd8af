#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include <cerrno>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

/// Above libgit2's own backends (loose 1, packed 2): it is asked first and gets every write.
constexpr int kMemoryFirst = 1000;

std::unexpected<Error> fail_open(const fs::path& path, int code) {
  auto failed = fail_git(fmt::format("opening the repository at {}", path.string()), code);
  Error& error = failed.error();
  if (code == GIT_ENOTFOUND) {
    return fail(ErrorKind::kUsage, fmt::format("{} is not in a git repository", path.string()),
                "run it inside a repository, or name one with -C");
  }
  if (error.message.find("objectformat") != std::string::npos) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("the repository at {} uses SHA-256 object ids, only SHA-1 is supported",
                            path.string()));
  }
  if (error.message.find("extension") != std::string::npos ||
      error.message.find("version") != std::string::npos) {
    error.kind = ErrorKind::kUnavailable;
    error.hint = "clone it without that extension of git's repository format";
  }
  return failed;
}

/// Has an odb of its own whose writes stay in memory, and shares nothing else.
Result<void> open_objects(Repository::Impl& impl, const std::string& folder) {
  const std::string doing = fmt::format("opening the objects at {}", folder);
  git_odb_backend* memory = nullptr;
  Handle<git_config> config;
  Handle<git_index> index;
  int code = git_odb_open(Fill(impl.disk), folder.c_str());
  if (code == 0) code = git_odb_open(Fill(impl.odb), folder.c_str());
  if (code == 0) code = git_mempack_new(&memory);
  if (code == 0) {
    code = git_odb_add_backend(impl.odb.get(), memory, kMemoryFirst);
    if (code < 0) memory->free(memory);
    if (code == 0) impl.memory = memory;
  }
  if (code == 0) code = git_repository_wrap_odb(Fill(impl.objects), impl.odb.get());
  if (code == 0) code = git_config_new(Fill(config));
  if (code == 0) code = git_repository_set_config(impl.objects.get(), config.get());
  if (code == 0) code = git_index_new(Fill(index));
  if (code == 0) code = git_repository_set_index(impl.objects.get(), index.get());
  if (code < 0) return fail_git(doing, code);
  return {};
}

/// Is the main repository bare? A linked worktree of a bare repository is not itself.
bool is_bare(git_repository* repository) {
  if (git_repository_is_worktree(repository) == 0) return git_repository_is_bare(repository) != 0;
  Handle<git_config> config;
  int value = 0;
  if (git_repository_config(Fill(config), repository) < 0) return false;
  return git_config_get_bool(&value, config.get(), "core.bare") == 0 && value != 0;
}

/// libgit2 reads refs from files and nothing else.
Result<void> check_ref_storage(git_repository* repository) {
  Handle<git_config> config;
  const char* format = nullptr;
  if (const int code = git_repository_config_snapshot(Fill(config), repository); code < 0) {
    return fail_git("reading the repository's configuration", code);
  }
  if (git_config_get_string(&format, config.get(), "extensions.refstorage") < 0) return {};
  if (std::string_view(format) == "files") return {};
  return fail(ErrorKind::kUnavailable,
              fmt::format("the repository keeps its refs as '{}', only files are supported",
                          printable_line(format)),
              "run: git refs migrate --ref-format=files");
}

std::vector<std::string> read_shallow(const fs::path& common_dir) {
  std::vector<std::string> ids;
  std::error_code ignored;
  if (!fs::exists(common_dir / "shallow", ignored)) return ids;
  if (const auto text = read_file(common_dir / "shallow", 64 * kMiB)) {
    for (const std::string_view line : split_lines(*text)) {
      if (parse_id(line)) ids.emplace_back(line);
    }
  }
  return ids;
}

/// "/x/.git/" -> "/x/.git"
fs::path folder_of(const char* text) {
  std::string path = text != nullptr ? text : "";
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Repository::Repository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const fs::path& path) {
  if (auto started = start_libgit2(); !started) return fail(started.error());
  auto impl = std::make_unique<Impl>();
  if (const int code = git_repository_open_ext(Fill(impl->real), path.c_str(), 0, nullptr);
      code < 0) {
    return fail_open(path, code);
  }
  git_repository* real = impl->real.get();
  impl->common_dir = folder_of(git_repository_commondir(real));
  if (const char* work_dir = git_repository_workdir(real); work_dir != nullptr) {
    impl->work_dir = folder_of(work_dir);
  }
  if (auto ours = check_owner(*impl); !ours) return fail(ours.error());
  impl->bare = is_bare(real);
  impl->shallow = read_shallow(impl->common_dir);
  impl->opened_dir = Fd(::open(impl->common_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!impl->opened_dir) {
    return fail_errno(fmt::format("opening {}", impl->common_dir.string()), errno);
  }
  if (auto files = check_ref_storage(real); !files) return fail(files.error());
  const fs::path objects = impl->common_dir / "objects";
  if (auto opened = open_objects(*impl, objects.string()); !opened) return fail(opened.error());
  return Repository(std::move(impl));
}

fs::path Repository::common_dir() const { return impl_->common_dir; }

std::optional<fs::path> Repository::work_dir() const { return impl_->work_dir; }

}  // namespace automod::repo
