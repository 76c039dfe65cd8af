#include <algorithm>
#include <limits>

#include "analyzers/index/index.hpp"
#include "analyzers/index/packed.hpp"

// docs/formats/index.md says what the bytes mean.
namespace automod::analyzers {

namespace {

constexpr unsigned kFormat = 1;
constexpr unsigned kMostLanguage = static_cast<unsigned>(Language::kJava);
constexpr unsigned kMostKind = static_cast<unsigned>(SymbolKind::kMacro);
constexpr unsigned kMostLeftOut = static_cast<unsigned>(LeftOut::kTooSlow);
constexpr unsigned kMostUse = static_cast<unsigned>(Use::kType);

// The byte of a symbol that says what it is.
constexpr unsigned kKindBits = 0x0f;
constexpr unsigned kVisibilityShift = 4;
constexpr unsigned kVisibilityBits = 0x03;
constexpr unsigned kDefinitionBit = 0x40;
constexpr unsigned kMetricsBit = 0x80;

constexpr unsigned kUseBits = 2;

class Writer {
 public:
  void byte(unsigned value) { out_.push_back(static_cast<char>(value)); }

  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<unsigned>(value & 0x7f) | 0x80);
    byte(static_cast<unsigned>(value));
  }

  /// How far `value` is from `from`, small on either side.
  void distance(std::uint32_t from, std::uint32_t value) {
    const std::int64_t far = std::int64_t{value} - std::int64_t{from};
    number(far < 0 ? (static_cast<std::uint64_t>(-far) << 1) - 1
                   : static_cast<std::uint64_t>(far) << 1);
  }

  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }

  void range(std::uint32_t from, const Range& range) {
    distance(from, range.begin);
    number(range.end - range.begin);
  }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_symbol(Writer& out, const Symbol& symbol, std::uint32_t index, const Symbol& before) {
  const bool measured = symbol.metrics != Metrics{};
  out.byte(static_cast<unsigned>(symbol.kind) |
           static_cast<unsigned>(symbol.visibility) << kVisibilityShift |
           (symbol.is_definition ? kDefinitionBit : 0) | (measured ? kMetricsBit : 0));
  out.number(symbol.name);
  out.number(symbol.scope == kNone ? 0 : std::uint64_t{symbol.scope} + 1);
  out.number(symbol.within == kNone ? 0 : std::uint64_t{index} - symbol.within);
  out.distance(before.line, symbol.line);
  out.number(symbol.whole.begin - before.whole.begin);
  out.number(symbol.whole.end - symbol.whole.begin);
  out.range(symbol.whole.begin, symbol.name_at);
  out.range(symbol.whole.begin, symbol.head);
  out.range(symbol.whole.begin, symbol.doc);
  if (!measured) return;
  out.number(symbol.metrics.lines);
  out.number(symbol.metrics.branches);
  out.number(symbol.metrics.nesting);
  out.number(symbol.metrics.parameters);
}

void write_reference(Writer& out, const Reference& reference, const Reference& before) {
  out.number(reference.name);
  out.number(std::uint64_t{reference.line - before.line} << kUseBits |
             static_cast<unsigned>(reference.use));
  out.number(reference.begin - before.begin);
  // kNone + 1 is 0: at file level next to the first symbol.
  out.distance(before.within + 1, reference.within + 1);
}

/// Reads what Writer wrote. The first thing that cannot be so makes all that follows empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }
  void refuse() {
    good_ = false;
    left_ = {};
  }

  unsigned byte() {
    if (left_.empty()) {
      refuse();
      return 0;
    }
    const auto value = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const unsigned next = byte();
      value |= std::uint64_t{next & 0x7f} << shift;
      if ((next & 0x80) == 0) {
        // One way to write a number, and no bits beyond the last.
        if ((next == 0 && shift != 0) || (shift == 63 && next > 1)) refuse();
        return good_ ? value : 0;
      }
    }
    refuse();
    return 0;
  }

  /// At most `most`.
  std::uint32_t number(std::uint64_t most) {
    const std::uint64_t value = number();
    if (value > most || value > std::numeric_limits<std::uint32_t>::max()) refuse();
    return good_ ? static_cast<std::uint32_t>(value) : 0;
  }

  std::uint32_t distance(std::uint32_t from) {
    const std::uint64_t code = number();
    const auto half = static_cast<std::int64_t>(code >> 1);
    const std::int64_t value = std::int64_t{from} + ((code & 1) != 0 ? -half - 1 : half);
    if (value < 0 || value > std::int64_t{std::numeric_limits<std::uint32_t>::max()}) refuse();
    return good_ ? static_cast<std::uint32_t>(value) : 0;
  }

  std::string_view view() {
    const std::uint64_t length = number();
    if (length > left_.size()) refuse();
    if (!good_) return {};
    const std::string_view value = left_.substr(0, length);
    left_.remove_prefix(length);
    return value;
  }

  std::string text() { return std::string(view()); }

  Range range(std::uint32_t from, std::uint32_t most) {
    Range range;
    range.begin = distance(from);
    if (range.begin > most) refuse();
    range.end = good_ ? range.begin + number(most - range.begin) : 0;
    return good_ ? range : Range{};
  }

  /// How many things follow, each of which has `least` bytes.
  std::size_t count(std::size_t least) {
    const std::uint64_t value = number();
    if (value > left_.size() / least) refuse();
    return good_ ? value : 0;
  }

 private:
  std::string_view left_;
  bool good_ = true;
};

Symbol read_symbol(Reader& in, const FileFacts& facts, const Symbol& before) {
  Symbol symbol;
  const auto index = static_cast<std::uint32_t>(facts.symbols.size());
  const unsigned what = in.byte();
  if ((what & kKindBits) > kMostKind) in.refuse();
  symbol.kind = static_cast<SymbolKind>(what & kKindBits);
  symbol.visibility = static_cast<Visibility>((what >> kVisibilityShift) & kVisibilityBits);
  symbol.is_definition = (what & kDefinitionBit) != 0;
  if (facts.names.empty()) in.refuse();
  symbol.name = in.number(facts.names.size() - 1);
  const std::uint32_t scope = in.number(facts.names.size());
  symbol.scope = scope == 0 ? kNone : scope - 1;
  const std::uint32_t back = in.number(index);
  symbol.within = back == 0 ? kNone : index - back;
  symbol.line = in.distance(before.line);
  symbol.whole.begin = before.whole.begin + in.number(facts.bytes - before.whole.begin);
  symbol.whole.end = symbol.whole.begin + in.number(facts.bytes - symbol.whole.begin);
  symbol.name_at = in.range(symbol.whole.begin, facts.bytes);
  symbol.head = in.range(symbol.whole.begin, facts.bytes);
  symbol.doc = in.range(symbol.whole.begin, facts.bytes);
  if ((what & kMetricsBit) == 0) return symbol;
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint32_t>::max();
  symbol.metrics.lines = in.number(kAny);
  symbol.metrics.branches = in.number(kAny);
  symbol.metrics.nesting = in.number(kAny);
  symbol.metrics.parameters = in.number(kAny);
  if (symbol.metrics == Metrics{}) in.refuse();
  return symbol;
}

Reference read_reference(Reader& in, const FileFacts& facts, const Reference& before) {
  Reference reference;
  if (facts.names.empty()) in.refuse();
  reference.name = in.number(facts.names.size() - 1);
  const std::uint64_t line = in.number();
  const auto use = static_cast<unsigned>(line & ((1U << kUseBits) - 1));
  const std::uint64_t further = line >> kUseBits;
  if (use > kMostUse || further > std::numeric_limits<std::uint32_t>::max() - before.line) {
    in.refuse();
  }
  reference.use = static_cast<Use>(use);
  reference.line = in.good() ? before.line + static_cast<std::uint32_t>(further) : 0;
  reference.begin = before.begin + in.number(facts.bytes - before.begin);
  const std::uint32_t within = in.distance(before.within + 1);
  if (within > facts.symbols.size()) in.refuse();
  reference.within = within - 1;
  return reference;
}

/// What a symbol is and its name; the rest is passed over.
struct SymbolGlance {
  std::uint64_t name = 0;
  bool is_definition = false;
};

SymbolGlance pass_symbol(Reader& in) {
  constexpr int kNumbers = 11;  // scope, within, line, and the ends of four ranges
  constexpr int kMeasures = 4;
  const unsigned what = in.byte();
  const SymbolGlance seen{.name = in.number(), .is_definition = (what & kDefinitionBit) != 0};
  const int rest = kNumbers + ((what & kMetricsBit) != 0 ? kMeasures : 0);
  for (int i = 0; i < rest; ++i) in.number();
  return seen;
}

/// Behind the format: language, why it was left out, lines, bytes, errors.
void pass_beginning(Reader& in) {
  if (in.byte() != kFormat) in.refuse();
  in.byte();
  in.byte();
  for (int i = 0; i < 3; ++i) in.number();
}

}  // namespace

WantedNames::WantedNames(const std::vector<std::string>& names) {
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    numbers_.try_emplace(names[i], i);
    beginnings_.set(beginning(names[i]));
  }
}

std::optional<std::uint32_t> WantedNames::find(std::string_view name) const {
  if (name.empty() || !beginnings_.test(beginning(name))) return std::nullopt;
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

std::size_t WantedNames::beginning(std::string_view name) {
  constexpr std::size_t kBytes = 256;
  constexpr std::size_t kLengths = kBeginnings / kBytes;
  return (name.size() % kLengths) * kBytes + static_cast<unsigned char>(name.front());
}

Result<std::vector<SeenName>> names_in(std::string_view bytes, const WantedNames& wanted) {
  Reader in(bytes);
  pass_beginning(in);
  std::vector<SeenName> seen;
  std::vector<std::uint64_t> places;  // of what was seen, in the list of names
  const std::size_t names = in.count(1);
  for (std::size_t i = 0; i < names && in.good(); ++i) {
    const auto number = wanted.find(in.view());
    if (!number) continue;
    seen.push_back({.name = *number});
    places.push_back(i);
  }
  if (!seen.empty()) {
    const std::size_t symbols = in.count(1);
    for (std::size_t i = 0; i < symbols && in.good(); ++i) {
      const SymbolGlance symbol = pass_symbol(in);
      const auto place = std::ranges::lower_bound(places, symbol.name);
      if (place == places.end() || *place != symbol.name) continue;
      SeenName& one = seen[static_cast<std::size_t>(place - places.begin())];
      (symbol.is_definition ? one.defines : one.declares) = true;
    }
  }
  if (!in.good()) return fail(ErrorKind::kRefused, "these are no facts of a file");
  return seen;
}

std::string encode(const FileFacts& facts) {
  Writer out;
  out.byte(kFormat);
  out.byte(static_cast<unsigned>(facts.language));
  out.byte(static_cast<unsigned>(facts.left_out));
  out.number(facts.lines);
  out.number(facts.bytes);
  out.number(facts.syntax_errors);
  out.number(facts.names.size());
  for (const std::string& name : facts.names) out.text(name);
  out.number(facts.symbols.size());
  Symbol symbol;
  for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
    write_symbol(out, facts.symbols[i], i, symbol);
    symbol = facts.symbols[i];
  }
  out.number(facts.references.size());
  Reference reference;
  for (const Reference& next : facts.references) {
    write_reference(out, next, reference);
    reference = next;
  }
  out.number(facts.imports.size());
  for (const Import& import : facts.imports) {
    out.text(import.target);
    out.number(std::uint64_t{import.line} << 1 | (import.is_system ? 1 : 0));
  }
  return out.take();
}

Result<FileFacts> decode(std::string_view bytes) {
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint32_t>::max();
  // The fewest bytes that one of each takes.
  constexpr std::size_t kName = 1, kSymbol = 13, kReference = 4, kImport = 2;
  Reader in(bytes);
  FileFacts facts;
  if (in.byte() != kFormat) in.refuse();
  const unsigned language = in.byte();
  const unsigned left_out = in.byte();
  if (language > kMostLanguage || left_out > kMostLeftOut) in.refuse();
  facts.language = static_cast<Language>(language);
  facts.left_out = static_cast<LeftOut>(left_out);
  facts.lines = in.number(kAny);
  facts.bytes = in.number(kAny);
  facts.syntax_errors = in.number(kAny);
  facts.names.resize(in.count(kName));
  for (std::string& name : facts.names) name = in.text();
  const std::size_t symbols = in.count(kSymbol);
  facts.symbols.reserve(symbols);
  Symbol symbol;
  for (std::size_t i = 0; i < symbols && in.good(); ++i) {
    symbol = read_symbol(in, facts, symbol);
    facts.symbols.push_back(symbol);
  }
  const std::size_t references = in.count(kReference);
  facts.references.reserve(references);
  Reference reference;
  for (std::size_t i = 0; i < references && in.good(); ++i) {
    reference = read_reference(in, facts, reference);
    facts.references.push_back(reference);
  }
  facts.imports.resize(in.count(kImport));
  for (Import& import : facts.imports) {
    import.target = in.text();
    const std::uint64_t line = in.number();
    if (line >> 1 > kAny) in.refuse();
    import.line = static_cast<std::uint32_t>(line >> 1);
    import.is_system = (line & 1) != 0;
  }
  if (!in.good() || !in.at_end()) {
    return fail(ErrorKind::kRefused, "these are no facts of a file");
  }
  return facts;
}

}  // namespace automod::analyzers
