#include "base/toml.hpp"

#include "tests/unit/catch.hpp"

using namespace automod;

namespace {

std::optional<std::string> short_text(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  return "too long";
}

std::string problem_of(std::string_view text, const std::function<void(TomlTable&)>& read) {
  const auto done = read_toml(text, "f.toml", read);
  if (done) return "";
  CHECK(done.error().kind == ErrorKind::kUsage);
  return done.error().message;
}

}  // namespace

TEST_CASE("a table gives what it holds, and leaves the rest alone") {
  std::string text = "before";
  std::string absent = "absent";
  std::int64_t number = 0;
  std::vector<std::string> list;
  std::map<std::string, std::string> map;
  std::vector<std::string> inner;
  const auto done = read_toml(
      "a = 'x'\nn = 3\nl = ['p', 'q']\nm = { K = 'v' }\n[t]\nw = 'two'\n[[r]]\n[[r]]\n", "f",
      [&](TomlTable& in) {
        in.text("a", text, any_text);
        in.text("b", absent, any_text);
        in.whole("n", number, 1, 5);
        in.texts("l", list, any_text);
        in.map("m", map, any_text, any_text);
        in.table("t", [&](TomlTable& t) { inner.push_back(*t.word("w", {"one", "two"})); });
        in.tables("r", [&](TomlTable&) { inner.emplace_back("r"); });
        in.table("missing", [&](TomlTable&) { inner.emplace_back("missing"); });
      });
  REQUIRE(done);
  CHECK(text == "x");
  CHECK(absent == "absent");
  CHECK(number == 3);
  CHECK(list == std::vector<std::string>{"p", "q"});
  CHECK(map == std::map<std::string, std::string>{{"K", "v"}});
  CHECK(inner == std::vector<std::string>{"two", "r", "r"});
}

TEST_CASE("only the first problem is told, and nothing is read after it") {
  std::string second = "before";
  CHECK(problem_of("a = 'long'\nb = 'x'\nc = 1\n", [&](TomlTable& in) {
          std::string first;
          in.text("a", first, short_text);
          in.text("b", second, any_text);
        }) == "f.toml:1:5: a: too long");
  CHECK(second == "before");
}

TEST_CASE("a number may be whole or have a fraction, and must be a number within its bounds") {
  const auto read = [](std::string_view text) {
    double value = -1;
    const std::string problem =
        problem_of(text, [&](TomlTable& in) { in.real("a", value, 0, 2.5); });
    return problem.empty() ? std::to_string(value) : problem;
  };
  CHECK(read("a = 2\n") == "2.000000");
  CHECK(read("a = 0.25\n") == "0.250000");
  CHECK(read("") == "-1.000000");
  CHECK(read("a = 3\n") == "f.toml:1:5: a is 3, expected 0 to 2.5");
  CHECK(read("a = nan\n") == "f.toml:1:5: a is nan, expected 0 to 2.5");
  CHECK(read("a = inf\n") == "f.toml:1:5: a is inf, expected 0 to 2.5");
  CHECK(read("a = '1'\n") == "f.toml:1:5: a is a string, expected a number");
}

TEST_CASE("tables below a key are given with their names, in the order of these") {
  const auto read = [](std::string_view text, std::string& seen) {
    return problem_of(text, [&](TomlTable& in) {
      in.named_tables("m", [&](const std::string& name, TomlTable& table) {
        std::string value;
        table.text("value", value, any_text);
        seen += name + "=" + value + ";";
      });
    });
  };
  std::string seen;
  CHECK(read("[m.b]\nvalue = 'x'\n[m.\"a c\"]\nvalue = 'y'\n", seen).empty());
  CHECK(seen == "a c=y;b=x;");
  CHECK(read("", seen).empty());
  CHECK(read("[m.b]\nvalu = 'x'\n", seen) ==
        "f.toml:2:1: unknown key 'valu' in [m.b], did you mean 'value'?");
  CHECK(read("[m]\nb = 1\n", seen) == "f.toml:2:5: m.b is a whole number, expected a table, [m.b]");
  CHECK(read("m = 1\n", seen) == "f.toml:1:5: m is a whole number, expected tables, [m.NAME]");
}

TEST_CASE("a key that nobody asks for is a mistake, unless it is ignored") {
  const auto read = [](TomlTable& in) {
    (void)in.has("other");
    in.word("colour", {"red"});
  };
  CHECK(problem_of("other = 1\n", read).empty());
  CHECK(problem_of("[other]\nx = 1\n", read).empty());
  CHECK(problem_of("color = 'red'\n", read) ==
        "f.toml:1:1: unknown key 'color', did you mean 'colour'?");
}

TEST_CASE("a required key that is misspelt is named, what else is wrong after that is not") {
  const auto read = [](TomlTable& in) {
    in.require("command");
    std::string command;
    in.text("command", command, any_text);
    (void)in.has("other");
    if (command.empty()) in.say("no command");
  };
  CHECK(problem_of("other = 1\n", read) == "f.toml:1:1: command is missing");
  CHECK(problem_of("other = 1\ncomand = 'x'\n", read) ==
        "f.toml:2:1: unknown key 'comand', did you mean 'command'?");
  const auto inside = [&](TomlTable& in) {
    in.named_tables("m", [&](const std::string&, TomlTable& m) { m.table("price", read); });
  };
  CHECK(problem_of("[m.a.price]\n", inside) == "f.toml:1:1: command is missing in [m.a.price]");
  CHECK(problem_of("[m.a.price]\ncomand = 1\n", inside) ==
        "f.toml:2:1: unknown key 'comand' in [m.a.price], did you mean 'command'?");
}

TEST_CASE("what is no TOML is said in lower case") {
  CHECK_THAT(problem_of("a = \n", [](TomlTable&) {}), Catch::StartsWith("f.toml:1:5: error while"));
}

TEST_CASE("the place of a byte in a text is where it is written") {
  const auto place_of = [](std::string_view text) {
    return problem_of(text, [](TomlTable& in) {
      std::string value;
      in.text("a", value, any_text);
      in.say("a", value.find('!'), "here");
    });
  };
  CHECK(place_of("a = 'x!'\n") == "f.toml:1:7: here");
  CHECK(place_of("\n a = \"\u00e9!\"\n") == "f.toml:2:8: here");
  CHECK(place_of("a = '''\nx\n  !'''\n") == "f.toml:3:3: here");
  CHECK(place_of("a = \"\"\"x!\"\"\"\n") == "f.toml:1:9: here");
  // Where escapes stand for other bytes, the begin has to do.
  CHECK(place_of("a = \"\\n!\"\n") == "f.toml:1:5: here");
}

TEST_CASE("a text is quoted so that it reads back") {
  const std::string awkward = "a\"b\\c\n\t\x1b\x7fé";
  std::string back;
  const auto done = read_toml("a = " + toml_quoted(awkward), "f",
                              [&](TomlTable& in) { in.text("a", back, any_text); });
  REQUIRE(done);
  CHECK(back == awkward);
}
