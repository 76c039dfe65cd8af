#include "engine/codebase.hpp"

#include <algorithm>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/repo/repo.hpp"

namespace automod {

struct IndexedCode::Impl {
  repo::Repository repo;
  Indexed indexed;
  analyzers::Codebase code;
};

struct PackedTree::Impl {
  repo::Repository repo;
  Indexed indexed;
  std::vector<std::string> paths;  // sorted
  std::vector<std::string> blobs;  // of the files, by the same numbers
  analyzers::PackedCode code;
};

namespace {

using analyzers::Index;
using analyzers::TreeFile;

/// The most that the index may take; what was not used for longest goes first.
constexpr std::size_t kMostIndexBytes = 2048 * kMiB;
constexpr std::size_t kMostFileBytes = 64 * kMiB;
constexpr unsigned kModeKind = 0170000;
constexpr unsigned kModeFile = 0100000;

Result<std::string> text_in(const repo::Repository& repo, const TreeId& tree,
                            std::string_view path) {
  auto text = repo.read(tree, path, kMostFileBytes);
  if (!text) return fail(std::move(text.error()));
  if (!*text) return fail(ErrorKind::kInternal, "the tree has no " + printable_line(path));
  return std::move(**text);
}

/// One revision on its way into the index.
class Reading {
 public:
  Reading(repo::Repository repo, repo::CommitInfo at, const EngineWorld& world)
      : repo_(std::move(repo)), at_(std::move(at)), world_(world) {}

  Result<Indexed> update(Index& index) {
    Indexed indexed{.commit = at_.commit, .tree = at_.tree, .run = {}};
    auto known = index.known(at_.tree.text);
    if (!known) return fail(known.error());
    if (*known) {
      indexed.run = std::move(**known);
    } else {
      if (auto listed = list(); !listed) return fail(listed.error());
      auto run = read(index);
      if (!run) return fail(run.error());
      indexed.run = std::move(*run);
    }
    const auto bytes = index.size();
    if (!bytes) return fail(bytes.error());
    indexed.index_bytes = *bytes;
    return indexed;
  }

  Result<IndexedCode> load(Index& index) {
    auto indexed = update(index);
    if (!indexed) return fail(indexed.error());
    if (auto listed = list(); !listed) return fail(listed.error());
    auto facts = index.facts(files_, world_.jobs);
    if (!facts) return fail(facts.error());
    std::vector<analyzers::CodeFile> files;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      auto& one = (*facts)[i];
      if (one) files.push_back({.path = files_[i].path, .facts = std::move(*one)});
    }
    return IndexedCode(std::make_unique<IndexedCode::Impl>(std::move(repo_), std::move(*indexed),
                                                           analyzers::Codebase(std::move(files))));
  }

  Result<PackedTree> pack(Index& index) {
    auto indexed = update(index);
    if (!indexed) return fail(indexed.error());
    if (auto listed = list(); !listed) return fail(listed.error());
    auto bytes = index.packed_facts(files_);
    if (!bytes) return fail(bytes.error());
    std::vector<analyzers::PackedFile> files;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      auto& one = (*bytes)[i];
      if (one) files.push_back({.path = files_[i].path, .bytes = std::move(*one)});
    }
    std::ranges::sort(files_, {}, &TreeFile::path);
    std::vector<std::string> paths;
    std::vector<std::string> blobs;
    for (const TreeFile& file : files_) {
      paths.push_back(file.path);
      blobs.push_back(file.blob);
    }
    return PackedTree(std::make_unique<PackedTree::Impl>(std::move(repo_), std::move(*indexed),
                                                         std::move(paths), std::move(blobs),
                                                         analyzers::PackedCode(std::move(files))));
  }

 private:
  Result<void> list() {
    if (!files_.empty()) return {};
    auto entries = repo_.list_unsized(at_.tree);
    if (!entries) return fail(entries.error());
    for (repo::Entry& entry : *entries) {
      if ((entry.mode & kModeKind) != kModeFile) continue;
      files_.push_back({.path = std::move(entry.path), .blob = std::move(entry.blob)});
    }
    return {};
  }

  Result<analyzers::IndexRun> read(Index& index) {
    const auto entry = [](const TreeFile& file) {
      return repo::Entry{.path = file.path, .blob = file.blob, .mode = kModeFile};
    };
    const analyzers::FileSource source{
        .size = [&](const TreeFile& file) { return repo_.size_of(entry(file)); },
        .text = [&](const TreeFile& file) { return repo_.text_of(entry(file), kMostFileBytes); }};
    world_.observer.begin("reading " + at_.commit.text.substr(0, 12) + " into the index");
    auto run = index.update(
        at_.tree.text, files_, source, world_.jobs,
        [&](std::size_t done, std::size_t total, std::string_view path) {
          world_.observer.progress(done, total, path);
        },
        world_.cancel);
    if (!run) return run;
    for (const std::string& file : run->unreadable) {
      world_.observer.note("not in the index: " + printable_line(file));
    }
    if (auto shrunk = index.shrink(kMostIndexBytes); !shrunk) return fail(shrunk.error());
    return run;
  }

  repo::Repository repo_;
  repo::CommitInfo at_;
  const EngineWorld& world_;
  std::vector<TreeFile> files_;  // once they are listed
};

/// Does it with the index, and once more with a new one where the first was damaged.
template <class Act>
auto with_index(const std::filesystem::path& directory, std::string_view revision,
                const EngineWorld& world, const Act& act)
    -> decltype(act(std::declval<Reading&>(), std::declval<Index&>())) {
  auto repo = repo::Repository::open(directory);
  if (!repo) return fail(std::move(repo.error()));
  auto at = repo->resolve(revision);
  if (!at) return fail(std::move(at.error()));
  const auto file = index_file();
  if (!file) return fail(file.error());
  Reading reading(std::move(*repo), std::move(*at), world);
  {
    auto index = Index::open(*file);
    if (!index) return fail(index.error());
    auto done = act(reading, *index);
    if (done || done.error().kind != ErrorKind::kInternal) return done;
    world.observer.note("the index is read anew: " + done.error().message);
  }
  if (auto removed = Index::remove(*file); !removed) return fail(removed.error());
  auto index = Index::open(*file);
  if (!index) return fail(index.error());
  return act(reading, *index);
}

}  // namespace

IndexedCode::IndexedCode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
IndexedCode::IndexedCode(IndexedCode&&) noexcept = default;
IndexedCode::~IndexedCode() = default;

const Indexed& IndexedCode::indexed() const { return impl_->indexed; }
const analyzers::Codebase& IndexedCode::code() const { return impl_->code; }

Result<std::string> IndexedCode::text(std::uint32_t file) const {
  return text_in(impl_->repo, impl_->indexed.tree, impl_->code.files()[file].path);
}

PackedTree::PackedTree(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PackedTree::PackedTree(PackedTree&&) noexcept = default;
PackedTree::~PackedTree() = default;

const Indexed& PackedTree::indexed() const { return impl_->indexed; }
const analyzers::PackedCode& PackedTree::code() const { return impl_->code; }
const std::vector<std::string>& PackedTree::paths() const { return impl_->paths; }

Result<std::string> PackedTree::text(std::string_view path) const {
  // By its blob: a way down the tree for each file would read large folders again and again.
  const auto found = std::ranges::lower_bound(impl_->paths, path);
  if (found == impl_->paths.end() || *found != path) {
    return fail(ErrorKind::kInternal, "the tree has no " + printable_line(path));
  }
  const auto number = static_cast<std::size_t>(found - impl_->paths.begin());
  return impl_->repo.text_of({.path = *found, .blob = impl_->blobs[number]}, kMostFileBytes);
}

Result<std::filesystem::path> index_file() {
  auto folder = cache_dir();
  if (!folder) return folder;
  return *folder / "index" / "facts.db";
}

Result<Indexed> update_index(const std::filesystem::path& directory, std::string_view revision,
                             const EngineWorld& world) {
  return with_index(directory, revision, world,
                    [](Reading& reading, Index& index) { return reading.update(index); });
}

Result<IndexedCode> read_code(const std::filesystem::path& directory, std::string_view revision,
                              const EngineWorld& world) {
  return with_index(directory, revision, world,
                    [](Reading& reading, Index& index) { return reading.load(index); });
}

Result<PackedTree> read_packed(const std::filesystem::path& directory, std::string_view revision,
                               const EngineWorld& world) {
  return with_index(directory, revision, world,
                    [](Reading& reading, Index& index) { return reading.pack(index); });
}

}  // namespace automod
