#include "analyzers/impact/build_graph.hpp"

#include <fmt/format.h>

#include <map>

#include "tests/unit/catch.hpp"

using namespace automod::analyzers;
using automod::testing::ContainsSubstring;

namespace {

using Strings = std::vector<std::string>;
using Replies = std::map<std::string, std::string>;

/// Files of the tree are those below src/.
std::optional<std::string> resolve(std::string_view path) {
  if (!path.starts_with("src/") || path.find("..") != std::string_view::npos) return std::nullopt;
  return std::string(path);
}

std::string printed(const Replies& files) {
  std::string text;
  for (const auto& [name, content] : files) {
    text += fmt::format("{}==> {} <==\n{}", text.empty() ? "" : "\n", name, content);
  }
  return text;
}

const Replies kReply = {
    {"index-2.json", R"({"objects": [{"kind": "codemodel", "jsonFile": "codemodel-v2-x.json"}]})"},
    {"codemodel-v2-x.json",
     R"({"paths": {"source": "/tree", "build": "/tree/build"},
         "configurations": [{"name": "", "targets": [{"jsonFile": "target-app.json"},
                                                     {"jsonFile": "target-lib.json"}]}]})"},
    {"target-app.json",
     R"({"name": "app", "id": "app::@1", "type": "EXECUTABLE",
         "paths": {"build": "tools", "source": "src"},
         "artifacts": [{"path": "bin/app"}],
         "sources": [{"path": "src/app.cpp"}, {"path": "/usr/include/x.h"}],
         "dependencies": [{"id": "lib::@1"}, {"id": "gone::@1"}]})"},
    {"target-lib.json",
     R"({"name": "lib", "id": "lib::@1", "type": "STATIC_LIBRARY", "paths": {"build": "."},
         "sources": [{"path": "/tree/src/lib.hpp"}, {"path": "src/lib.cpp"},
                     {"path": "src/lib.cpp"}]})"}};

/// The message with which a reply that was changed in one place is refused.
std::string refusal(const std::string& name, const std::string& content) {
  Replies files = kReply;
  files[name] = content;
  const auto graph = read_codemodel(printed(files), resolve);
  REQUIRE_FALSE(graph);
  CHECK(graph.error().kind == automod::ErrorKind::kRefused);
  return graph.error().message;
}

}  // namespace

TEST_CASE("targets have the tree's sources, and each other") {
  const auto graph = read_codemodel(printed(kReply), resolve);
  REQUIRE(graph);
  CHECK(graph->build_dir == "build");
  REQUIRE(graph->targets.size() == 2);
  CHECK(graph->targets[0] == BuildTarget{.name = "app",
                                         .kind = "EXECUTABLE",
                                         .sources = {"src/app.cpp"},
                                         .artifacts = {"bin/app"},
                                         .needs = {1},
                                         .objects = "tools/CMakeFiles/app.dir/"});
  CHECK(graph->targets[1].sources == Strings{"src/lib.cpp", "src/lib.hpp"});
  CHECK(graph->targets[1].objects == "CMakeFiles/lib.dir/");
}

TEST_CASE("of several indexes the last counts") {
  Replies files = kReply;
  files["index-1.json"] = "rubbish";
  CHECK(read_codemodel(printed(files), resolve));
  files["index-3.json"] = "rubbish";
  CHECK_FALSE(read_codemodel(printed(files), resolve));
}

TEST_CASE("a reply that is not whole or not in form is refused") {
  CHECK_FALSE(read_codemodel("", resolve));
  CHECK_THAT(refusal("index-2.json", "{}"), ContainsSubstring("names no codemodel"));
  CHECK_THAT(refusal("index-2.json", R"({"objects": 7})"), ContainsSubstring("no codemodel"));
  CHECK_THAT(refusal("codemodel-v2-x.json", "[]"), ContainsSubstring("is no JSON object"));
  CHECK_THAT(refusal("codemodel-v2-x.json", R"({"paths": {"source": "tree"}})"),
             ContainsSubstring("no source folder"));
  CHECK_THAT(refusal("codemodel-v2-x.json", R"({"paths": {"source": "/tree"}})"),
             ContainsSubstring("no configuration"));
  CHECK_THAT(refusal("target-app.json", R"({"name": "app"})"), ContainsSubstring("no name or id"));
  CHECK_THAT(refusal("target-app.json", std::string(100'000, '[')),
             ContainsSubstring("target-app.json"));
}

TEST_CASE("a target that is named and not there is said") {
  Replies files = kReply;
  files.erase("target-lib.json");
  const auto graph = read_codemodel(printed(files), resolve);
  REQUIRE_FALSE(graph);
  CHECK_THAT(graph.error().message, ContainsSubstring("'target-lib.json' is named and not there"));
}

TEST_CASE("ninja's notes are read, but for what is stale") {
  const auto outputs = read_ninja_deps(
      "a.o: #deps 3, deps mtime 17 (VALID)\n    ../src/b.cpp\n    ../src/a.hpp\n"
      "    /usr/include/x.h\n\n"
      "old.o: #deps 1, deps mtime 3 (STALE)\n    ../src/old.cpp\n\nninja: rubbish\n",
      "/tree", [](std::string_view path) -> std::optional<std::string> {
        return path.starts_with("../src/") ? std::optional(std::string(path.substr(3)))
                                           : std::nullopt;
      });
  CHECK(outputs == std::vector<BuildOutput>{{.path = "a.o", .needs = {"src/a.hpp", "src/b.cpp"}}});
}

TEST_CASE("rules that compilers write are read") {
  const auto outputs = read_depfiles(
      "a.o: src/a.c src/a\\ b.h \\\n  src/c.h /usr/include/x.h\nsrc/a.h:\nnonsense\n"
      "b.o: src/b$$.c\n",
      "/tree", resolve);
  CHECK(outputs ==
        std::vector<BuildOutput>{{.path = "a.o", .needs = {"src/a b.h", "src/a.c", "src/c.h"}},
                                 {.path = "b.o", .needs = {"src/b$.c"}}});
}
