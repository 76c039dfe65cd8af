#include "engine/keep/dependents.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "analyzers/index/codebase.hpp"
#include "base/files.hpp"

namespace automod::keep {

namespace {

using analyzers::Codebase;
using analyzers::CodeFile;
using analyzers::FileFacts;
using analyzers::SymbolAt;

using NameSet = std::set<std::string, std::less<>>;

/// What imports lead to beyond that is not looked at: the rest goes by name.
constexpr std::size_t kMostRead = 3000;

/// All files of one side together.
struct Side {
  NameSet defined;
  NameSet used;
};

FileFacts facts_in(const std::string& path, const std::string& text) {
  return analyzers::facts_of(*analyzers::language_of(path), text, {.bytes = kMiB});
}

void add(Side& side, const std::string& path, const std::optional<std::string>& text) {
  if (!analyzers::language_of(path) || !text) return;
  const FileFacts facts = facts_in(path, *text);
  for (const auto& symbol : facts.symbols) side.defined.insert(facts.names[symbol.name]);
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

/// Names that one change defines now and nowhere before, and the other uses now and not before.
NameSet shared_names(const std::vector<FileChange>& earlier, const std::vector<FileChange>& later) {
  const Side old = before(earlier);
  const Side now = after(earlier);
  NameSet introduced;
  std::ranges::set_difference(now.defined, old.defined,
                              std::inserter(introduced, introduced.end()));
  if (introduced.empty()) return {};
  const Side was = before(later);
  const Side is = after(later);
  std::erase_if(introduced, [&](const std::string& name) {
    return !is.used.contains(name) || was.used.contains(name);
  });
  return introduced;
}

/// The two changes and all that the later one imports, in the tree after it.
class Neighbourhood {
 public:
  explicit Neighbourhood(const TreeAfter& tree) : tree_(tree) {}

  Result<Codebase> read(const std::vector<FileChange>& earlier,
                        const std::vector<FileChange>& later) {
    auto paths = tree_.paths();
    if (!paths) return fail(paths.error());
    paths_ = std::move(*paths);
    NameSet wanted;
    for (const auto* files : {&earlier, &later}) {
      for (const FileChange& file : *files) wanted.insert(file.path);
    }
    for (;;) {
      for (const std::string& path : wanted) {
        if (auto done = load(path); !done) return fail(done.error());
      }
      Codebase code = codebase();
      wanted.clear();
      for (const auto& [path, facts] : known_) {
        const auto file = code.find(path);
        if (!file) continue;
        for (const std::uint32_t import : code.imports(*file)) {
          const std::string& other = code.files()[import].path;
          if (!known_.contains(other)) wanted.insert(other);
        }
      }
      if (wanted.empty() || known_.size() > kMostRead) return code;
    }
  }

 private:
  Result<void> load(const std::string& path) {
    FileFacts& facts = known_[path];
    if (!analyzers::language_of(path)) return {};
    const auto text = tree_.read(path);
    if (!text) return fail(text.error());
    if (*text) facts = facts_in(path, **text);
    return {};
  }

  /// What was not read is there by its path alone.
  Codebase codebase() const {
    std::vector<CodeFile> files;
    for (const std::string& path : paths_) {
      const auto language = analyzers::language_of(path);
      if (!language) continue;
      const auto found = known_.find(path);
      files.push_back({.path = path, .facts = {}});
      files.back().facts.language = *language;
      if (found != known_.end()) files.back().facts = found->second;
    }
    return Codebase(std::move(files));
  }

  const TreeAfter& tree_;
  std::vector<std::string> paths_;
  std::map<std::string, FileFacts, std::less<>> known_;
};

/// Do imports lead from one file to the other?
bool leads_to(const Codebase& code, std::uint32_t from, std::uint32_t to) {
  std::set<std::uint32_t> seen = {from};
  std::vector<std::uint32_t> open = {from};
  while (!open.empty()) {
    const std::uint32_t file = open.back();
    open.pop_back();
    if (file == to) return true;
    for (const std::uint32_t next : code.imports(file)) {
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return false;
}

bool uses(const FileFacts& facts, std::string_view name) {
  return std::ranges::any_of(facts.references, [&](const analyzers::Reference& one) {
    return facts.names[one.name] == name;
  });
}

std::set<std::uint32_t> numbers(const Codebase& code, const std::vector<FileChange>& files) {
  std::set<std::uint32_t> all;
  for (const FileChange& file : files) {
    if (const auto number = code.find(file.path)) all.insert(*number);
  }
  return all;
}

}  // namespace

Result<std::vector<std::string>> definitions_taken_up(const std::vector<FileChange>& earlier,
                                                      const std::vector<FileChange>& later,
                                                      const TreeAfter& after) {
  const NameSet names = shared_names(earlier, later);
  if (names.empty()) return std::vector<std::string>{};
  const auto code = Neighbourhood(after).read(earlier, later);
  if (!code) return fail(code.error());
  const auto from = numbers(*code, later);
  NameSet meant;
  for (const std::uint32_t file : numbers(*code, earlier)) {
    const FileFacts& facts = code->files()[file].facts;
    for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
      const SymbolAt at{.file = file, .symbol = i};
      const std::string name(code->name(at));
      if (!names.contains(name) || meant.contains(name)) continue;
      const bool is_meant =
          facts.symbols[i].is_definition
              ? std::ranges::any_of(
                    code->links_to(at),
                    [&](const analyzers::Link& link) { return from.contains(link.from.file); })
              : std::ranges::any_of(from, [&](std::uint32_t user) {
                  return uses(code->files()[user].facts, name) && leads_to(*code, user, file);
                });
      if (is_meant) meant.insert(name);
    }
  }
  return std::vector<std::string>(meant.begin(), meant.end());
}

}  // namespace automod::keep
