#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace automod {

/// What is wrong with a text; nullopt when nothing is.
using TextRule = std::optional<std::string> (*)(std::string_view text);

/// At most 16 KiB.
std::optional<std::string> any_text(std::string_view text);

/// One table of a TOML file, read strictly: what nobody asks for is a mistake. The first thing
/// that is wrong is kept, with its place; after it every read leaves its value alone, so that
/// callers need not look. A key that is not there leaves its value alone, too.
class TomlTable {
 public:
  struct Impl;
  explicit TomlTable(const Impl& impl);  // for read_toml()
  TomlTable(const TomlTable&) = delete;
  TomlTable& operator=(const TomlTable&) = delete;
  ~TomlTable();

  void text(std::string_view key, std::string& value, TextRule rule);
  void texts(std::string_view key, std::vector<std::string>& value, TextRule rule);
  /// A table of strings: { NAME = "value" }.
  void map(std::string_view key, std::map<std::string, std::string>& value, TextRule name_rule,
           TextRule value_rule);

  std::optional<std::int64_t> whole(std::string_view key);
  void whole(std::string_view key, std::int64_t& value, std::int64_t least, std::int64_t most);

  /// A number, whole or with a fraction.
  std::optional<double> real(std::string_view key);
  void real(std::string_view key, double& value, double least, double most);

  std::optional<bool> flag(std::string_view key);

  /// One of `choices`.
  std::optional<std::string> word(std::string_view key, const std::vector<std::string>& choices);
  std::optional<std::vector<std::string>> words(std::string_view key,
                                                const std::vector<std::string>& choices);

  /// Calls `read` with the table `[key]`, if it is there.
  void table(std::string_view key, const std::function<void(TomlTable&)>& read);
  /// Calls `read` with each table `[key.NAME]`, in the order of their names.
  void named_tables(std::string_view key,
                    const std::function<void(const std::string& name, TomlTable&)>& read);
  /// Calls `read` with each table `[[key]]`.
  void tables(std::string_view key, const std::function<void(TomlTable&)>& read);

  /// The key must be there. Where it is not, keys that nobody asks for are told before it.
  void require(std::string_view key);
  /// Is the key there? It may have whatever value.
  bool has(std::string_view key);
  /// What nobody has asked for is no mistake.
  void ignore_rest();

  /// Something is wrong with the table as a whole, or with the value of one key, which is there.
  void say(std::string_view what);
  void say(std::string_view key, std::string_view what);
  /// The same of one byte in the text that is the value of a key.
  void say(std::string_view key, std::size_t byte, std::string_view what);

 private:
  std::unique_ptr<Impl> impl_;
};

/// Parses `text`, at most 1 MiB, and calls `read` with its root table. An error is kUsage; its
/// message begins with `file`, line and column.
Result<void> read_toml(std::string_view text, std::string_view file,
                       const std::function<void(TomlTable&)>& read);

/// `text` as a TOML basic string, with its quotes.
std::string toml_quoted(std::string_view text);

}  // namespace automod
