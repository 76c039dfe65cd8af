#include "engine/context.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"
#include "tests/unit/support/silent.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::Silent;
using Words = std::vector<std::string>;

/// A shop with a header, two sources, a test and a script.
class ContextOfShop {
 public:
  ContextOfShop() {
    setenv("XDG_CACHE_HOME", git_.scratch("cache").c_str(), 1);
    git_.write("include/price.hpp", kHeader);
    git_.write("src/price.cpp", kSource);
    git_.write("src/cart.cpp", kCart);
    git_.write("tests/price_test.cpp",
               "#include \"price.hpp\"\nint price_is_whole() { return price_of({1, 2}); }\n");
    git_.write("scripts/run.sh", "echo run\n");
    git_.commit("base");
  }

 protected:
  static constexpr std::string_view kHeader =
      "struct Item {\n  int cents;\n  int count;\n};\n"
      "/// What an item costs.\nint price_of(Item item);\n";
  static constexpr std::string_view kSource =
      "#include \"price.hpp\"\n\nstatic int rounded(int cents) { return cents / 5 * 5; }\n\n"
      "int price_of(Item item) {\n  return rounded(item.cents * item.count);\n}\n\n"
      "int unrelated() { return 7; }\n";
  static constexpr std::string_view kCart =
      "#include \"price.hpp\"\n\nint total(Item a, Item b) {\n"
      "  return price_of(a) + price_of(b);\n}\n";

  Result<PromptContext> ask(const ContextTask& task) {
    const Target target{.commit = {git_.id("HEAD")}};
    const auto maker = ContextMaker::open(git_.root(), target, world_);
    if (!maker) return fail(maker.error());
    return maker->make(task);
  }

  PromptContext make(const Words& focus, const std::string& words = {},
                     std::size_t tokens = 32'000) {
    auto made = ask({.focus = focus, .words = words, .more = {}, .tokens = tokens});
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    CHECK(made->tokens <= tokens);
    return *made;
  }

  static const ContextPart* find(const PromptContext& made, PartKind kind, std::string_view path) {
    const auto found = std::ranges::find_if(made.parts, [&](const ContextPart& part) {
      return part.kind == kind && part.path == path;
    });
    return found == made.parts.end() ? nullptr : &*found;
  }

  static std::string all_text(const PromptContext& made) {
    std::string all;
    for (const prompts::Section& section : sections_of(made)) all += prompts::fenced(section);
    return all;
  }

  /// A function so long that its file is not shown as a whole.
  void write_long_file() {
    std::string text = "#include \"price.hpp\"\n#include <vector>\n\n";
    for (int i = 0; i < 300; ++i) {
      text += "int filler_" + std::to_string(i) + "() { return " + std::to_string(i) + "; }\n";
    }
    text += "/// The one.\nint meant_one() {\n  return filler_7() + price_of({});\n}\n";
    git_.write("src/long.cpp", text);
    git_.commit("long");
  }

  testing::GitFixture git_;
  SystemClock clock_;
  CancelToken cancel_;
  Silent silent_;
  EngineWorld world_{.clock = clock_, .cancel = cancel_, .observer = silent_, .jobs = 2};
};

TEST_CASE_METHOD(ContextOfShop, "a function comes with callers, callees, types, tests and a map") {
  const PromptContext made = make({"price_of"});
  const ContextPart* focus = find(made, PartKind::kFocus, "src/price.cpp");
  REQUIRE(focus != nullptr);
  CHECK(focus->text == kSource);
  CHECK(focus->symbol == "price_of");
  const ContextPart* caller = find(made, PartKind::kCaller, "src/cart.cpp");
  REQUIRE(caller != nullptr);
  CHECK(caller->why == "calls price_of in 2 places");
  CHECK(caller->line == 3);
  CHECK(caller->last_line == 5);
  CHECK(find(made, PartKind::kType, "include/price.hpp") != nullptr);
  const ContextPart* test = find(made, PartKind::kTest, "tests/price_test.cpp");
  REQUIRE(test != nullptr);
  CHECK(test->symbol == "price_is_whole");
  CHECK(find(made, PartKind::kMap, "") != nullptr);
  CHECK(made.left_out == 0);
}

TEST_CASE_METHOD(ContextOfShop, "a symbol that a file has not is told with the nearest it has") {
  const auto made = ask({.focus = {"src/price.cpp:unrelatd"}, .words = {}, .more = {}});
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::kUsage);
  CHECK(made.error().message == "src/price.cpp defines no 'unrelatd', did you mean 'unrelated'?");
}

TEST_CASE_METHOD(ContextOfShop, "a line that a file has not is refused, unless words mention it") {
  const auto problem = [&](const std::string& focus) {
    const auto made = ask({.focus = {focus}, .words = {}, .more = {}});
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::kUsage);
    return made.error().message;
  };
  CHECK(problem("src/cart.cpp:500") == "src/cart.cpp has 5 lines, there is no line 500");
  CHECK(problem("src/cart.cpp:0:7") == "src/cart.cpp has 5 lines, there is no line 0");
  CHECK(problem("scripts/run.sh:2") == "scripts/run.sh has 1 line, there is no line 2");
  CHECK(find(make({"src/cart.cpp:5"}), PartKind::kFocus, "src/cart.cpp") != nullptr);
  const PromptContext made = make({}, "it fails in src/cart.cpp:500");
  CHECK(find(made, PartKind::kFocus, "src/cart.cpp") != nullptr);
}

TEST_CASE_METHOD(ContextOfShop, "words may say anything behind a file in no language") {
  const PromptContext made = make({}, "see `scripts/run.sh:run`");
  CHECK(find(made, PartKind::kFocus, "scripts/run.sh") != nullptr);
}

TEST_CASE_METHOD(ContextOfShop, "a part of a long file comes with its imports and its comment") {
  write_long_file();
  const PromptContext made = make({"meant_one"}, {}, 4000);
  std::vector<const ContextPart*> focus;
  for (const ContextPart& part : made.parts) {
    if (part.kind == PartKind::kFocus) focus.push_back(&part);
  }
  REQUIRE(focus.size() == 2);
  CHECK(focus[0]->text == "#include \"price.hpp\"\n#include <vector>\n");
  CHECK(focus[1]->text ==
        "/// The one.\nint meant_one() {\n  return filler_7() + price_of({});\n}\n");
  CHECK(focus[1]->line == 304);
  const ContextPart* callee = find(made, PartKind::kCallee, "src/long.cpp");
  REQUIRE(callee != nullptr);
  CHECK(callee->text == "int filler_7() { return 7; }\n");
}

TEST_CASE_METHOD(ContextOfShop, "a line stands for what is around it") {
  write_long_file();
  const PromptContext made = make({"src/long.cpp:306"}, {}, 4000);
  const bool found = std::ranges::any_of(made.parts, [](const ContextPart& part) {
    return part.kind == PartKind::kFocus && part.symbol == "meant_one";
  });
  CHECK(found);
}

TEST_CASE_METHOD(ContextOfShop, "a file in no language is shown as it is") {
  const ContextPart* part = nullptr;
  const PromptContext made = make({"scripts/run.sh"});
  part = find(made, PartKind::kFocus, "scripts/run.sh");
  REQUIRE(part != nullptr);
  CHECK(part->text == "echo run\n");
}

TEST_CASE_METHOD(ContextOfShop, "a focus that is nothing is refused with what comes nearest") {
  const auto refused = ask({.focus = {"price_off"}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUsage);
  CHECK_THAT(refused.error().message, ContainsSubstring("did you mean 'price_of'"));
  CHECK_FALSE(ask({.focus = {"src/price.cpp:nothing"}}));
  CHECK_FALSE(ask({.focus = {""}}));
}

TEST_CASE_METHOD(ContextOfShop, "names in a request are what is meant") {
  const auto [words, path] = GENERATE(table<std::string, std::string>(
      {{"make price_of faster", "src/price.cpp"},
       {"the total is wrong", "src/cart.cpp"},  // a plain word, and nothing else is named
       {"look at cart.cpp please", "src/cart.cpp"},
       {"src/cart.cpp:4 adds too much", "src/cart.cpp"}}));
  CHECK(find(make({}, words), PartKind::kFocus, path) != nullptr);
}

TEST_CASE_METHOD(ContextOfShop, "a plain word means nothing where code is named") {
  const PromptContext made = make({}, "price_of has a wrong total");
  CHECK(find(made, PartKind::kFocus, "src/cart.cpp") == nullptr);
  CHECK(find(made, PartKind::kFocus, "src/price.cpp") != nullptr);
}

TEST_CASE_METHOD(ContextOfShop,
                 "where nothing is named what matters most is shown, and that is said") {
  const PromptContext made = make({}, "please be nice");
  CHECK(std::ranges::any_of(made.parts,
                            [](const ContextPart& part) { return part.kind == PartKind::kFocus; }));
  REQUIRE_FALSE(made.notes.empty());
  CHECK_THAT(made.notes[0], ContainsSubstring("nothing of the code is named"));
}

TEST_CASE_METHOD(ContextOfShop, "of a test what it tests is meant as well") {
  const PromptContext made = make({"price_is_whole"});
  CHECK(find(made, PartKind::kFocus, "tests/price_test.cpp") != nullptr);
  CHECK(find(made, PartKind::kFocus, "src/price.cpp") != nullptr);
}

TEST_CASE_METHOD(ContextOfShop, "the same task gives the same parts, within whatever budget") {
  const std::size_t tokens = GENERATE(120U, 300U, 700U, 2000U, 32'000U);
  const PromptContext one = make({"price_of"}, "and total", tokens);
  const PromptContext other = make({"price_of"}, "and total", tokens);
  CHECK(all_text(one) == all_text(other));
  CHECK(std::ranges::any_of(one.parts, [](const ContextPart& part) {
    return part.kind == PartKind::kFocus && part.path == "src/price.cpp";
  }));
}

TEST_CASE_METHOD(ContextOfShop, "what the caller adds keeps its order and comes last") {
  ContextTask task{.focus = {"price_of"}};
  task.more.push_back({.kind = PartKind::kEvidence, .why = "what was tried", .text = "z\n"});
  task.more.push_back({.kind = PartKind::kEvidence, .why = "and then happened", .text = "a\n"});
  const auto made = ask(task);
  REQUIRE(made);
  REQUIRE(made->parts.size() >= 2);
  CHECK(made->parts[made->parts.size() - 2].text == "z\n");
  CHECK(made->parts.back().text == "a\n");
}

TEST_CASE_METHOD(ContextOfShop, "keys and hidden text of a target are not sent as they are") {
  const std::string token = std::string("gh") + "p_a8Fk2Lq9Zx7Vb4Nm1Rt6Yw3Ps5Dj0Hc2Ge8U";
  git_.write("src/bad.cpp", "// \xe2\x80\xae hidden\nconst char* key = \"" + token +
                                "\";\nconst char* leaky() { return key; }\n~~~~\n");
  git_.commit("bad");
  ContextTask task{.focus = {"src/bad.cpp"}};
  task.more.push_back({.kind = PartKind::kEvidence, .why = "log", .text = "got " + token + "\n"});
  const auto made = ask(task);
  REQUIRE(made);
  const std::string text = all_text(*made);
  CHECK(text.find(token) == std::string::npos);
  CHECK(text.find("\xe2\x80\xae") == std::string::npos);
  CHECK_THAT(text, ContainsSubstring("\\u202e hidden"));
  CHECK(made->notes.size() >= 3);  // the file twice, the log
}

TEST_CASE_METHOD(ContextOfShop, "in a large tree only files that share names are looked at") {
  // More facts than are read as a whole.
  std::string filler;
  for (int i = 0; i < 1500; ++i) {
    filler += "int filler_" + std::to_string(i) + "(int a) { return a + other_" +
              std::to_string(i) + "(a); }\n";
  }
  for (int i = 0; i < 30; ++i) {
    git_.write("other/part" + std::to_string(i) + ".cpp",
               "// " + std::to_string(i) + "\n" + filler);
  }
  git_.commit("large");
  const PromptContext made = make({"price_of"});
  CHECK(std::ranges::any_of(made.notes, [](const std::string& note) {
    return note.find("files were looked at") != std::string::npos;
  }));
  CHECK(find(made, PartKind::kFocus, "src/price.cpp") != nullptr);
  CHECK(find(made, PartKind::kCaller, "src/cart.cpp") != nullptr);
  CHECK(find(made, PartKind::kTest, "tests/price_test.cpp") != nullptr);
  CHECK(find(made, PartKind::kType, "include/price.hpp") != nullptr);
}

}  // namespace
}  // namespace automod
