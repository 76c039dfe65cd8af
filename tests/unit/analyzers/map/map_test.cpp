#include "analyzers/map/map.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::analyzers;
using testing::ContainsSubstring;

namespace {

const std::map<std::string, std::string> kFiles = {
    {"core.py",
     "def load(path,\n         mode):\n    return path\n\n\nclass Cache:\n"
     "    def get(self, key):\n        return load(key, 1)\n"},
    {"a.py", "import core\n\n\ndef first():\n    return core.load(1)\n"},
    {"b.py",
     "import core\n\n\ndef second():\n    return core.load(2)\n\n\ndef third():\n"
     "    return core.Cache().get(3)\n"},
};

Codebase codebase() {
  std::vector<CodeFile> all;
  for (const auto& [path, text] : kFiles) {
    all.push_back({.path = path, .facts = facts_of(*language_of(path), text)});
  }
  return Codebase(std::move(all));
}

double rank_of(const Codebase& code, const Ranks& ranks, std::string_view name) {
  const SymbolAt at = code.named(name).at(0);
  return ranks.symbols[at.file][at.symbol];
}

CodeMap draw(const Codebase& code, std::size_t tokens) {
  return draw_map(code, rank(code, {}), tokens,
                  [&](std::uint32_t file) -> Result<std::string> {
                    return kFiles.at(code.files()[file].path);
                  })
      .value();
}

}  // namespace

TEST_CASE("what is used matters more than what uses it") {
  const Codebase code = codebase();
  const Ranks ranks = rank(code, {});
  CHECK(rank_of(code, ranks, "load") > rank_of(code, ranks, "first"));
  CHECK(rank_of(code, ranks, "load") > rank_of(code, ranks, "Cache"));
  CHECK(std::accumulate(ranks.files.begin(), ranks.files.end(), 0.0) == Approx(1));
}

TEST_CASE("seen from somewhere, what is used there matters more") {
  const Codebase code = codebase();
  const Ranks from_third = rank(code, find_focus(code, "third").value());
  CHECK(rank_of(code, from_third, "Cache.get") > rank_of(code, rank(code, {}), "Cache.get"));
  CHECK(rank_of(code, from_third, "first") < rank_of(code, rank(code, {}), "first"));
}

TEST_CASE("no code has no ranks and an empty map") {
  const Codebase code({});
  CHECK(rank(code, {}).files.empty());
  CHECK(draw(code, 100).files.empty());
}

TEST_CASE("a map stays within its tokens, whatever they are") {
  const Codebase code = codebase();
  for (std::size_t tokens = 0; tokens < 120; ++tokens) {
    INFO(tokens);
    const CodeMap map = draw(code, tokens);
    CHECK(map.tokens <= tokens);
    CHECK(estimated_tokens(text_of(map, code)) <= tokens);
  }
}

TEST_CASE("a member brings what encloses it, on one line each") {
  const Codebase code = codebase();
  const std::string text = text_of(draw(code, 1000), code);
  CHECK_THAT(text, ContainsSubstring("core.py\n  1: def load(path, mode):\n  6: class Cache:\n"
                                     "    7: def get(self, key):\n"));
}

TEST_CASE("a focus is a file, a folder, a symbol or a symbol of a file") {
  const Codebase code = codebase();
  CHECK(find_focus(code, "core.py")->files.size() == 1);
  CHECK(find_focus(code, "./")->files.size() == 3);
  CHECK(find_focus(code, "Cache.get")->symbols.size() == 1);
  CHECK(find_focus(code, "b.py:third")->symbols.size() == 1);
}

TEST_CASE("what is no focus is an error that says what is near") {
  const Codebase code = codebase();
  CHECK_THAT(find_focus(code, "core.pz").error().message, ContainsSubstring("'core.py'"));
  CHECK(find_focus(code, "b.py:thirt").error().message ==
        "b.py defines no 'thirt', did you mean 'third'?");
  CHECK(find_focus(code, "b.py:zzzzzzzz").error().message == "b.py defines no 'zzzzzzzz'");
  CHECK_FALSE(find_focus(code, ""));
}
