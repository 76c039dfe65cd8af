#include <algorithm>

#include "engine/propose/edits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/propose/sloppy_answers.hpp"

/// Machine-made answers, sloppy and hostile ones. Each is applied exactly as a second, naive
/// reading says, every byte compared, or refused whole.

namespace automod::testing {

using namespace sloppy;

namespace {

/// What the code under test makes of an answer; nullopt when it refuses it.
std::optional<Changes> applied(const std::string& answer) {
  const auto refuse = [](const Error& error) -> std::optional<Changes> {
    CHECK(error.kind == ErrorKind::kRefused);
    CHECK(error.message.size() < 32'768);
    CHECK(std::ranges::none_of(
        error.message, [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
    return std::nullopt;
  };
  const auto read = propose::read_answer(answer);
  if (!read) return refuse(read.error());
  const auto files = propose::apply_edits(
      read->edits, [](std::string_view path) -> Result<std::optional<std::string>> {
        const auto found = base_files().find(path);
        if (found == base_files().end()) return std::nullopt;
        return found->second;
      });
  if (!files) return refuse(files.error());
  Changes changes;
  for (const FileChange& file : *files) {
    const auto base = base_files().find(file.path);
    CHECK(file.original ==
          (base == base_files().end() ? std::nullopt : std::optional(base->second)));
    CHECK(changes.emplace(file.path, file.modified).second);
  }
  return changes;
}

/// One answer, judged by both readings. Was it applied?
bool judge(const std::string& answer, Sloppiness::Then then, const Plan& plan) {
  const auto found = applied(answer);
  const auto expected = naive::answered(base_files(), answer);
  if (found != expected || (then == Sloppiness::kSame && found != changes_of(plan)) ||
      (then == Sloppiness::kRefused && found)) {
    INFO(answer);
    CHECK(found == expected);
    if (then == Sloppiness::kSame) CHECK(found == changes_of(plan));
    if (then == Sloppiness::kRefused) CHECK_FALSE(found);
  }
  return found.has_value();
}

void judge_all(const std::vector<Sloppiness>& all, unsigned seed, std::size_t rounds,
               std::size_t& taken, std::size_t& refused) {
  Dice dice(seed);
  for (std::size_t round = 0; round < rounds; ++round) {
    const Plan plan = make_plan(dice);
    for (const Sloppiness& sloppiness : all) {
      INFO(sloppiness.what);
      ++(judge(sloppiness.answer(dice, plan), sloppiness.then, plan) ? taken : refused);
    }
  }
}

}  // namespace

TEST_CASE("what models add to an answer does not change what it does") {
  std::size_t taken = 0;
  std::size_t refused = 0;
  judge_all(tolerated(), 1, 20, taken, refused);
  CHECK(taken >= 200);
  CHECK(refused == 0);
}

TEST_CASE("hostile answers are refused whole") {
  std::size_t taken = 0;
  std::size_t refused = 0;
  judge_all(hostile(), 2, 20, taken, refused);
  CHECK(taken == 0);
  CHECK(refused >= 500);
}

TEST_CASE("confused answers are applied exactly or refused whole") {
  std::size_t taken = 0;
  std::size_t refused = 0;
  judge_all(confused(), 3, 100, taken, refused);
  CHECK(taken >= 200);
  CHECK(refused >= 500);
}

TEST_CASE("an answer that breaks off anywhere is applied as far as its blocks go, or refused") {
  Dice dice(4);
  for (int round = 0; round < 4; ++round) {
    const Plan plan = make_plan(dice);
    const std::string answer = text_of(plan);
    for (std::size_t length = 0; length < answer.size(); ++length) {
      judge(answer.substr(0, length), Sloppiness::kAnything, plan);
    }
  }
}

TEST_CASE("whatever lines a file has, only those that are replaced change") {
  Dice dice(5);
  const Texts ends{"\n", "\r\n"};
  std::size_t made = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<naive::NaiveLine> lines;
    const std::size_t ends_used = 1 + dice.below(2);
    const std::size_t shift = dice.below(2);
    for (std::size_t i = 1 + dice.below(12); i > 0; --i) {
      lines.push_back(
          {.text = dice.one_of(line_pool()), .end = ends[(dice.below(ends_used) + shift) % 2]});
    }
    if (dice.below(3) == 0) lines.back().end.clear();
    const std::string content = naive::join(lines);
    const std::size_t first = dice.below(lines.size());
    const std::size_t count = 1 + dice.below(lines.size() - first);
    Texts wanted;
    std::string search;
    for (std::size_t i = first; i < first + count; ++i) {
      wanted.push_back(lines[i].text);
      search += lines[i].text + "\n";
    }
    std::string replace;
    const Texts fresh = varied(dice, wanted);
    for (const std::string& text : fresh) replace += text + dice.one_of(ends);
    const auto reread = naive::split(content);
    if (reread.size() != lines.size() || fresh == wanted) continue;
    const auto changes = propose::apply_edits(
        {{.kind = propose::EditKind::kReplace,
          .path = "f",
          .search = search,
          .replace = replace,
          .new_path = {},
          .line = 1}},
        [&](std::string_view) { return Result<std::optional<std::string>>(content); });
    INFO(content);
    INFO(search);
    const bool is_unique = naive::places_of(content, wanted).size() == 1;
    const std::string expected = naive::splice(content, first, count, fresh);
    REQUIRE(changes.has_value() == (is_unique && expected != content));
    if (!changes) continue;
    ++made;
    const std::string& after = *changes->at(0).modified;
    REQUIRE(after == expected);
    const std::vector head(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first));
    const std::vector tail(lines.begin() + static_cast<std::ptrdiff_t>(first + count), lines.end());
    REQUIRE((tail.empty() || after.starts_with(naive::join(head))));
    REQUIRE(after.ends_with(naive::join(tail)));
  }
  CHECK(made >= 500);
}

}  // namespace automod::testing
