#include "engine/asking/request.hpp"

#include "base/files.hpp"
#include "tests/unit/catch.hpp"

namespace automod::asking {

namespace {

AskRequest sample() {
  return {.kind = AskKind::kOptimize,
          .words = "keep \"this\"\nand ü",
          .focus = {"src/a.cpp:12", "Index::add"},
          .only = {"src/**"},
          .test = "t",
          .bench = "rank",
          .profile = "/tmp/callgrind.out",
          .type = ModificationType::kPerformance,
          .base = std::string(40, 'a'),
          .level = SafetyLevel::kAggressive,
          .asking = {.model = "a,b",
                     .review = "none",
                     .attempts = 4,
                     .candidates = {},
                     .budget = {.dollars = 1.5, .tokens = 90000},
                     .book = "/tmp/book",
                     .fresh = true,
                     .replay = true},
          .spends = SessionId{"0199c2d4-7f1a-7000-8000-000000000000"}};
}

}  // namespace

TEST_CASE("a request is read as it was written") {
  const auto read = request_of(text_of(sample()));
  REQUIRE(read);
  CHECK(text_of(*read) == text_of(sample()));
  CHECK(read->words == sample().words);
  CHECK(read->focus == sample().focus);
  CHECK(read->only == sample().only);
  CHECK(read->type == ModificationType::kPerformance);
  CHECK(read->asking.attempts == 4);
  CHECK_FALSE(read->asking.candidates);
  CHECK(read->asking.budget == sample().asking.budget);
  CHECK(read->spends == sample().spends);
}

TEST_CASE("a request that is resumed does not ask again what it had asked") {
  CHECK_FALSE(request_of(text_of(sample()))->asking.fresh);
}

TEST_CASE("a damaged request is refused, whatever is wrong with it") {
  const std::string whole = text_of(sample());
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    CHECK_FALSE(request_of(whole.substr(0, length)));
  }
  CHECK_FALSE(request_of("{}"));
  std::string other = whole;
  other.replace(other.find("\"format\": 1"), 11, "\"format\": 9");
  const auto newer = request_of(other);
  REQUIRE_FALSE(newer);
  CHECK(newer.error().kind == ErrorKind::kUnavailable);
}

TEST_CASE("the latest request is found again, or the one that is named, until it is forgotten") {
  const auto made = TempDir::create(std::filesystem::temp_directory_path(), "asks-");
  REQUIRE(made);
  const std::filesystem::path folder = made->path() / "asks";
  CHECK(find_kept(folder, "").error().kind == ErrorKind::kUsage);
  AskRequest older = sample();
  older.words = "older";
  REQUIRE(keep(folder, {"0199c2d4-7f1a"}, older));
  REQUIRE(keep(folder, {"0199c2d4-8e02"}, sample()));
  CHECK(find_kept(folder, "")->words == sample().words);
  CHECK(find_kept(folder, "")->resumes == SessionId{"0199c2d4-8e02"});
  CHECK(find_kept(folder, "0199c2d4-7")->words == "older");
  CHECK(find_kept(folder, "0199").error().message.find("several") != std::string::npos);
  CHECK(find_kept(folder, "01aa").error().kind == ErrorKind::kUsage);
  forget(folder, {"0199c2d4-8e02"});
  CHECK(find_kept(folder, "")->words == "older");
}

TEST_CASE("a session that is still running is not gone on with by another") {
  const auto made = TempDir::create(std::filesystem::temp_directory_path(), "asks-");
  REQUIRE(made);
  REQUIRE(keep(made->path(), {"0199c2d4-7f1a"}, sample()));
  {
    const auto held = keep(made->path(), {"0199c2d4-8e02"}, sample());
    REQUIRE(held);
    CHECK(find_kept(made->path(), "")->resumes == SessionId{"0199c2d4-7f1a"});
    const auto running = find_kept(made->path(), "0199c2d4-8");
    REQUIRE_FALSE(running);
    CHECK(running.error().message == "session 0199c2d4-8e02 is still running");
  }
  CHECK(find_kept(made->path(), "0199c2d4-8")->resumes == SessionId{"0199c2d4-8e02"});
}

}  // namespace automod::asking
