#include "engine/context/fit.hpp"

#include <fmt/format.h>

#include "tests/unit/catch.hpp"

namespace automod::context {
namespace {

std::string numbered(std::size_t lines) {
  std::string text;
  for (std::size_t i = 1; i <= lines; ++i) text += fmt::format("line {}\n", i);
  return text;
}

Offer offer(PartKind kind, const std::string& path, std::size_t lines, double weight) {
  Offer made{.part = {.kind = kind, .path = path, .line = 1, .last_line = lines}};
  made.part.text = numbered(lines);
  made.weight = weight;
  made.line = 1;
  made.has_to_be = kind == PartKind::kFocus;
  return made;
}

PromptContext fit_all(std::vector<Offer> offers, std::size_t tokens) {
  auto made =
      fit(std::move(offers), tokens, [](std::size_t) { return std::vector<ContextPart>{}; });
  REQUIRE(made);
  return *made;
}

std::vector<std::string> paths(const PromptContext& made) {
  std::vector<std::string> all;
  for (const ContextPart& part : made.parts) all.push_back(part.path);
  return all;
}

using Words = std::vector<std::string>;

TEST_CASE("what weighs most is kept, and what has no room is counted") {
  const auto made =
      fit_all({offer(PartKind::kCaller, "light", 50, 1), offer(PartKind::kFocus, "focus", 10, 0),
               offer(PartKind::kCaller, "heavy", 50, 2)},
              300);
  CHECK(paths(made) == Words{"heavy", "focus"});
  CHECK(made.left_out == 1);
  CHECK(made.tokens <= 300);
}

TEST_CASE("what is alike for many tasks is shown first, and evidence last") {
  const auto made =
      fit_all({offer(PartKind::kEvidence, "e", 2, 9), offer(PartKind::kFocus, "f", 2, 1),
               offer(PartKind::kTest, "t", 2, 1), offer(PartKind::kConventions, "h", 2, 1),
               offer(PartKind::kType, "y", 2, 1)},
              1000);
  CHECK(paths(made) == Words{"h", "y", "t", "f", "e"});
}

TEST_CASE("what is shown already is not shown again") {
  Offer inside = offer(PartKind::kType, "a", 3, 1);
  inside.part.line = 2;
  inside.part.last_line = 4;
  const auto made = fit_all({offer(PartKind::kFocus, "a", 10, 1), inside}, 1000);
  CHECK(made.parts.size() == 1);
  CHECK(made.left_out == 0);
}

TEST_CASE("a focus that is too long is cut around the line that is meant") {
  Offer focus = offer(PartKind::kFocus, "a", 500, 1);
  focus.line = 250;
  const auto made = fit_all({focus}, 200);
  REQUIRE(made.parts.size() == 1);
  const ContextPart& part = made.parts[0];
  CHECK(part.line > 1);
  CHECK(part.line <= 250);
  CHECK(part.last_line >= 250);
  CHECK(part.last_line < 500);
  CHECK(part.text.starts_with(kCut));
  CHECK(part.text.ends_with(kCut));
  CHECK(part.text.find("line 250\n") != std::string::npos);
  CHECK(made.tokens <= 200);
}

TEST_CASE("several of a focus share the room, and what is short keeps all it has") {
  const auto made = fit_all(
      {offer(PartKind::kFocus, "long", 500, 1), offer(PartKind::kFocus, "short", 3, 1)}, 300);
  REQUIRE(paths(made) == Words{"long", "short"});
  CHECK(made.parts[1].text == numbered(3));
  CHECK(made.tokens <= 300);
}

TEST_CASE("whatever the budget, all is within it, with the focus where that can be") {
  const std::size_t tokens = GENERATE(1U, 10U, 25U, 50U, 100U, 1000U);
  const auto made =
      fit_all({offer(PartKind::kFocus, "a", 100, 1), offer(PartKind::kCaller, "b", 5, 1)}, tokens);
  CHECK(made.tokens <= tokens);
  if (tokens < 25) {
    CHECK(made.parts.empty());
    CHECK(made.left_out == 2);
    CHECK(made.notes == Words{"a: there is no room for it"});
  } else {
    REQUIRE_FALSE(made.parts.empty());
    CHECK(made.parts.back().path == "a");
    CHECK(made.parts.back().text.find("line 1\n") != std::string::npos);
    CHECK(made.notes.empty());
  }
}

TEST_CASE("text with long fences or long lines takes no more than the budget") {
  const std::string row = GENERATE(std::string(3900, '~'), std::string(3900, 'x'),
                                   std::string(1000, '~') + " " + std::string(2000, 'x'));
  const std::size_t tokens = GENERATE(100U, 1000U, 4000U);
  Offer focus = offer(PartKind::kFocus, "a", 40, 1);
  focus.part.text.clear();
  for (int i = 0; i < 40; ++i) focus.part.text += row + "\n";
  focus.line = 20;
  const auto made = fit_all({focus}, tokens);
  REQUIRE(made.parts.size() == 1);
  CHECK(made.tokens <= tokens);
  CHECK(made.tokens == tokens_of(made.parts[0]));
  CHECK(made.parts[0].text.find(row.substr(0, 30)) != std::string::npos);
}

TEST_CASE("the lines between the parts count as well") {
  const auto made =
      fit_all({offer(PartKind::kFocus, "a", 1, 1), offer(PartKind::kCaller, "b", 1, 1),
               offer(PartKind::kCaller, "c", 1, 1)},
              1000);
  std::size_t bytes = 0;
  for (const auto& section : sections_of(made)) bytes += prompts::fenced(section).size() + 1;
  CHECK(3 * made.tokens >= bytes);
}

TEST_CASE("the rest gets what is left, a quarter at most") {
  std::size_t given = 0;
  const auto made =
      fit({offer(PartKind::kFocus, "a", 2, 1)}, 1000,
          [&](std::size_t tokens) -> Result<std::vector<ContextPart>> {
            given = tokens;
            return std::vector<ContextPart>{{.kind = PartKind::kMap, .text = "map\n"}};
          });
  REQUIRE(made);
  CHECK(given == 250);
  CHECK(made->parts.front().kind == PartKind::kMap);
}

}  // namespace
}  // namespace automod::context
