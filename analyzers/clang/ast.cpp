#include "analyzers/clang/ast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

#include "analyzers/clang/paths.hpp"

namespace automod::analyzers {

namespace {

using Fields = std::span<const std::uint64_t>;

constexpr std::size_t kMostFields = 24;

std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    if (++i == text.size() || (text[i] != '\\' && text[i] != 'n')) return std::nullopt;
    plain += text[i] == 'n' ? '\n' : '\\';
  }
  return plain;
}

class AstReader {
 public:
  AstReader(std::string_view text, std::string_view directory, const PathResolver& resolve)
      : text_(text), directory_(directory), resolve_(resolve) {}

  Result<AstUnit> read() {
    if (next_line() != ast::kHeading) return reject("found another heading");
    while (!ended_) {
      if (text_.empty()) return reject("found no end");
      if (line_ > ast::kMostRecords) return reject("found too many records");
      const std::string_view line = next_line();
      if (!read_line(line)) return reject("found a record that is not in form");
    }
    if (!text_.empty()) return reject("found something behind the end");
    if (!counted_) return reject("found no count of errors");
    return std::move(unit_);
  }

 private:
  std::unexpected<Error> reject(std::string_view reason) const {
    return fail(ErrorKind::kRefused,
                fmt::format("reading what automod-clang printed: line {}: {}", line_, reason));
  }

  std::string_view next_line() {
    ++line_;
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos) return std::exchange(text_, {});
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return line;
  }

  bool read_line(std::string_view line) {
    if (line.starts_with("n ")) return add_text(line.substr(2));
    if (line.starts_with("end ")) return end(line.substr(4));
    if (line.size() < 2 || line[1] != ' ') return false;
    std::array<std::uint64_t, kMostFields> numbers{};
    std::size_t count = 0;
    if (!split(line.substr(2), numbers, count)) return false;
    return read_record(line[0], Fields(numbers).first(count));
  }

  static bool split(std::string_view text, std::array<std::uint64_t, kMostFields>& numbers,
                    std::size_t& count) {
    const char* at = text.data();
    const char* const last = text.data() + text.size();
    for (;;) {
      if (count == numbers.size()) return false;
      const auto [behind, error] = std::from_chars(at, last, numbers[count]);
      if (error != std::errc()) return false;
      ++count;
      if (behind == last) return true;
      if (*behind != ' ') return false;
      at = behind + 1;
    }
  }

  bool read_record(char kind, Fields fields) {
    switch (kind) {
      case 'f':
        return add_file(fields);
      case 's':
        return add_symbol(fields);
      case 'p':
        return add_parameter(fields);
      case 'b':
        return add_base(fields);
      case 'c':
        return add_call(fields);
      case 't':
        return add_throw(fields);
      case 'o':
        return add_override(fields);
      case 'i':
        return add_include(fields);
      case 'm':
        return add_smell(fields);
      case 'd':
        return add_problem(fields);
      case 'u':
        return add_count(fields);
      default:
        return false;
    }
  }

  bool add_text(std::string_view escaped) {
    if (escaped.size() > ast::kLongestText) return false;
    auto text = unescaped(escaped);
    if (!text) return false;
    texts_.push_back(std::move(*text));
    return true;
  }

  bool add_file(Fields fields) {
    if (fields.size() != 1 || fields[0] >= texts_.size()) return false;
    files_.push_back(path_in_tree(texts_[fields[0]], directory_, resolve_));
    return true;
  }

  /// True when all of these are numbers of texts.
  bool are_texts(Fields fields) const {
    return std::ranges::all_of(fields, [&](std::uint64_t one) { return one < texts_.size(); });
  }

  static bool fits_line(std::uint64_t number) {
    return number <= std::numeric_limits<std::int32_t>::max();
  }

  /// File, line, column.
  bool read_place(Fields fields, AstPlace& place, bool& in_project) const {
    if (fields[0] >= files_.size() || !fits_line(fields[1]) || !fits_line(fields[2])) return false;
    in_project = files_[fields[0]].has_value();
    if (in_project) place.path = *files_[fields[0]];
    place.line = static_cast<std::uint32_t>(fields[1]);
    place.column = static_cast<std::uint32_t>(fields[2]);
    return true;
  }

  bool add_symbol(Fields fields) {
    constexpr std::size_t kTexts = 11;
    if (fields.size() != kTexts + 10 || fields[0] >= ast::kKinds ||
        !are_texts(fields.subspan(1, kTexts))) {
      return false;
    }
    const Fields rest = fields.subspan(1 + kTexts);
    AstSymbol symbol;
    bool in_project = false;
    if (!read_place(rest, symbol.place, in_project)) return false;
    if ((rest[3] & ~ast::kAllFlags) != 0 || rest[4] >= ast::kAccesses) return false;
    symbol.kind = static_cast<ast::Kind>(fields[0]);
    const std::array<std::string*, kTexts> into = {
        &symbol.usr,    &symbol.name, &symbol.scope, &symbol.type, &symbol.exact,
        &symbol.result, &symbol.text, &symbol.value, &symbol.body, &symbol.parameters_of_template,
        &symbol.symbol};
    for (std::size_t i = 0; i < kTexts; ++i) *into[i] = texts_[fields[i + 1]];
    symbol.flags = rest[3];
    symbol.access = static_cast<ast::Access>(rest[4]);
    symbol.size = one_down(rest[5]);
    symbol.align = one_down(rest[6]);
    symbol.offset = one_down(rest[7]);
    symbol.width = one_down(rest[8]);
    open_ = in_project;
    seen_symbol_ = true;
    if (in_project) unit_.facts.symbols.push_back(std::move(symbol));
    return true;
  }

  static std::optional<std::uint64_t> one_down(std::uint64_t number) {
    return number == 0 ? std::nullopt : std::optional(number - 1);
  }

  bool add_parameter(Fields fields) {
    if (fields.size() != 4 || !seen_symbol_ || !are_texts(fields)) return false;
    if (!open_) return true;
    unit_.facts.symbols.back().parameters.push_back(
        {texts_[fields[0]], texts_[fields[1]], texts_[fields[2]], texts_[fields[3]]});
    return true;
  }

  bool add_base(Fields fields) {
    if (fields.size() != 3 || !seen_symbol_ || !are_texts(fields.first(1)) || fields[1] > 1 ||
        fields[2] >= ast::kAccesses) {
      return false;
    }
    if (!open_) return true;
    unit_.facts.symbols.back().bases.push_back(
        {texts_[fields[0]], fields[1] == 1, static_cast<ast::Access>(fields[2])});
    return true;
  }

  bool add_call(Fields fields) {
    if (fields.size() != 7 || !are_texts(fields.first(2)) || !fits_line(fields[5]) ||
        fields[6] > 1) {
      return false;
    }
    AstCall call;
    call.caller = texts_[fields[0]];
    call.callee = texts_[fields[1]];
    bool in_project = false;
    if (!read_place(fields.subspan(2), call.place, in_project)) return false;
    call.loops = static_cast<std::uint32_t>(fields[5]);
    call.is_virtual = fields[6] == 1;
    if (in_project) unit_.facts.calls.push_back(std::move(call));
    return true;
  }

  bool add_throw(Fields fields) {
    if (fields.size() != 6 || !are_texts(fields.first(2)) || !fits_line(fields[5])) return false;
    AstThrow thrown;
    thrown.function = texts_[fields[0]];
    thrown.type = texts_[fields[1]];
    bool in_project = false;
    if (!read_place(fields.subspan(2), thrown.place, in_project)) return false;
    thrown.loops = static_cast<std::uint32_t>(fields[5]);
    if (in_project) unit_.facts.throws.push_back(std::move(thrown));
    return true;
  }

  bool add_smell(Fields fields) {
    if (fields.size() != 10 || fields[0] >= ast::kSmells || !are_texts(fields.subspan(1, 4)) ||
        !fits_line(fields[8]) || !fits_line(fields[9])) {
      return false;
    }
    AstSmell smell;
    smell.offset = fields[8];
    smell.smell = static_cast<ast::Smell>(fields[0]);
    smell.function = texts_[fields[1]];
    smell.subject = texts_[fields[2]];
    smell.detail = texts_[fields[3]];
    smell.other = texts_[fields[4]];
    smell.loops = static_cast<std::uint32_t>(fields[9]);
    bool in_project = false;
    if (!read_place(fields.subspan(5), smell.place, in_project)) return false;
    if (in_project) unit_.facts.smells.push_back(std::move(smell));
    return true;
  }

  bool add_override(Fields fields) {
    if (fields.size() != 2 || !are_texts(fields)) return false;
    if (open_) unit_.facts.overrides.push_back({texts_[fields[0]], texts_[fields[1]]});
    return true;
  }

  bool add_include(Fields fields) {
    if (fields.size() != 3 || fields[0] >= files_.size() || !are_texts(fields.subspan(1, 1)) ||
        !fits_line(fields[2])) {
      return false;
    }
    if (!files_[fields[0]]) return true;
    AstInclude include{.from = *files_[fields[0]],
                       .line = static_cast<std::uint32_t>(fields[2]),
                       .to = texts_[fields[1]]};
    if (auto path = path_in_tree(include.to, directory_, resolve_)) {
      include.to = std::move(*path);
      include.in_project = true;
    }
    unit_.facts.includes.push_back(std::move(include));
    return true;
  }

  bool add_problem(Fields fields) {
    if (fields.size() != 3 || !are_texts(fields.first(1)) || !are_texts(fields.subspan(2))) {
      return false;
    }
    unit_.problems += fmt::format("{}:{}: {}\n", texts_[fields[0]], fields[1], texts_[fields[2]]);
    return true;
  }

  bool add_count(Fields fields) {
    if (fields.size() != 1 || std::exchange(counted_, true)) return false;
    unit_.errors = fields[0];
    return true;
  }

  bool end(std::string_view number) {
    std::uint64_t lines = 0;
    const auto [behind, error] =
        std::from_chars(number.data(), number.data() + number.size(), lines);
    ended_ = true;
    return error == std::errc() && behind == number.data() + number.size() && lines == line_ - 1;
  }

  std::string_view text_;
  std::string_view directory_;
  const PathResolver& resolve_;
  AstUnit unit_;
  std::vector<std::string> texts_;
  std::vector<std::optional<std::string>> files_;  // by their path in the tree; nullopt: outside
  std::size_t line_ = 0;
  bool ended_ = false;
  bool counted_ = false;
  bool seen_symbol_ = false;
  bool open_ = false;  // the last symbol is one of the project
};

template <class Fact>
void merge_facts(std::vector<Fact>& into, std::vector<Fact> more) {
  std::ranges::sort(more);
  std::vector<Fact> both;
  both.reserve(into.size() + more.size());
  std::merge(std::make_move_iterator(into.begin()), std::make_move_iterator(into.end()),
             std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()),
             std::back_inserter(both));
  const auto same = std::ranges::unique(both);
  both.erase(same.begin(), same.end());
  into = std::move(both);
}

}  // namespace

void Ast::merge(Ast more) {
  merge_facts(symbols, std::move(more.symbols));
  merge_facts(calls, std::move(more.calls));
  merge_facts(throws, std::move(more.throws));
  merge_facts(overrides, std::move(more.overrides));
  merge_facts(includes, std::move(more.includes));
  merge_facts(smells, std::move(more.smells));
}

Result<AstUnit> read_ast(std::string_view text, std::string_view directory,
                         const PathResolver& resolve) {
  return AstReader(text, directory, resolve).read();
}

}  // namespace automod::analyzers
