#include "analyzers/structure/remarks.hpp"

#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod;
using namespace automod::analyzers;
using automod::testing::Lines;
using automod::testing::Marked;

namespace {

/// The markers of risky remarks are what stands between « and ».
void check(Language language, std::string_view marked) {
  CAPTURE(marked);
  const Marked source(marked);
  std::vector<Range> found;
  for (const RiskyRemark& one : risky_remarks(language, source.code())) {
    const auto begin = static_cast<std::uint32_t>(one.begin);
    found.push_back({begin, static_cast<std::uint32_t>(begin + one.marker.size())});
  }
  CHECK(found == source.ranges());
}

}  // namespace

TEST_CASE("a marker counts where what follows it names a risk") {
  check(Language::kCpp, "// «TODO»: this leaks when it throws\nint a;\n");
  check(Language::kCpp, "/* «FIXME»(bob) not thread safe */ int a;\n");
  check(Language::kPython, "x = 1  # «XXX» a race with the writer\n");
  check(Language::kGo, "package a\n// «HACK»: temporary, until the cache is there\nvar x = 1\n");
  check(Language::kRust, "// «TODO» overflow is not checked\nfn f() {}\n");
}

TEST_CASE("a marker without a risk does not") {
  check(Language::kCpp, "// TODO: rename\nint a;\n// this leaks, a race\n");
  check(Language::kCpp, "// TODO trace the embrace of terraces\nint a;\n");
  check(Language::kPython, "# todo: leaks\n");
  check(Language::kJava, "class A {} // TODO: wrap it unless the exception is unchecked\n");
  check(Language::kGo, "package a\n// Tests TODO\n// that nothing leaks\nvar x = 1\n");
}

TEST_CASE("what no comment says is no remark") {
  check(Language::kCpp, "const char* a = \"TODO: this leaks\";\n");
  check(Language::kPython, "a = 'FIXME race'\n");
}

TEST_CASE("a remark goes on to the end of its comment or the next marker") {
  check(Language::kCpp, "// «TODO»\n// it leaks\nint a;\n");
  check(Language::kCpp, "// «TODO»: free it,\n// for now it leaks\nint a;\n");
  check(Language::kCpp, "// TODO: rename\n// «TODO»: this may crash\nint a;\n");
  check(Language::kCpp, "// TODO: rename\nint a;\n// it may crash\n");
}

TEST_CASE("a remark is shown on one line without the signs of a comment") {
  const auto found = risky_remarks(Language::kCpp, "int a;\n/* TODO: may\n * crash \x1b[1m */\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].line == 2);
  CHECK(found[0].risk == "crash");
  CHECK(found[0].text == "TODO: may crash \\x1b[1m");
}
