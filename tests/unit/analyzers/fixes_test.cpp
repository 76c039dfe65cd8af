#include <fmt/format.h>

#include "analyzers/clang/clang_tidy.hpp"
#include "tests/unit/analyzers/world.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::Diagnostic;
using analyzers::read_fixes;
using analyzers::Replacement;

namespace {

constexpr std::string_view kTwoDiagnostics = R"(---
MainSourceFile:  '/tree/src/rank.cpp'
Diagnostics:
  - DiagnosticName:  modernize-use-nullptr
    DiagnosticMessage:
      Message:         use nullptr
      FilePath:        '/tree/src/rank.cpp'
      FileOffset:      122
      Replacements:
        - FilePath:        '/tree/src/rank.cpp'
          Offset:          122
          Length:          1
          ReplacementText: nullptr
    Level:           Warning
    BuildDirectory:  '/tree/build'
  - DiagnosticName:  bugprone-use-after-move
    DiagnosticMessage:
      Message:         '''t'' used after it was moved'
      FilePath:        '/tree/src/rank.cpp'
      FileOffset:      221
      Replacements:    []
      Ranges:
        - FilePath:        '/tree/src/rank.cpp'
          FileOffset:      221
          Length:          8
    Notes:
      - Message:         move occurred here
        FilePath:        '/tree/src/rank.cpp'
        FileOffset:      200
        Replacements:
          - FilePath:        '/tree/src/rank.cpp'
            Offset:          1
            Length:          1
            ReplacementText: x
    Level:           Error
    BuildDirectory:  '/tree/build'
...
)";

/// A file with one diagnostic, its place and the fields of its only replacement as given.
std::string yaml(std::string_view file, std::string_view replacement_file,
                 std::string_view text = "'x'", std::string_view offset = "5",
                 std::string_view length = "1") {
  return fmt::format(
      "---\nMainSourceFile: ''\nDiagnostics:\n  - DiagnosticName: some-check\n"
      "    DiagnosticMessage:\n      Message: said\n      FilePath: '{}'\n      FileOffset: 5\n"
      "      Replacements:\n        - FilePath: '{}'\n          Offset: {}\n"
      "          Length: {}\n          ReplacementText: {}\n    Level: Warning\n"
      "    BuildDirectory: '/tree/build'\n...\n",
      file, replacement_file, offset, length, text);
}

std::vector<Diagnostic> read(std::string_view text) {
  auto result = read_fixes(text, plain_paths);
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("fixes are read as clang-tidy writes them, those in notes left out") {
  const auto all = read(kTwoDiagnostics);
  REQUIRE(all.size() == 2);
  CHECK(all[0].check == "modernize-use-nullptr");
  CHECK(all[0].message == "use nullptr");
  CHECK(all[0].path == "src/rank.cpp");
  CHECK(all[0].offset == 122);
  CHECK(all[0].level == "Warning");
  CHECK(all[0].fix == std::vector<Replacement>{{"src/rank.cpp", 122, 1, "nullptr"}});
  CHECK(all[1].message == "'t' used after it was moved");
  CHECK(all[1].level == "Error");
  CHECK(all[1].offset == 221);
  CHECK(all[1].fix.empty());
}

TEST_CASE("clang-tidy writes nothing where it found nothing") {
  CHECK(read("").empty());
  CHECK(read("---\nMainSourceFile: ''\nDiagnostics: []\n...\n").empty());
}

TEST_CASE("a relative path counts from the build directory, and only the tree counts") {
  struct Row {
    std::string file;
    std::string asked;  // of the resolver; empty: never
  };
  const auto row = GENERATE(values<Row>({
      {"/tree/src/a.cpp", "src/a.cpp"},
      {"/tree//src/./a.cpp", "src/a.cpp"},
      {"../src/a.cpp", "build/../src/a.cpp"},
      {"/tree/link/../a.cpp", "link/../a.cpp"},
      {"/tree/../etc/passwd", "../etc/passwd"},
      {"/etc/passwd", ""},
      {"/workshop/a.cpp", ""},
      {"/tree", ""},
      {"/tree/", ""},
      {"", ""},
  }));
  CAPTURE(row.file);
  std::string asked;
  const auto result = read_fixes(yaml(row.file, row.file), [&](std::string_view path) {
    asked = path;
    return std::optional<std::string>("src/a.cpp");
  });
  REQUIRE(result);
  CHECK(asked == row.asked);
  CHECK(result->size() == (row.asked.empty() ? 0u : 1u));
}

TEST_CASE("a symlinked header directory and the real one are one place") {
  const auto through_links = [](std::string_view path) -> std::optional<std::string> {
    std::string real = DirectRunner::replaced(std::string(path), "public", "include");
    return real;
  };
  auto seen = *read_fixes(yaml("/tree/public/a.hpp", "/tree/public/a.hpp"), through_links);
  const auto direct =
      *read_fixes(yaml("/tree/include/a.hpp", "/tree/include/a.hpp"), through_links);
  seen.insert(seen.end(), direct.begin(), direct.end());
  const auto merged = analyzers::merge_diagnostics(std::move(seen));
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].fix == std::vector<Replacement>{{"include/a.hpp", 5, 1, "x"}});
}

TEST_CASE("a fix that reaches outside the tree is dropped as a whole") {
  const auto outside = GENERATE(values<std::string>(
      {"/usr/include/vector", "/tree/build/gen.hpp", "/tree/../etc/passwd", ""}));
  const auto all = read(yaml("/tree/a.cpp", outside));
  REQUIRE(all.size() == 1);
  CHECK(all[0].fix.empty());
}

TEST_CASE("text of a fix arrives byte for byte, or the fix is dropped") {
  struct Row {
    std::string written;
    std::optional<std::string> text;
  };
  const auto row = GENERATE(values<Row>({
      {R"('')", ""},
      {R"("#include <utility>\n")", "#include <utility>\n"},
      {R"("a\r\n\tb")", "a\r\n\tb"},
      {R"('it''s')", "it's"},
      {R"("\"\\\x01")", "\"\\\x01"},
      {"\"na\xc3\xafve\"", "na\xc3\xafve"},
      {R"('null')", "null"},
      {R"("Stra\uFFFD")", std::nullopt},  // LLVM met a byte that is no UTF-8 and stopped there
      {R"("a\_b")", std::nullopt},        // a no-break space, which yaml-cpp reads wrongly
  }));
  CAPTURE(row.written);
  const auto all = read(yaml("/tree/a.cpp", "/tree/a.cpp", row.written));
  REQUIRE(all.size() == 1);
  REQUIRE(all[0].fix.empty() == !row.text.has_value());
  if (row.text) CHECK(all[0].fix[0].text == *row.text);
}

TEST_CASE("numbers that are none, negative or huge are refused") {
  const auto number = GENERATE(values<std::string>(
      {"-1", "1e9", "0x10", "99999999999999999999999", "4294967296", "''", "~", "[]", "{a: b}"}));
  CAPTURE(number);
  const auto result = read_fixes(yaml("/tree/a.cpp", "/tree/a.cpp", "x", number), plain_paths);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kRefused);
}

TEST_CASE("hostile YAML is an error and never more") {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c,
                        static_cast<char>(c - 1));
  }
  const std::string deep(100'000, '[');
  std::string deep_block;
  for (int i = 0; i < 2000; ++i) deep_block += "- ";
  const auto text = GENERATE_COPY(values<std::string>({
      bomb,
      deep,
      std::string(100'000, '{'),
      deep_block,
      "? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? a",
      "Diagnostics: *nowhere",
      "Diagnostics: &a [*a]",
      "Diagnostics: &a []",
      "Diagnostics: 5",
      "just text",
      "Diagnostics: [text]",
      "Diagnostics: [{DiagnosticName: a, DiagnosticMessage: text}]",
      "Diagnostics: [{Level: Warning}]",
      "Diagnostics: [{DiagnosticName: a, DiagnosticMessage: {Replacements: [{Offset: 1}]}}]",
      "Diagnostics: [{DiagnosticName: a, DiagnosticMessage: {Replacements: [5]}}]",
      "[a]: b",
      "Diagnostics: [",
      "Diagnostics: \"unterminated",
      "\t- : ][",
      "%YAML 9.9\n---\na",
      std::string("Diagnostics: []\n\x04 more", 22),
      std::string("Diagnostics: []\0", 16),
      std::string(17 * kMiB, ' '),
  }));
  CAPTURE(text.substr(0, 60));
  const auto result = read_fixes(text, plain_paths);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kRefused);
}

TEST_CASE("fields of a later clang-tidy are passed over") {
  const auto all = read(
      "Future: {a: [b, {c: d}]}\nDiagnostics:\n  - DiagnosticName: some-check\n    Confidence: 3\n"
      "    DiagnosticMessage: {Message: m, FilePath: /tree/a.cpp, FileOffset: 1, More: [1, 2]}\n");
  REQUIRE(all.size() == 1);
  CHECK(all[0].offset == 1);
}
