#include "tests/unit/engine/trial/fixture.hpp"

#include <memory>
#include <stdexcept>

namespace automod::testing {

namespace fs = std::filesystem;

namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

sandbox::Runner& real_runner() {
  static const std::unique_ptr<sandbox::Runner> runner = must(sandbox::open_runner());
  return *runner;
}

TrialFixture::TrialFixture()
    : repo_(must(repo::Repository::open(git.root()))),
      world_{.repo = repo_,
             .runner = real_runner(),
             .cancel = cancel,
             .cache = cache(),
             .jobs = 2,
             .progress = [this](std::string_view what) { told.emplace_back(what); }} {
  config.build = "sh build.sh";
  config.test = "sh test.sh";
  config.build_seconds = 20;
  config.test_seconds = 20;
  config.base_runs = 1;
  config.protected_paths = {"tests/**", "*.sh"};
}

void TrialFixture::commit(const std::map<std::string, std::string>& files) {
  for (const auto& [path, content] : files) git.write(path, content);
  base_ = must(repo_.resolve(git.commit("base"))).tree;
}

void TrialFixture::commit_small() {
  commit({{"build.sh", "mkdir -p build && cp prog.txt build/prog"},
          {"test.sh", "sh build/prog | grep -qx ok"},
          {"prog.txt", "echo ok\n"}});
}

trial::TrialSpec TrialFixture::change(
    const std::map<std::string, std::optional<std::string>>& files) {
  trial::TrialSpec spec;
  for (const auto& [path, content] : files) {
    FileChange file;
    file.path = path;
    file.original = must(repo_.read(base_, path, kMiB));
    file.modified = content;
    spec.files.push_back(std::move(file));
  }
  spec.tree = must(repo_.write_tree(base_, spec.files));
  spec.patch_digest = "0123";
  return spec;
}

Result<trial::Base> TrialFixture::prepare(ExecutionType until) {
  return trial::prepare_base(
      world_, {.tree = base_, .config = config, .config_source = "base commit"}, until);
}

Result<trial::TrialResult> TrialFixture::run(
    const std::map<std::string, std::optional<std::string>>& files) {
  auto base = prepare();
  if (!base) return fail(base.error());
  return trial::run_trial(world_, *base, change(files));
}

Evidence TrialFixture::evidence(const std::map<std::string, std::optional<std::string>>& files) {
  return must(run(files)).evidence;
}

std::vector<fs::path> TrialFixture::work_left() const {
  std::vector<fs::path> left;
  std::error_code error;
  for (const auto& session : fs::directory_iterator(cache() / "work", error)) {
    for (const auto& folder : fs::directory_iterator(session.path())) left.push_back(folder.path());
  }
  return left;
}

}  // namespace automod::testing
