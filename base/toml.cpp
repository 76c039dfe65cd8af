#include "base/toml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"

namespace automod {

namespace {

constexpr std::size_t kMostItems = 1000;  // of any list
constexpr std::size_t kLongestText = 16384;

/// The first thing that is wrong with the file, with its place.
struct Problem {
  std::string file;
  std::string_view source;
  std::optional<std::string> text;
  const toml::table* lacking = nullptr;  // the problem is that this table has not all keys

  void say(const toml::source_position& place, std::string_view what) {
    if (!text) text = fmt::format("{}:{}:{}: {}", file, place.line, place.column, what);
  }
};

std::string_view kind(const toml::node& node) {
  if (node.is_string()) return "a string";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_boolean()) return "true or false";
  if (node.is_array()) return "a list";
  return node.is_table() ? "a table" : "a date or time";
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The byte at a place whose column counts characters.
std::size_t byte_at(std::string_view source, const toml::source_position& place) {
  std::size_t at = 0;
  for (toml::source_index line = 1; line < place.line; ++line) at = source.find('\n', at) + 1;
  for (toml::source_index column = 1; column < place.column && at < source.size(); ++column) {
    ++at;
    while (at < source.size() && continues(source[at])) ++at;
  }
  return at;
}

toml::source_position place_of(std::string_view source, std::size_t byte) {
  toml::source_position place{1, 1};
  for (const char c : source.substr(0, byte)) {
    if (continues(c)) continue;
    ++place.column;
    if (c == '\n') place = {place.line + 1, 1};
  }
  return place;
}

/// Where one byte of a text stands: exactly where the text is written as it is, else its begin.
toml::source_position place_within(std::string_view source, const toml::node& node,
                                   std::size_t byte) {
  const std::string_view value = node.as_string()->get();
  std::size_t at = byte_at(source, node.source().begin);
  const std::string_view quoted = source.substr(at);
  const bool many = quoted.starts_with("'''") || quoted.starts_with(R"(""")");
  at += many ? 3 : 1;
  if (many && source.substr(at).starts_with('\r')) ++at;
  if (many && source.substr(at).starts_with('\n')) ++at;
  const bool same = byte <= value.size() && at <= source.size() &&
                    source.substr(at, byte) == value.substr(0, byte);
  return same ? place_of(source, at + byte) : node.source().begin;
}

}  // namespace

struct TomlTable::Impl {
  const toml::table& table;
  std::string name;  // "[limits]"; empty for the root
  Problem& problem;
  std::vector<std::string> known = {};

  const toml::node* find(std::string_view key) {
    known.emplace_back(key);
    return problem.text ? nullptr : table.get(key);
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view wanted) {
    problem.say(node.source().begin, fmt::format("{} is {}, expected {}", key, kind(node), wanted));
  }

  std::optional<std::string> text_of(const toml::node& node, const std::string& what,
                                     TextRule rule) {
    if (!node.is_string()) {
      wrong(node, what, "a string");
      return std::nullopt;
    }
    const std::string& text = node.as_string()->get();
    if (const auto bad = rule(text)) {
      problem.say(node.source().begin, fmt::format("{}: {}", what, *bad));
      return std::nullopt;
    }
    return text;
  }

  std::optional<std::string> word_of(const toml::node& node, const std::string& what,
                                     const std::vector<std::string>& choices) {
    auto found = text_of(node, what, any_text);
    if (!found || std::ranges::find(choices, *found) != choices.end()) return found;
    problem.say(node.source().begin,
                fmt::format("{} is '{}', expected {}{}", what, printable_line(*found),
                            fmt::join(choices, ", "), suggestion(*found, choices)));
    return std::nullopt;
  }

  bool too_many(const toml::node& node, std::string_view key, std::size_t count) {
    if (count <= kMostItems) return false;
    problem.say(node.source().begin,
                fmt::format("{} has {} items, expected {} or fewer", key, count, kMostItems));
    return true;
  }

  /// The items of a list of strings; nullopt when it is missing or wrong.
  template <class F>
  std::optional<std::vector<std::string>> items(std::string_view key, F&& one) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong(*node, key, "a list of strings"), std::nullopt;
    if (too_many(*node, key, array->size())) return std::nullopt;
    std::vector<std::string> all;
    for (const toml::node& item : *array) {
      auto text = one(item, fmt::format("{}[{}]", key, all.size()));
      if (!text) return std::nullopt;
      all.push_back(std::move(*text));
    }
    return all;
  }

  /// Calls `read` with one table, and refuses what it did not ask for.
  void enter(const toml::table& inner, std::string inner_name,
             const std::function<void(TomlTable&)>& read) const {
    TomlTable reader(Impl{inner, std::move(inner_name), problem});
    read(reader);
    reader.impl_->refuse_unknown();
  }

  /// "[models.m.price]", where `key` is a table of this one.
  std::string name_of(std::string_view key) const {
    const std::size_t first = name.find_first_not_of('[');
    if (first == name.npos) return fmt::format("[{}]", key);
    return fmt::format("[{}.{}]", name.substr(first, name.find_last_not_of(']') - first + 1), key);
  }

  /// A key that is not known goes before one that is missing, which may be what it stands for.
  void refuse_unknown() {
    std::optional<std::string> missing;
    if (problem.lacking == &table) std::swap(missing, problem.text);
    say_unknown();
    if (!problem.text) problem.text = std::move(missing);
  }

  void say_unknown() {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      const bool is_table = node.is_table() || node.is_array_of_tables();
      problem.say(
          key.source().begin,
          fmt::format("unknown {} '{}'{}{}", is_table ? "table" : "key", printable_line(key.str()),
                      name.empty() ? "" : " in " + name, suggestion(key.str(), known)));
    }
  }
};

TomlTable::TomlTable(const Impl& impl) : impl_(std::make_unique<Impl>(impl)) {}
TomlTable::~TomlTable() = default;

void TomlTable::text(std::string_view key, std::string& value, TextRule rule) {
  const toml::node* node = impl_->find(key);
  if (node != nullptr) value = impl_->text_of(*node, std::string(key), rule).value_or(value);
}

void TomlTable::texts(std::string_view key, std::vector<std::string>& value, TextRule rule) {
  auto found = impl_->items(key, [&](const toml::node& item, const std::string& what) {
    return impl_->text_of(item, what, rule);
  });
  if (found) value = std::move(*found);
}

void TomlTable::map(std::string_view key, std::map<std::string, std::string>& value,
                    TextRule name_rule, TextRule value_rule) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr) return impl_->wrong(*node, key, "a table of strings");
  if (impl_->too_many(*node, key, table->size())) return;
  for (const auto& [name, item] : *table) {
    if (const auto bad = name_rule(name.str())) {
      return impl_->problem.say(name.source().begin, *bad);
    }
    const auto text = impl_->text_of(item, printable_line(name.str()), value_rule);
    if (!text) return;
    value[std::string(name.str())] = *text;
  }
}

std::optional<std::int64_t> TomlTable::whole(std::string_view key) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_integer()) return node->as_integer()->get();
  impl_->wrong(*node, key, "a whole number");
  return std::nullopt;
}

std::optional<double> TomlTable::real(std::string_view key) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_integer()) return static_cast<double>(node->as_integer()->get());
  if (node->is_floating_point()) return node->as_floating_point()->get();
  impl_->wrong(*node, key, "a number");
  return std::nullopt;
}

std::optional<bool> TomlTable::flag(std::string_view key) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_boolean()) return node->as_boolean()->get();
  impl_->wrong(*node, key, "true or false");
  return std::nullopt;
}

void TomlTable::whole(std::string_view key, std::int64_t& value, std::int64_t least,
                      std::int64_t most) {
  const auto found = whole(key);
  if (!found) return;
  if (*found < least || *found > most) {
    return say(key, fmt::format("{} is {}, expected {} to {}", key, *found, least, most));
  }
  value = *found;
}

void TomlTable::real(std::string_view key, double& value, double least, double most) {
  const auto found = real(key);
  if (!found) return;
  // So written that what is no number is refused, too.
  if (!(*found >= least && *found <= most)) {
    return say(key, fmt::format("{} is {}, expected {} to {}", key, *found, least, most));
  }
  value = *found;
}

std::optional<std::string> TomlTable::word(std::string_view key,
                                           const std::vector<std::string>& choices) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return std::nullopt;
  return impl_->word_of(*node, std::string(key), choices);
}

std::optional<std::vector<std::string>> TomlTable::words(std::string_view key,
                                                         const std::vector<std::string>& choices) {
  return impl_->items(key, [&](const toml::node& item, const std::string& what) {
    return impl_->word_of(item, what, choices);
  });
}

void TomlTable::table(std::string_view key, const std::function<void(TomlTable&)>& read) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return;
  const std::string name = impl_->name_of(key);
  if (!node->is_table()) return impl_->wrong(*node, key, "a table, " + name);
  impl_->enter(*node->as_table(), name, read);
}

void TomlTable::named_tables(std::string_view key,
                             const std::function<void(const std::string&, TomlTable&)>& read) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return;
  const std::string wanted = fmt::format("tables, [{}.NAME]", key);
  if (!node->is_table()) return impl_->wrong(*node, key, wanted);
  if (impl_->too_many(*node, key, node->as_table()->size())) return;
  for (const auto& [name, item] : *node->as_table()) {
    const std::string full = fmt::format("{}.{}", key, printable_line(name.str()));
    if (!item.is_table()) return impl_->wrong(item, full, fmt::format("a table, [{}]", full));
    impl_->enter(*item.as_table(), fmt::format("[{}]", full),
                 [&](TomlTable& table) { read(std::string(name.str()), table); });
  }
}

void TomlTable::tables(std::string_view key, const std::function<void(TomlTable&)>& read) {
  const toml::node* node = impl_->find(key);
  if (node == nullptr) return;
  const std::string name = fmt::format("[[{}]]", key);
  if (!node->is_array()) return impl_->wrong(*node, key, "tables, " + name);
  if (impl_->too_many(*node, key, node->as_array()->size())) return;
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_table()) return impl_->wrong(item, key, "tables, " + name);
    impl_->enter(*item.as_table(), name, read);
  }
}

void TomlTable::require(std::string_view key) {
  if (impl_->problem.text || impl_->table.contains(key)) return;
  impl_->problem.lacking = &impl_->table;
  say(fmt::format("{} is missing{}", key, impl_->name.empty() ? "" : " in " + impl_->name));
}

bool TomlTable::has(std::string_view key) {
  impl_->known.emplace_back(key);
  return impl_->table.contains(key);
}

void TomlTable::ignore_rest() {
  for (const auto& [key, node] : impl_->table) impl_->known.emplace_back(key.str());
}

void TomlTable::say(std::string_view what) {
  impl_->problem.say(impl_->table.source().begin, what);
}

void TomlTable::say(std::string_view key, std::string_view what) {
  impl_->problem.say(impl_->table.get(key)->source().begin, what);
}

void TomlTable::say(std::string_view key, std::size_t byte, std::string_view what) {
  Problem& problem = impl_->problem;
  const toml::node& node = *impl_->table.get(key);
  problem.say(place_within(problem.source, node, byte), what);
}

Result<void> read_toml(std::string_view text, std::string_view file,
                       const std::function<void(TomlTable&)>& read) {
  if (text.size() > kMiB) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} has {} bytes, expected {} or fewer", file, text.size(), kMiB));
  }
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    const std::string what = printable_line(error.description());
    return fail(ErrorKind::kUsage, fmt::format("{}:{}:{}: {}{}", file, place.line, place.column,
                                               in_lower(what.substr(0, 1)),
                                               what.substr(std::min<std::size_t>(1, what.size()))));
  }
  Problem problem{std::string(file), text, std::nullopt};
  TomlTable::Impl{root, "", problem}.enter(root, "", read);
  if (problem.text) return fail(ErrorKind::kUsage, *problem.text);
  return {};
}

std::optional<std::string> any_text(std::string_view text) {
  if (text.size() <= kLongestText) return std::nullopt;
  return fmt::format("{} bytes are too long, expected {} or fewer", text.size(), kLongestText);
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace automod
