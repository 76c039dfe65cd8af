#include "analyzers/index/packed.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "analyzers/index/index.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kFilesAtOnce = 128;

std::unexpected<Error> damaged() {
  return fail(ErrorKind::kInternal, "the index is damaged: a row holds no facts",
              "run: automod cache prune --all");
}

/// Calls `act` for 0 to `count` from several threads; false where one of them said so.
bool for_each_of(std::size_t count, unsigned jobs, const std::function<bool(std::size_t)>& act) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> good = true;
  const auto work = [&] {
    for (std::size_t i = next++; i < count && good; i = next++) {
      if (!act(i)) good = false;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::min<std::size_t>(jobs, count); ++i) threads.emplace_back(work);
    work();
  }
  return good;
}

}  // namespace

PackedCode::PackedCode(std::vector<PackedFile> files) : files_(std::move(files)) {
  std::ranges::sort(files_, {}, &PackedFile::path);
  for (const PackedFile& file : files_) bytes_ += file.bytes.size();
}

std::optional<std::uint32_t> PackedCode::find(std::string_view path) const {
  const auto found = std::ranges::lower_bound(files_, path, {}, &PackedFile::path);
  if (found == files_.end() || found->path != path) return std::nullopt;
  return static_cast<std::uint32_t>(found - files_.begin());
}

Result<std::vector<PackedCode::Sighting>> PackedCode::look_for(
    const std::vector<std::string>& names, unsigned jobs) const {
  const WantedNames wanted(names);
  const std::size_t parts = (files_.size() + kFilesAtOnce - 1) / kFilesAtOnce;
  std::vector<std::vector<Sighting>> found(parts);
  const bool good = for_each_of(parts, jobs, [&](std::size_t part) {
    const std::size_t end = std::min(files_.size(), (part + 1) * kFilesAtOnce);
    for (std::size_t i = part * kFilesAtOnce; i < end; ++i) {
      const auto seen = names_in(files_[i].bytes, wanted);
      if (!seen) return false;
      for (const SeenName& one : *seen) {
        found[part].push_back({.file = static_cast<std::uint32_t>(i), .seen = one});
      }
    }
    return true;
  });
  if (!good) return damaged();
  std::vector<Sighting> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Result<FileFacts> PackedCode::facts(std::uint32_t file) const {
  auto facts = decode(files_[file].bytes);
  if (!facts) return damaged();
  return std::move(*facts);
}

Result<Codebase> PackedCode::read(const std::vector<std::uint32_t>& files, bool with_imports,
                                  unsigned jobs) const {
  std::vector<CodeFile> read(files.size());
  const bool good = for_each_of(files.size(), jobs, [&](std::size_t i) {
    auto facts = decode(files_[files[i]].bytes);
    if (!facts) return false;
    if (!with_imports) facts->imports.clear();
    read[i] = {.path = files_[files[i]].path, .facts = std::move(*facts)};
    return true;
  });
  if (!good) return damaged();
  return Codebase(std::move(read));
}

}  // namespace automod::analyzers
