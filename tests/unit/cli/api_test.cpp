#include "engine/api.hpp"

#include <nlohmann/json.hpp>

#include "cli/api_text.hpp"
#include "cli/documents.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"

namespace automod::cli {
namespace {

using analyzers::ApiEntry;
using analyzers::ApiImpact;
using analyzers::ApiKind;
using testing::check_golden;
using testing::ContainsSubstring;

ApiReport sample() {
  ApiReport report;
  report.target.config_source = "base commit";
  report.subject = {
      .name = "HEAD", .commit = {std::string(40, 'b')}, .tree = {std::string(40, 'd')}};
  ApiEntry type{.kind = ApiKind::kType,
                .name = "lib::Log",
                .text = "class Log : public Base",
                .is_abstract = true,
                .bases = {"public lib::Base"},
                .virtuals = {"sync() = 0"},
                .layout = analyzers::ApiLayout{.size = 16,
                                               .align = 8,
                                               .fields = {{"a", "int", 64, std::nullopt},
                                                          {"b", "int", 96, 3}}},
                .path = "include/log.hpp",
                .line = 4};
  ApiEntry function{.kind = ApiKind::kFunction,
                    .name = "lib::Log::cut",
                    .scope = "lib::Log",
                    .text = "void cut(int at = 2)",
                    .type = "void",
                    .parameters = {{"int", "2", true}},
                    .symbol = "_ZN3lib3Log3cutEi",
                    .is_noexcept = true,
                    .path = "include/log.hpp",
                    .line = 7};
  report.subject.surface.entries = {type, function};
  return report;
}

ApiReport compared() {
  ApiReport report = sample();
  report.against = {
      .name = "v1\x1b[31m", .commit = {std::string(40, 'a')}, .tree = {std::string(40, 'c')}};
  report.changes = {{.impact = ApiImpact::kBreaking,
                     .reason = "removed",
                     .kind = ApiKind::kFunction,
                     .name = "lib::Log::sync",
                     .path = "include/log.hpp",
                     .line = 9,
                     .before = "void sync()"},
                    {.impact = ApiImpact::kCompatible,
                     .reason = "added",
                     .kind = ApiKind::kMacro,
                     .name = "LOG",
                     .path = "include/log.hpp",
                     .line = 2,
                     .after = "#define LOG"}};
  report.gaps = {{"include/odd.hpp", "'x.h' file not found\nmore", true}};
  return report;
}

TEST_CASE("the document of a surface") {
  check_golden("api.json", api_document(sample(), 0).dump(2) + "\n");
}

TEST_CASE("the document of two surfaces") {
  check_golden("api_diff.json", api_document(compared(), 1).dump(2) + "\n");
}

TEST_CASE("a surface is listed by file and line") {
  const std::string text = api_text(sample(), Paint(false), 0);
  CHECK_THAT(text, ContainsSubstring("HEAD (bbbbbbb): 2 declarations in 1 file"));
  CHECK_THAT(text, ContainsSubstring("7  function  lib::Log::cut  void cut(int at = 2)"));
}

TEST_CASE("changes are counted, shown, and never raw") {
  const std::string text = api_text(compared(), Paint(false), 0);
  CHECK_THAT(text, ContainsSubstring("since v1\\x1b[31m (aaaaaaa): 1 breaking, 1 compatible"));
  CHECK_THAT(text, ContainsSubstring("breaking removed lib::Log::sync include/log.hpp:9\n"
                                     "  - void sync()\n"));
  CHECK_THAT(text, ContainsSubstring("include/odd.hpp: read by its syntax alone"));
  CHECK(text.find("more") == std::string::npos);
}

}  // namespace
}  // namespace automod::cli
