#include "analyzers/index/index.hpp"

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "base/files.hpp"
#include "base/sqlite.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::analyzers;
namespace fs = std::filesystem;
using testing::ContainsSubstring;

namespace {

constexpr std::string_view kSource = "int answer(void) { return 42; }\n";

/// Files that are known by their content, as git's are.
class IndexTest {
 public:
  IndexTest()
      : dir_(*TempDir::create(fs::temp_directory_path(), "automod-index-")),
        index_(*Index::open(file())) {}

  fs::path file() const { return dir_.path() / "cache" / "index.db"; }

  void add(const std::string& path, std::string text) {
    std::string blob = fmt::format("{:040x}", std::hash<std::string>()(text));
    texts_[blob] = std::move(text);
    files_.push_back({.path = path, .blob = std::move(blob)});
  }

  Result<IndexRun> try_update(std::string_view tree = {}, unsigned jobs = 2) {
    const FileSource source{.size = [&](const TreeFile& one) -> Result<std::size_t> {
                              return texts_.at(one.blob).size();
                            },
                            .text = [&](const TreeFile& one) -> Result<std::string> {
                              ++reads_;
                              if (one.path == unreadable_)
                                return fail(ErrorKind::kInternal, "it is gone");
                              if (one.path == last_) cancel_->request();
                              return texts_.at(one.blob);
                            }};
    return index_.update(tree, files_, source, jobs, [](auto, auto, auto) {}, *cancel_);
  }
  IndexRun update(std::string_view tree = {}) { return try_update(tree).value(); }

  TempDir dir_;
  Index index_;
  std::map<std::string, std::string> texts_;
  std::vector<TreeFile> files_;
  std::string unreadable_;
  std::string last_;  // reading it is the moment of an interruption
  std::optional<CancelToken> cancel_{std::in_place};
  std::atomic<std::size_t> reads_ = 0;
};

}  // namespace

TEST_CASE_METHOD(IndexTest, "a file that has not changed is never read twice") {
  add("a.c", std::string(kSource));
  add("b.py", "def b():\n    pass\n");
  CHECK(update().read == 2);
  add("c.c", "int c;\n");
  const auto run = update();
  CHECK(run.files == 3);
  CHECK(run.read == 1);
  CHECK(reads_ == 3);
}

TEST_CASE_METHOD(IndexTest, "another process finds what was read") {
  add("a.c", std::string(kSource));
  update();
  index_ = Index::open(file()).value();
  CHECK(update().read == 0);
}

TEST_CASE_METHOD(IndexTest, "facts are those of the text, in the order of the files") {
  add("notes.txt", "nothing\n");
  add("a.c", std::string(kSource));
  update();
  const auto facts = index_.facts(files_, 2).value();
  REQUIRE(facts.size() == 2);
  CHECK_FALSE(facts[0]);
  CHECK(facts[1] == facts_of(Language::kC, kSource));
}

TEST_CASE_METHOD(IndexTest, "a text that stands in many places is read once") {
  for (int i = 0; i < 50; ++i) add(fmt::format("{}/a.c", i), std::string(kSource));
  CHECK(update().read == 1);
  const auto facts = index_.facts(files_, 2).value();
  CHECK(std::ranges::all_of(facts, [](const auto& one) { return one.has_value(); }));
}

TEST_CASE_METHOD(IndexTest, "the same text in two languages has facts in each") {
  add("a.c", "int class;\n");
  add("a.cpp", "int class;\n");
  CHECK(update().read == 2);
  const auto facts = index_.facts(files_, 1).value();
  CHECK(facts[0]->language == Language::kC);
  CHECK(facts[1]->language == Language::kCpp);
}

TEST_CASE_METHOD(IndexTest, "files that no grammar reads are counted and not asked for") {
  add("notes.txt", "nothing\n");
  const auto run = update();
  CHECK(run.files == 0);
  CHECK(run.others == 1);
  CHECK(reads_ == 0);
}

TEST_CASE_METHOD(IndexTest, "a tree is known once all of it was read") {
  add("a.c", std::string(kSource));
  CHECK_FALSE(index_.known("t1").value());
  update("t1");
  const auto run = index_.known("t1").value();
  REQUIRE(run);
  CHECK(run->files == 1);
  CHECK(run->read == 0);
  CHECK_FALSE(index_.known("t2").value());
  CHECK_FALSE(index_.known("").value());
}

TEST_CASE_METHOD(IndexTest, "what cannot be had is said, and asked for again") {
  add("a.c", std::string(kSource));
  add("b.c", "int b;\n");
  unreadable_ = "b.c";
  const auto run = update("t1");
  CHECK(run.read == 1);
  REQUIRE(run.unreadable.size() == 1);
  CHECK(run.unreadable[0] == "b.c: it is gone");
  CHECK_FALSE(index_.known("t1").value());
  unreadable_.clear();
  CHECK(update("t1").read == 1);
}

TEST_CASE_METHOD(IndexTest, "what is left out is said each time") {
  add("a.c", std::string("int a;\0", 7));
  CHECK(update("t1").left_out.at(0).why == LeftOut::kBinary);
  const auto again = update();
  CHECK(again.read == 0);
  CHECK(again.left_out.at(0).path == "a.c");
  CHECK(index_.known("t1").value()->left_out.at(0).why == LeftOut::kBinary);
}

TEST_CASE_METHOD(IndexTest, "an interruption keeps what was read") {
  for (int i = 0; i < 300; ++i) add(fmt::format("{}.c", i), fmt::format("int a{};\n", i + 100));
  last_ = "100.c";
  const auto run = try_update("t1");
  REQUIRE_FALSE(run);
  CHECK(run.error().kind == ErrorKind::kInterrupted);
  CHECK_FALSE(index_.known("t1").value());
  const std::size_t before = reads_;
  cancel_.emplace();
  last_.clear();
  CHECK(update("t1").read + before == 300);
}

TEST_CASE_METHOD(IndexTest, "rubbish in its place is made anew") {
  add("a.c", std::string(kSource));
  update();
  for (const std::size_t at : {0U, 100U, 4096U}) {
    INFO(at);
    index_ = Index::open(dir_.path() / "other.db").value();
    fs::remove(file().string() + "-wal");
    {
      std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
      out.seekp(static_cast<std::streamoff>(at));
      out << std::string(3000, 'x');
    }
    auto opened = Index::open(file());
    REQUIRE(opened);
    index_ = std::move(*opened);
    CHECK(update().read <= 1);
  }
}

TEST_CASE_METHOD(IndexTest, "what another version wrote is read anew") {
  add("a.c", std::string(kSource));
  update("t1");
  {
    auto database = Database::open(file(), {}).value();
    REQUIRE(database.run("UPDATE about SET version = 'older'"));
  }
  index_ = Index::open(file()).value();
  CHECK_FALSE(index_.known("t1").value());
  CHECK(update().read == 1);
}

TEST_CASE_METHOD(IndexTest, "facts that were edited are an error and no facts") {
  add("a.c", std::string(kSource));
  update();
  auto database = Database::open(file(), {}).value();
  REQUIRE(database.run("UPDATE facts SET bytes = x'00'"));
  const auto facts = index_.facts(files_, 1);
  REQUIRE_FALSE(facts);
  CHECK_THAT(facts.error().message, ContainsSubstring("damaged"));
}

TEST_CASE_METHOD(IndexTest, "two may read the same files at once") {
  for (int i = 0; i < 200; ++i) add(fmt::format("{}.c", i), fmt::format("int a{};\n", i));
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        auto index = Index::open(file());
        const FileSource source{.size = [&](const TreeFile& one) -> Result<std::size_t> {
                                  return texts_.at(one.blob).size();
                                },
                                .text = [&](const TreeFile& one) -> Result<std::string> {
                                  return texts_.at(one.blob);
                                }};
        const auto run = index->update("t1", files_, source, 2, [](auto, auto, auto) {}, *cancel_);
        if (run && run->files == 200) ++good;
      });
    }
  }
  CHECK(good == 4);
  CHECK(update().read == 0);
}

TEST_CASE_METHOD(IndexTest, "shrunk, it forgets what came first and no half of a tree") {
  for (int i = 0; i < 400; ++i) {
    add(fmt::format("{}.c", i),
        fmt::format("int a{};\n{}", i, std::string(2000, '\n')) + "void f(void) { g(); h(); }\n");
  }
  update("t1");
  const std::size_t before = index_.size().value();
  REQUIRE(index_.shrink(before / 2));
  CHECK(index_.size().value() < before);
  CHECK_FALSE(index_.known("t1").value());
  const auto run = update("t1");
  CHECK(run.read > 0);
  CHECK(run.read < 400);
}
