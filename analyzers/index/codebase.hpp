#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"

/// All files of a tree together: who defines what others use. By names, so it is a good guess and
/// no proof; what the guess rests on is said with each function.
namespace automod::analyzers {

struct CodeFile {
  std::string path;
  FileFacts facts;
};

/// A symbol of a file of the codebase.
struct SymbolAt {
  std::uint32_t file = 0;
  std::uint32_t symbol = 0;
  friend auto operator<=>(const SymbolAt&, const SymbolAt&) = default;
};

/// How often something is used by something else. `from.symbol` is kNone at file level.
struct Link {
  SymbolAt from;
  SymbolAt to;
  Use use = Use::kName;
  std::uint32_t line = 0;  // of the first time, in from's file
  std::uint32_t times = 1;
  std::uint32_t meant = 1;  // how many symbols it may as well mean; each has a link
};

/// With all that encloses it, as its language writes that: "automod::Index::add".
std::string full_name(const FileFacts& facts, std::uint32_t symbol);
/// Is it `name`, or does it end with it after a separator?
bool is_named(std::string_view full_name, std::string_view name);
/// The part of a name behind its last separator: "add".
std::string_view last_name(std::string_view name);

class Codebase {
 public:
  explicit Codebase(std::vector<CodeFile> files);
  Codebase(Codebase&&) noexcept;
  Codebase& operator=(Codebase&&) noexcept;
  ~Codebase();

  const std::vector<CodeFile>& files() const;  // by path
  std::optional<std::uint32_t> find(std::string_view path) const;

  const Symbol& symbol(SymbolAt at) const;
  std::string_view name(SymbolAt at) const;
  std::string full_name(SymbolAt at) const;
  /// Definitions, then declarations, whose full name is `name` or ends with it after a separator.
  std::vector<SymbolAt> named(std::string_view name) const;

  /// Files of the codebase that a file imports; those that import it. Paths are matched as each
  /// language looks for them, from the importing file outwards.
  std::span<const std::uint32_t> imports(std::uint32_t file) const;
  std::span<const std::uint32_t> importers(std::uint32_t file) const;

  /// Every use of a definition of the codebase by another of its symbols. A name means the
  /// definition in the same file; else those in the files it imports, directly or not; else, where
  /// no import leads anywhere, those in all files of its language. Names that may mean more than
  /// eight are left out. By from, to.
  const std::vector<Link>& links() const;
  std::span<const Link> links_from(SymbolAt from) const;
  /// By from.
  std::vector<Link> links_to(SymbolAt to) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod::analyzers
