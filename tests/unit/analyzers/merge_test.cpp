#include "analyzers/clang/clang_tidy.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using analyzers::apply_replacements;
using analyzers::Diagnostic;
using analyzers::merge_diagnostics;
using analyzers::Replacement;

namespace {

Diagnostic seen(std::vector<Replacement> fix, std::string message = "use nullptr") {
  return {"modernize-use-nullptr", std::move(message), "include/rank.hpp", 10, "Warning",
          std::move(fix)};
}

const Replacement kInsert{"include/rank.hpp", 10, 0, "const "};

}  // namespace

TEST_CASE("a header seen from many translation units is changed once") {
  const auto merged = merge_diagnostics(std::vector<Diagnostic>(50, seen({kInsert})));
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix == std::vector{kInsert});
}

TEST_CASE("a duplicate insertion within a fix is made once") {
  const auto merged = merge_diagnostics({seen({kInsert, kInsert, kInsert})});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix == std::vector{kInsert});
}

TEST_CASE("a fix with an overlap within itself is dropped, the diagnostic kept") {
  const auto fix = GENERATE(values<std::vector<Replacement>>({
      {{"a.hpp", 10, 4, "x"}, {"a.hpp", 12, 4, "y"}},  // partly
      {{"a.hpp", 10, 8, "x"}, {"a.hpp", 12, 1, "y"}},  // one inside the other
      {{"a.hpp", 10, 4, "x"}, {"a.hpp", 10, 4, "y"}},  // the same bytes, other text
      {{"a.hpp", 10, 0, "x"}, {"a.hpp", 10, 0, "y"}},  // two insertions, their order unknown
      {{"a.hpp", 10, 4, "x"}, {"a.hpp", 12, 0, "y"}},  // an insertion into what is replaced
  }));
  const auto merged = merge_diagnostics({seen(fix)});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix.empty());
}

TEST_CASE("replacements that only touch do not overlap") {
  const std::vector<Replacement> fix = {
      {"a.hpp", 8, 2, "x"}, {"a.hpp", 10, 0, "y"}, {"a.hpp", 10, 3, "z"}, {"b.hpp", 10, 3, "z"}};
  const auto merged = merge_diagnostics({seen(fix)});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix == fix);
}

TEST_CASE("translation units that fix one diagnostic differently are not believed") {
  const auto merged =
      merge_diagnostics({seen({kInsert}), seen({{"include/rank.hpp", 10, 0, "volatile "}})});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix.empty());
}

TEST_CASE("a fix that another translation unit does not offer is not believed") {
  const auto merged = merge_diagnostics({seen({}), seen({kInsert}), seen({})});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix.empty());
}

TEST_CASE("one place in the words of several instantiations is fixed once") {
  const auto merged =
      merge_diagnostics({seen({kInsert}, "type 'int'"), seen({kInsert}, "type 'long'")});
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].message == "type 'int'");
}

TEST_CASE("instantiations that want different types at one place get neither") {
  const auto merged = merge_diagnostics({seen({{"a.hpp", 10, 4, "int"}}, "type 'int'"),
                                         seen({{"a.hpp", 10, 4, "long"}}, "type 'long'")});
  REQUIRE(merged.size() == 2);
  CHECK(merged[0].fix.empty());
  CHECK(merged[1].fix.empty());
}

TEST_CASE("the order in which translation units finish does not show") {
  Diagnostic other = seen({});
  other.path = "a.cpp";
  Diagnostic later = seen({});
  later.offset = 11;
  const auto paths = [](const std::vector<Diagnostic>& all) {
    std::vector<std::pair<std::string, std::size_t>> result;
    result.reserve(all.size());
    for (const auto& one : all) result.emplace_back(one.path, one.offset);
    return result;
  };
  const auto one_way = merge_diagnostics({seen({kInsert}), other, later});
  const auto other_way = merge_diagnostics({later, other, seen({kInsert})});
  CHECK(paths(one_way) == paths(other_way));
  CHECK(one_way[0].path == "a.cpp");
}

TEST_CASE("replacements count in bytes and leave all others alone") {
  const std::string text = "\xef\xbb\xbf// na\xc3\xafve \xff\r\nint* p = 0;\r\n";
  const std::size_t zero = text.find('0');
  const auto changed = apply_replacements(text, {{"a.cpp", zero, 1, "nullptr"}});
  REQUIRE(changed);
  CHECK(*changed == "\xef\xbb\xbf// na\xc3\xafve \xff\r\nint* p = nullptr;\r\n");
}

TEST_CASE("replacements may stand at both ends of the text") {
  CHECK(apply_replacements("abc", {{"a", 0, 1, "A"}, {"a", 3, 0, "d"}}) == "Abcd");
  CHECK(apply_replacements("", {{"a", 0, 0, "new"}}) == "new");
}

TEST_CASE("replacements beyond the end or over each other are refused") {
  const auto bad = GENERATE(values<std::vector<Replacement>>({
      {{"a", 4, 0, ""}},
      {{"a", 2, 2, ""}},
      {{"a", static_cast<std::size_t>(-1), 2, ""}},
      {{"a", 1, static_cast<std::size_t>(-1), ""}},
      {{"a", 0, 2, ""}, {"a", 1, 1, ""}},
      {{"a", 2, 1, ""}, {"a", 0, 1, ""}},  // not sorted
  }));
  const auto changed = apply_replacements("abc", bad);
  REQUIRE_FALSE(changed);
  CHECK(changed.error().kind == ErrorKind::kRefused);
}
