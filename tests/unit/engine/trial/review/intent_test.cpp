#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/review/change.hpp"

namespace automod {
namespace {

using testing::Change;
using Facts = std::vector<std::string>;

Change with_benchmark() {
  Change change;
  change.config.benchmarks.push_back({.name = "rank", .command = "{build}/bench/rank_bench 77123"});
  change.base["bench/rank_bench.cpp"] =
      "constexpr int kDocuments = 400;\nauto query = \"red house\";\nint seed = 91734;\n";
  change.base["tests/rank_test.cpp"] = "CHECK(f(5311) == \"cannot open file\");\n";
  change.base["src/other.cpp"] = "int limit = 2500;\n";
  change.base["src/rank.cpp"] = "int rank(int n) { return n; }\n";
  return change;
}

TEST_CASE("values that only the benchmark or a test uses are seen") {
  const auto [text, fact] = GENERATE(table<std::string, std::string>({
      {"if (n == 400) return 1;", "benchmark_literal 400:1"},
      {"case 400: return 1;", "benchmark_literal 400:1"},
      {"if (n == 0x190) return 1;", "benchmark_literal 400:1"},
      {"if (q == \"red house\") return 1;", "benchmark_literal red house:1"},
      {"auto q = \"red house\";", "benchmark_literal red house:1"},
      {"int s = 91'734;", "benchmark_literal 91734:1"},
      {"if (n == 77123) return 1;", "benchmark_literal 77123:1"},
      {"if (n == 5311) return 1;", "benchmark_literal 5311:1"},
  }));
  Change change = with_benchmark();
  change.now["src/rank.cpp"] = text;
  INFO(text);
  CHECK(change.facts(trial::review_special_cases) == Facts{fact});
}

TEST_CASE("values that mean something by themselves are not") {
  const std::string text = GENERATE(values<std::string>({
      "int n = 400;",                        // common, and nothing compared
      "if (n == 2500) return 1;",            // used by other sources
      "throw Error(\"cannot open file\");",  // what a test expects to be said
      "if (n == 40) return 1;",              // nowhere in a benchmark
      "if (n == 0 || n == 1) return 1;",
      "// 400 documents, 'red house'",
      "#include \"red house\"",
  }));
  Change change = with_benchmark();
  change.now["src/rank.cpp"] = text;
  INFO(text);
  CHECK(change.facts(trial::review_special_cases) == Facts{});
}

TEST_CASE("code that asks who runs it is seen") {
  const auto [path, text, what] = GENERATE(table<std::string, std::string, std::string>({
      {"src/a.cpp", "if (std::string_view(program_invocation_short_name).starts_with(\"x\")) f();",
       "program_invocation_short_name"},
      {"src/a.cpp", "void f(char** argv) { if (std::strstr(argv[0], \"_x\")) g(); }", "argv[0]"},
      {"src/a.cpp", "auto n = readlink(\"/proc/self/exe\", b, 9);", "/proc/self/exe"},
      {"src/a.cpp", "if (name == \"rank_bench\") f();", "rank_bench"},
      {"src/a.cpp", "if (getenv(\"CTEST_INTERACTIVE_DEBUG_MODE\")) f();", "CTEST_"},
      {"src/a.cpp", "if (getenv(\"CI\")) f();", "CI"},
      {"src/a.cpp", "if (std::strstr(__FILE__, \"x\")) f();", "__FILE__"},
      {"src/a.cpp", "#ifdef UNIT_TEST\nint x;\n#endif\n", "UNIT_TEST"},
      {"src/a.py", "if 'unittest' in sys.modules:\n  x = 1\n", "sys.modules"},
      {"src/a.py", "if os.environ.get('PYTEST_CURRENT_TEST'):\n  x = 1\n", "PYTEST_CURRENT_TEST"},
      {"src/a.py", "caller = inspect.stack()[1]\n", "inspect.stack"},
      {"src/a.js", "if (process.env.X || process.env['JEST_WORKER_ID']) f();", "JEST_WORKER_ID"},
      {"src/a.rs", "fn f() -> bool { cfg!(test) }", "cfg(test)"},
  }));
  Change change = with_benchmark();
  change.now[path] = text;
  INFO(text);
  const auto facts = change.facts(trial::review_special_cases);
  CHECK(std::count(facts.begin(), facts.end(), "benchmark_identity " + what + ":1") == 1);
}

TEST_CASE("usage messages, logs and words of the product are not") {
  const std::string text = GENERATE(values<std::string>({
      "void usage(char** argv) { printf(\"usage: %s FILE\\n\", argv[0]); }",
      "log(__FILE__, __LINE__);",
      "commands.add(\"rank\", run_rank);",
      "// run rank_bench to see the difference",
      "auto home = getenv(\"HOME\");",
      "const char* s = \"CI\";",
  }));
  Change change = with_benchmark();
  change.now["src/a.cpp"] = text;
  INFO(text);
  CHECK(change.facts(trial::review_special_cases) == Facts{});
}

TEST_CASE("switched off diagnostics, sanitizers and coverage are seen") {
  const auto [path, text, what] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "__attribute__((no_sanitize(\"address\"))) void f();", "sanitizer: no_sanitize"},
      {"a.cpp", "[[gnu::no_sanitize_address]] void f();", "sanitizer: no_sanitize_address"},
      {"a.cpp", "#if defined(__SANITIZE_ADDRESS__)\n#endif\n", "sanitizer: __SANITIZE_ADDRESS__"},
      {"a.cpp", "#define Q __attribute__((no_sanitize(\"undefined\")))\n",
       "sanitizer: no_sanitize"},
      {"a.cpp", "#pragma GCC diagnostic ignored \"-Wall\"\n", "diagnostic ignored"},
      {"a.cpp", "_Pragma(\"GCC diagnostic ignored \\\"-Wall\\\"\") int x;", "diagnostic ignored"},
      {"a.cpp", "#pragma warning(disable : 4996)\n", "warning disabled"},
      {"a.cpp", "#define NDEBUG\n", "NDEBUG"},
      {"a.cpp", "int x;  // NOLINT(bugprone-x)", "NOLINT"},
      {"a.cpp", "int x;  // LCOV_EXCL_LINE", "coverage: LCOV_EXCL"},
      {"a.py", "import x  # noqa: F401\n", "noqa"},
      {"a.py", "x = f()  # type: ignore\n", "type: ignore"},
      {"a.py", "if x:  # pragma: no cover\n  f()\n", "coverage: no cover"},
      {"a.ts", "// @ts-ignore\nf();", "@ts-ignore"},
      {"a.js", "/* eslint-disable */\nf();", "eslint-disable"},
      {"a.rs", "#[allow(dead_code)]\nfn f() {}", "allow"},
      {"CMakeLists.txt", "add_compile_options(-Wno-all)\n", "-Wno-"},
      {"CMakeLists.txt", "add_compile_options(-fno-sanitize=all)\n", "sanitizer: -fno-sanitize"},
      {"asan.supp", "leak:rank\n", "sanitizer: suppression list"},
  }));
  Change change;
  change.now[path] = text;
  INFO(text);
  CHECK(change.facts(trial::review_suppressions) == Facts{"suppression " + what + ":1"});
}

TEST_CASE("errors that are caught and dropped are seen") {
  const auto [path, text, what] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "void f() { try { g(); } catch (...) { } }", "catch (...)"},
      {"a.cpp", "int f() try { return g(); } catch (...) { return {}; }", "catch (...)"},
      {"a.cpp", "void f() { try { g(); } catch (const std::exception&) { /* fine */ } }",
       "empty handler"},
      {"a.py", "try:\n  f()\nexcept:\n  pass\n", "except of everything"},
      {"a.py", "try:\n  f()\nexcept Exception as e:\n  return None\n", "except of everything"},
      {"a.py", "with contextlib.suppress(Exception):\n  f()\n", "suppress of everything"},
      {"a.js", "try { f(); } catch (e) { }", "empty handler"},
      {"a.js", "f().catch(() => {});", ".catch()"},
      {"a.go", "package a\nfunc f() {\n  err := g()\n  _ = err\n}", "_ = err"},
      {"a.go", "package a\nfunc f() {\n  if err != nil {\n  }\n}", "empty handler"},
      {"a.rs", "fn f() { let _ = g(); }", "let _"},
      {"A.java", "class A { void f() { try { g(); } catch (IOException e) { } } }",
       "empty handler"},
      {"run.sh", "make check || true\n", "|| true"},
  }));
  Change change;
  change.now[path] = text;
  INFO(text);
  const auto facts = change.facts(trial::review_suppressions);
  REQUIRE(facts.size() == 1);
  const std::string wanted =
      "swallowed " +
      std::string(what == "catch (...)" && text.find("{ }") != text.npos ? "empty handler" : what);
  CHECK(facts[0].starts_with(wanted + ":"));
}

TEST_CASE("handlers that do something, and markers that were there, are not seen") {
  const auto [path, text] = GENERATE(table<std::string, std::string>({
      {"a.cpp", "void f() { try { g(); } catch (...) { undo(); throw; } }"},
      {"a.cpp", "void f() { try { g(); } catch (const Gone& e) { return report(e); } }"},
      {"a.cpp", "const char* s = \"NOLINT noqa\";"},
      {"a.py", "try:\n  f()\nexcept KeyError:\n  pass\n"},
      {"a.py", "try:\n  f()\nexcept Exception:\n  log.exception('x')\n  raise\n"},
      {"a.js", "f().catch((e) => report(e));"},
      {"a.go",
       "package a\nfunc f() error {\n  if err != nil {\n    return err\n  }\n  return nil\n}"},
      {"a.rs", "fn f() { let _guard = g(); }"},
      {"run.sh", "# make check || true\n"},
      {"README.md", "Use `// NOLINT` or `|| true`.\n"},
      {"tests/a_test.cpp", "int x;  // NOLINT\n"},
  }));
  Change change;
  change.now[path] = text;
  INFO(text);
  CHECK(change.facts(trial::review_suppressions) == Facts{});
}

TEST_CASE("a handler that moved with its code is not new") {
  Change change;
  change.base["a.cpp"] = "void f() { try { g(); } catch (...) { } }  // NOLINT\n";
  change.now["b.cpp"] = "\n  " + change.base["a.cpp"];
  change.deleted = {"a.cpp"};
  CHECK(change.facts(trial::review_suppressions) == Facts{});
}

TEST_CASE("a file that the goal does not speak of is out of scope") {
  Change change;
  change.base["README.md"] = "A sentnce.\n";
  change.base["src/sessions.cpp"] = "void expire() {\n  idle = 600;\n}\n";
  change.base["src/phrase.cpp"] = "int find_phrase() {\n  return 1;\n}\n";
  change.base["src/tokenizer.cpp"] = "void words() {\n  skip(\"of\");\n}\n";
  SECTION("next to a document") {
    change.goal = "correct a sentence of the README";
    change.now["README.md"] = "A sentence.\n";
    change.now["src/sessions.cpp"] = "void expire() {\n  idle = 60;\n}\n";
    CHECK(change.facts(trial::review_scope) == Facts{"out_of_scope src/sessions.cpp:0"});
  }
  SECTION("that only shares words with prose") {
    change.goal = "say in the README how sessions are told";
    change.base["src/report.cpp"] = "int cents = 1;\n";
    change.now["README.md"] = "Amounts are whole cents.\n";
    change.now["src/report.cpp"] = "int cents = abs(1);\n";
    CHECK(change.facts(trial::review_scope) == Facts{"out_of_scope src/report.cpp:0"});
  }
  SECTION("next to the fix") {
    change.goal = "find a phrase at the end of a text";
    change.now["src/phrase.cpp"] = "int find_phrase() {\n  return 2;\n}\n";
    change.now["src/tokenizer.cpp"] = "void words() {\n  skip(\"to\");\n}\n";
    CHECK(change.facts(trial::review_scope) == Facts{"out_of_scope src/tokenizer.cpp:0"});
  }
}

TEST_CASE("what belongs to the goal by name, include or shared names is in scope") {
  Change change;
  change.goal = "find a phrase at the end of a text";
  change.base["src/phrase.cpp"] = "int find_phrase() {\n  return 1;\n}\n";
  change.now["src/phrase.cpp"] = "int find_phrase() {\n  return last_place();\n}\n";
  SECTION("its header") { change.now["include/phrase.hpp"] = "int x;\n"; }
  SECTION("what it now calls") {
    change.now["src/places.cpp"] = "int last_place() { return 3; }\n";
  }
  SECTION("what includes it") { change.now["src/query.cpp"] = "#include \"phrase.hpp\"\nint y;\n"; }
  SECTION("its test") { change.now["tests/other_test.cpp"] = "int y;\n"; }
  SECTION("its changelog") { change.now["CHANGELOG.md"] = "- ends\n"; }
  SECTION("a vague goal") {
    change.goal = "make it better";
    change.now["src/zebra.cpp"] = "int y;\n";
  }
  CHECK(change.facts(trial::review_scope) == Facts{});
}

}  // namespace
}  // namespace automod
