#include "engine/trial/side.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

namespace automod {
namespace {

namespace fs = std::filesystem;
using testing::TrialFixture;

struct Sides : TrialFixture {
  Sides() {
    commit({{"build.sh", "true\n"},
            {"a.txt", "one\n"},
            {"dir/b.txt", "two\n"},
            {"dir/c.txt", "three\n"},
            {"deep/er/d.txt", "four\n"}});
    auto prepared = prepare(ExecutionType::kConfigure);
    if (!prepared) throw std::runtime_error(prepared.error().message);
    base.emplace(std::move(*prepared));
  }

  trial::Side open() {
    auto side = trial::Side::open(world(), *base);
    if (!side) throw std::runtime_error(side.error().message);
    return std::move(*side);
  }

  static std::string out_of(const trial::Side& side, const std::string& command) {
    const auto record = run_command(side.site(), ExecutionType::kBuild, command, 60);
    return record ? record->execution.out + record->execution.err : record.error().message;
  }

  static FileChange writing(std::string path, std::optional<std::string> text) {
    FileChange change;
    change.path = std::move(path);
    change.modified = std::move(text);
    return change;
  }

  std::optional<trial::Base> base;
};

TEST_CASE_METHOD(Sides, "what happens on a side stays there from command to command, then goes") {
  {
    const auto side = open();
    CHECK(out_of(side, "echo changed > a.txt; rm dir/b.txt; echo new > e.txt").empty());
    CHECK(out_of(side, "cat a.txt e.txt; ls dir") == "changed\nnew\nc.txt\n");
    CHECK(side.read("a.txt", 100) == "changed\n");
    CHECK_FALSE(side.read("dir/b.txt", 100));
    CHECK(side.read("dir/c.txt", 100) == "three\n");
    CHECK(read_file(base->folder / "a.txt", 100).value() == "one\n");
  }
  CHECK(out_of(open(), "cat a.txt; ls dir") == "one\nb.txt\nc.txt\n");
  CHECK(work_left().empty());
}

TEST_CASE_METHOD(Sides, "times of what was not changed are the base's") {
  const auto side = open();
  CHECK(out_of(side, "stat -c %Y a.txt dir/b.txt") == "1000000000\n1000000000\n");
}

TEST_CASE_METHOD(Sides, "a change is seen by commands and by nothing else") {
  auto side = open();
  REQUIRE(side.write({writing("a.txt", "uno\n"), writing("dir/b.txt", std::nullopt),
                      writing("dir/new/n.txt", "nuevo\n")}));
  CHECK(out_of(side, "cat a.txt dir/new/n.txt; ls dir deep/er") ==
        "uno\nnuevo\ndeep/er:\nd.txt\n\ndir:\nc.txt\nnew\n");
  CHECK(side.changed() == std::vector<std::string>{"a.txt", "dir/new/n.txt"});
  CHECK(read_file(base->folder / "a.txt", 100).value() == "one\n");
}

TEST_CASE_METHOD(Sides, "a file takes the place of a folder, and a folder that of a file") {
  auto side = open();
  REQUIRE(side.write({writing("deep/er/d.txt", std::nullopt), writing("deep", "flat\n"),
                      writing("a.txt", std::nullopt), writing("a.txt/x", "inner\n")}));
  CHECK(out_of(side, "cat deep a.txt/x; ls a.txt") == "flat\ninner\nx\n");
}

TEST_CASE_METHOD(Sides,
                 "a folder that a command removed does not come back with a new file in it") {
  auto side = open();
  out_of(side, "rm -r dir");
  REQUIRE(side.write({writing("dir/new.txt", "alone\n")}));
  CHECK(out_of(side, "ls dir") == "new.txt\n");
  CHECK_FALSE(side.read("dir/b.txt", 100));
}

TEST_CASE_METHOD(Sides, "a link that a command left where a change goes is not followed") {
  auto side = open();
  out_of(side, "rm -r dir; ln -s deep dir");
  REQUIRE(side.write({writing("dir/b.txt", "mine\n")}));
  CHECK(out_of(side, "cat dir/b.txt; ls deep") == "mine\ner\n");
}

TEST_CASE_METHOD(Sides, "a checkout that differs from the tree is an error") {
  const TreeId tree = base->spec.tree;
  auto side = open();
  FileChange change = writing("a.txt", "one\n");
  REQUIRE(side.write({change}));
  CHECK(side.verify(tree, {change}));
  change.modified = "two\n";
  REQUIRE(side.write({change}));
  CHECK_FALSE(side.verify(tree, {change}));
  change.modified = "one\n";
  REQUIRE(side.write({change}));
  out_of(side, "chmod +x a.txt");
  CHECK_FALSE(side.verify(tree, {change}));
}

}  // namespace
}  // namespace automod
