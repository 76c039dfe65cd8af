#include "engine/conventions.hpp"

#include <mutex>
#include <utility>

#include "engine/repo/repo.hpp"

namespace automod {

Result<LearntConventions> read_conventions(const std::filesystem::path& directory,
                                           std::string_view revision, const EngineWorld& world) {
  const auto repo = repo::Repository::open(directory);
  if (!repo) return fail(repo.error());
  const auto indexed = read_code(directory, revision, world);
  if (!indexed) return fail(indexed.error());
  const auto entries = repo->list_unsized(indexed->indexed().tree);
  if (!entries) return fail(entries.error());
  std::vector<std::string> paths;
  for (const repo::Entry& entry : *entries) paths.push_back(entry.path);
  std::mutex mutex;
  const analyzers::ReadText read = [&](std::uint32_t file) {
    const std::lock_guard lock(mutex);
    return indexed->text(file);
  };
  world.observer.begin("learning the habits of the project");
  auto learnt =
      analyzers::learn_conventions(indexed->code(), read, paths, world.jobs, world.cancel);
  if (!learnt) return fail(std::move(learnt.error()));
  return LearntConventions{.commit = indexed->indexed().commit, .conventions = std::move(*learnt)};
}

}  // namespace automod
