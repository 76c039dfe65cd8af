#include "engine/keep/dependents.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "analyzers/treesitter/facts.hpp"
#include "base/files.hpp"

namespace automod::keep {

namespace {

using NameSet = std::set<std::string, std::less<>>;

/// All files of one side together.
struct Side {
  NameSet defined;
  NameSet used;  // what is defined included
};

void add(Side& side, const std::string& path, const std::optional<std::string>& text) {
  const auto language = analyzers::language_of(path);
  if (!language || !text) return;
  const auto facts = analyzers::facts_of(*language, *text, {.bytes = kMiB});
  for (const auto& symbol : facts.symbols) {
    side.defined.insert(facts.names[symbol.name]);
    side.used.insert(facts.names[symbol.name]);
  }
  for (const auto& reference : facts.references) side.used.insert(facts.names[reference.name]);
}

Side before(const std::vector<FileChange>& files) {
  Side side;
  for (const FileChange& file : files) add(side, file.path, file.original);
  return side;
}

Side after(const std::vector<FileChange>& files) {
  Side side;
  for (const FileChange& file : files) add(side, file.path, file.modified);
  return side;
}

}  // namespace

std::vector<std::string> names_introduced(const std::vector<FileChange>& files) {
  const Side old = before(files);
  const Side now = after(files);
  std::vector<std::string> names;
  std::ranges::set_difference(now.defined, old.defined, std::back_inserter(names));
  return names;
}

std::vector<std::string> names_taken_up(const std::vector<FileChange>& files,
                                        const std::vector<std::string>& names) {
  const Side old = before(files);
  const Side now = after(files);
  std::vector<std::string> taken;
  std::ranges::copy_if(names, std::back_inserter(taken), [&](const std::string& name) {
    return now.used.contains(name) && !old.used.contains(name);
  });
  return taken;
}

}  // namespace automod::keep
