#include <random>

#include "analyzers/index/index.hpp"
#include "tests/unit/catch.hpp"

using namespace automod::analyzers;

namespace {

/// One of everything.
FileFacts some_facts() {
  FileFacts facts{.language = Language::kCpp, .lines = 40, .bytes = 900, .syntax_errors = 2};
  facts.names = {"Index", "add", "Index", "", "operator=="};
  facts.symbols = {
      {.name = 0,
       .line = 3,
       .kind = SymbolKind::kClass,
       .whole = {10, 800},
       .name_at = {16, 21},
       .head = {10, 22},
       .doc = {0, 9}},
      {.name = 1,
       .scope = 2,
       .within = 0,
       .line = 2,  // nothing says that lines grow
       .kind = SymbolKind::kMacro,
       .visibility = Visibility::kFile,
       .is_definition = false,
       .whole = {10, 10},
       .name_at = {5, 9}},
      {.name = 4,
       .within = 0,
       .line = 30,
       .kind = SymbolKind::kMethod,
       .visibility = Visibility::kPrivate,
       .whole = {300, 900},
       .name_at = {310, 320},
       .head = {300, 340},
       .metrics = {.lines = 10, .branches = 300, .nesting = 2, .parameters = 1}},
  };
  facts.references = {{.name = 3, .line = 1, .begin = 4},
                      {.name = 1, .within = 2, .line = 35, .begin = 600, .use = Use::kCall},
                      {.name = 0, .within = 0, .line = 35, .begin = 600, .use = Use::kType},
                      {.name = 0, .line = 39, .begin = 899}};
  facts.imports = {{.target = "a.hpp", .line = 1},
                   {.target = "vector", .line = 2, .is_system = true}};
  return facts;
}

}  // namespace

TEST_CASE("facts read back as they were") {
  CHECK(decode(encode(some_facts())) == some_facts());
  CHECK(decode(encode({})) == FileFacts{});
  const FileFacts left_out{
      .language = Language::kJava, .bytes = ~0U, .left_out = LeftOut::kTooSlow};
  CHECK(decode(encode(left_out)) == left_out);
}

TEST_CASE("facts that are cut anywhere, or too long, are refused") {
  const std::string whole = encode(some_facts());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK_FALSE(decode(whole.substr(0, length)));
  }
  CHECK_FALSE(decode(whole + '\0'));
}

TEST_CASE("what is read from rubbish is within bounds, and written the same again") {
  const std::string whole = encode(some_facts());
  std::mt19937 random(7);
  std::size_t read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (int i = 0; i <= round % 3; ++i) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto facts = decode(bytes);
    if (!facts) continue;
    ++read;
    REQUIRE(encode(*facts) == bytes);
    for (std::uint32_t i = 0; i < facts->symbols.size(); ++i) {
      const Symbol& symbol = facts->symbols[i];
      REQUIRE(symbol.name < facts->names.size());
      REQUIRE((symbol.scope == kNone || symbol.scope < facts->names.size()));
      REQUIRE((symbol.within == kNone || symbol.within < i));
      for (const Range& range : {symbol.whole, symbol.name_at, symbol.head, symbol.doc}) {
        REQUIRE(range.begin <= range.end);
        REQUIRE(range.end <= facts->bytes);
      }
    }
    for (const Reference& reference : facts->references) {
      REQUIRE(reference.name < facts->names.size());
      REQUIRE((reference.within == kNone || reference.within < facts->symbols.size()));
      REQUIRE(reference.begin <= facts->bytes);
    }
  }
  CHECK(read > 0);
}

TEST_CASE("a count that promises more than there is costs no memory") {
  std::string bytes = encode({});
  bytes.resize(bytes.size() - 4);               // the four counts, each 0
  bytes += "\xff\xff\xff\xff\xff\xff\xff\x7f";  // 2^56 - 1 names
  CHECK_FALSE(decode(bytes));
}
