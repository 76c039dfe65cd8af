#include "tests/unit/support/git_fixture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "base/digest.hpp"
#include "base/fd.hpp"

namespace automod::testing {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLimit = 256 * kMiB;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

TempDir make_dir() { return must(TempDir::create(fs::temp_directory_path(), "automod-test-")); }

void write_plainly(const fs::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.flush()) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
}

std::string slurp(const fs::path& path) { return must(read_file(path, kLimit)); }

std::vector<std::string> environment(const fs::path& home) {
  const char* path = std::getenv("PATH");
  return {fmt::format("PATH={}", path != nullptr ? path : "/usr/bin:/bin"),
          fmt::format("HOME={}", home.string()),
          "GIT_CONFIG_GLOBAL=/dev/null",
          "GIT_CONFIG_NOSYSTEM=1",
          "GIT_CONFIG_COUNT=1",  // what a test makes need not survive a power cut
          "GIT_CONFIG_KEY_0=core.fsync",
          "GIT_CONFIG_VALUE_0=none",
          "GIT_TERMINAL_PROMPT=0",
          "GIT_EDITOR=true",
          "GIT_AUTHOR_NAME=A U Thor",
          "GIT_AUTHOR_EMAIL=author@example.invalid",
          "GIT_AUTHOR_DATE=1700000000 +0000",
          "GIT_COMMITTER_NAME=C O Mitter",
          "GIT_COMMITTER_EMAIL=committer@example.invalid",
          "GIT_COMMITTER_DATE=1700000000 +0000",
          "LC_ALL=C.UTF-8",
          "TZ=UTC"};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  all.reserve(words.size() + 1);
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

GitFixture::GitFixture() : dir_(make_dir()), root_(dir_.path() / "repo") {
  fs::create_directories(home());
  fs::create_directories(root_);
  git({"init", "--quiet", "--initial-branch=main"});
}

fs::path GitFixture::scratch(std::string_view name) const { return dir_.path() / name; }

Ran GitFixture::try_git(const fs::path& folder, const std::vector<std::string>& arguments,
                        std::string_view input) const {
  std::vector<std::string> words{"git"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment(home());
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);
  const TempDir streams = make_dir();
  const fs::path in = streams.path() / "in";
  const fs::path out = streams.path() / "out";
  const fs::path err = streams.path() / "err";
  write_plainly(in, input);

  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    const int in_fd = open(in.c_str(), O_RDONLY | O_CLOEXEC);
    const int out_fd = open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int err_fd = open(err.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (dup2(in_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(err_fd, 2) < 0) _exit(126);
    if (chdir(folder.c_str()) != 0) _exit(126);
    execvpe("git", argv.data(), envp.data());
    _exit(127);
  }
  const int code = wait_for(child);
  return {code, fs::exists(out) ? slurp(out) : "", fs::exists(err) ? slurp(err) : ""};
}

std::string GitFixture::git_in(const fs::path& folder,
                               const std::vector<std::string>& arguments) const {
  Ran ran = try_git(folder, arguments);
  if (ran.code != 0) {
    throw std::runtime_error(
        fmt::format("git {} ended with {}: {}", fmt::join(arguments, " "), ran.code, ran.err));
  }
  if (ran.out.ends_with('\n')) ran.out.pop_back();
  return ran.out;
}

std::string GitFixture::git(const std::vector<std::string>& arguments) const {
  return git_in(root_, arguments);
}

void GitFixture::write(std::string_view path, std::string_view content, bool executable) const {
  const fs::path place = root_ / path;
  fs::create_directories(place.parent_path());
  write_plainly(place, content);
  fs::permissions(place, fs::perms(executable ? 0755 : 0644));
}

void GitFixture::link(std::string_view path, std::string_view target) const {
  fs::create_directories((root_ / path).parent_path());
  fs::create_symlink(target, root_ / path);
}

void GitFixture::remove(std::string_view path) const { fs::remove_all(root_ / path); }

std::string GitFixture::commit(std::string_view message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "--message", std::string(message)});
  return id("HEAD");
}

std::string GitFixture::id(std::string_view revision) const {
  return git({"rev-parse", "--verify", "--end-of-options", std::string(revision)});
}

std::string GitFixture::tree(std::string_view revision) const {
  return id(fmt::format("{}^{{tree}}", revision));
}

std::string GitFixture::snapshot(const fs::path& folder) {
  std::vector<std::string> lines;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_symlink()) {
      lines.push_back(fmt::format("{} -> {}", name, fs::read_symlink(entry.path()).string()));
    } else if (entry.is_regular_file()) {
      lines.push_back(fmt::format("{} {}", name, sha256(slurp(entry.path()))));
    } else {
      lines.push_back(name + "/");
    }
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace automod::testing
