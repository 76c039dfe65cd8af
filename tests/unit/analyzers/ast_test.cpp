#include "analyzers/clang/ast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "analyzers/clang/ast_units.hpp"
#include "tests/unit/analyzers/marked.hpp"
#include "tests/unit/analyzers/world.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::Ast;
using analyzers::AstReport;
using analyzers::AstSymbol;
namespace ast = automod::analyzers::ast;

namespace {

class AstTest {
 public:
  void file(const std::string& path, std::string_view content) {
    project.write(path, content);
    job.files.push_back(path);
  }

  Result<AstReport> run() {
    job.policy.work = project.path();
    if (job.fallback_flags.empty()) job.fallback_flags = {"-std=c++20"};
    return analyzers::read_units(*runner, job, resolve, {}, cancel);
  }

  AstReport report() {
    auto result = run();
    INFO((result ? "" : result.error().message));
    REQUIRE(result);
    return *result;
  }

  /// Of one source without gaps.
  Ast facts(std::string_view source) {
    file("a.cpp", source);
    AstReport found = report();
    INFO((found.gaps.empty() ? "" : found.gaps.front().why));
    REQUIRE(found.gaps.empty());
    return found.facts;
  }

  Project project;
  DirectRunner direct;
  sandbox::Runner* runner = &direct;
  analyzers::AstJob job;
  analyzers::PathResolver resolve = plain_paths;
  CancelToken cancel;
};

/// The same in the real sandbox.
class SandboxedAstTest : public AstTest {
 public:
  SandboxedAstTest() {
    INFO((real_ ? "" : real_.error().message));
    REQUIRE(real_);
    runner = real_->get();
  }

 private:
  Result<std::unique_ptr<sandbox::Runner>> real_ = sandbox::open_runner();
};

const AstSymbol& symbol(const Ast& facts, std::string_view name) {
  const auto found = std::ranges::find(facts.symbols, name, &AstSymbol::name);
  INFO(name);
  REQUIRE(found != facts.symbols.end());
  return *found;
}

std::vector<Spot> places(const auto& facts) {
  std::vector<Spot> all;
  for (const auto& fact : facts) all.push_back({fact.place.line, fact.place.column});
  return all;
}

}  // namespace

TEST_CASE_METHOD(AstTest, "declarations carry exact types, USRs and places") {
  const Marked source(
      "using Name = const char*;\n"
      "namespace n { int «greet»(Name who, int times = 2) noexcept; }\n");
  const Ast all = facts(source.code());
  const AstSymbol& greet = symbol(all, "n::greet");
  CHECK(Spot{greet.place.line, greet.place.column} == source.spot());
  CHECK(greet.usr == "c:@N@n@F@greet#*1C#I#");
  CHECK(greet.exact == "int (const char *, int) noexcept");
  CHECK(greet.result == "int");
  REQUIRE(greet.parameters.size() == 2);
  CHECK(greet.parameters[0].type == "Name");
  CHECK(greet.parameters[0].exact == "const char *");
  CHECK(greet.parameters[1].preset == "2");
  CHECK(greet.is(ast::kNoexcept));
  CHECK_FALSE(greet.is(ast::kDefinition));
}

TEST_CASE_METHOD(AstTest, "calls say from where to where, and how many loops are around them") {
  const Marked source(
      "void f();\nstruct Seq { int* begin(); int* end(); };\nSeq seq();\n"
      "void g() {\n"
      "  «f»();\n"
      "  for (int i = 0; i < 3; ++i) while (i) «f»();\n"
      "  for (int x : «seq»()) if (x) «f»();\n"
      "  auto later = [] { «f»(); };\n"
      "}\n");
  Ast all = facts(source.code());
  std::erase_if(all.calls, [](const auto& call) {
    return !call.callee.ends_with("@F@f#") && !call.callee.ends_with("@F@seq#");
  });
  CHECK(places(all.calls) == source.spots());
  std::vector<unsigned> loops;
  for (const auto& call : all.calls) {
    loops.push_back(call.loops);
    CHECK(call.caller == "c:@F@g#");
  }
  CHECK(loops == std::vector<unsigned>{0, 2, 0, 1, 0});
}

TEST_CASE_METHOD(AstTest, "calls are virtual where the object decides") {
  const Marked source(
      "struct Shape { virtual int area(); };\n"
      "struct Square : Shape { int area() override; };\n"
      "int both(Square& square) { return «square».area() + square.Square::area(); }\n");
  const Ast all = facts(source.code());
  REQUIRE(all.calls.size() == 2);
  CHECK(all.calls[0].is_virtual);
  CHECK_FALSE(all.calls[1].is_virtual);
  CHECK(places(all.calls)[0] == source.spot());
  REQUIRE(all.overrides.size() == 1);
  CHECK(all.overrides[0].method == "c:@S@Square@F@area#");
  CHECK(all.overrides[0].overridden == "c:@S@Shape@F@area#");
}

TEST_CASE_METHOD(AstTest, "a call of a template's instance is a call of the template") {
  const Ast all = facts(
      "template <class T> T same(T x) { return x; }\nint i = 0;\n"
      "int f() { return same(i); }\n");
  REQUIRE(all.calls.size() == 1);
  CHECK(all.calls[0].callee == symbol(all, "same").usr);
}

TEST_CASE_METHOD(AstTest, "throws say what is thrown, and rethrows nothing") {
  const Marked source(
      "struct Bad {};\n"
      "void f(int n) {\n"
      "  while (n) «throw» Bad{};\n"
      "  try { f(1); } catch (...) { «throw»; }\n"
      "}\n");
  const Ast all = facts(source.code());
  CHECK(places(all.throws) == source.spots());
  REQUIRE(all.throws.size() == 2);
  CHECK(all.throws[0].type == "Bad");
  CHECK(all.throws[0].loops == 1);
  CHECK(all.throws[1].type.empty());
}

TEST_CASE_METHOD(AstTest, "records say how they lie in memory") {
  const Ast all =
      facts("struct P { char a; int b; unsigned c : 3; private: union { int d; char e; }; };\n");
  CHECK(symbol(all, "P").size == 16);
  CHECK(symbol(all, "P").align == 4);
  CHECK(symbol(all, "P::b").offset == 32);
  CHECK(symbol(all, "P::c").width == 3);
  CHECK(symbol(all, "P::e").offset == 96);
  CHECK(symbol(all, "P::e").access == ast::Access::kPrivate);
}

TEST_CASE_METHOD(AstTest, "what lies outside the project is left out") {
  project.write("build/made.hpp", "void made();\n");
  project.write("own.hpp", "#include <stddef.h>\nvoid own();\n");
  const Ast all = facts("#include \"build/made.hpp\"\n#include \"own.hpp\"\n");
  REQUIRE(all.symbols.size() == 1);
  CHECK(all.symbols[0].name == "own");
  const auto own = std::ranges::find(all.includes, "own.hpp", &analyzers::AstInclude::to);
  REQUIRE(own != all.includes.end());
  CHECK(own->in_project);
  CHECK(own->from == "a.cpp");
}

TEST_CASE_METHOD(AstTest, "a header that many units include counts once") {
  project.write("h.hpp",
                "#pragma once\ninline int f() { return 1; }\ninline int g() { return f(); }\n");
  for (const char* name : {"a.cpp", "b.cpp", "c.cpp"}) file(name, "#include \"h.hpp\"\n");
  const AstReport found = report();
  CHECK(found.facts.symbols.size() == 2);
  CHECK(found.facts.calls.size() == 1);
  CHECK(found.facts.includes.size() == 3);
}

TEST_CASE_METHOD(AstTest, "a file with errors is a gap, and what is sound in it is known") {
  file("a.cpp", "#include \"missing.hpp\"\nint f();\n");
  const AstReport found = report();
  REQUIRE(found.gaps.size() == 1);
  CHECK_FALSE(found.gaps[0].is_lost);
  CHECK_THAT(found.gaps[0].why, ContainsSubstring("'missing.hpp' file not found"));
  CHECK(found.facts.symbols.size() == 1);
}

TEST_CASE_METHOD(SandboxedAstTest, "a source that makes clang overrun its stack costs that file") {
  std::string sum = "int deep = 0";
  for (int i = 0; i < 200'000; ++i) sum += "+1";
  file("deep.cpp", sum + ";\n");
  file("good.cpp", "int good();\n");
  const AstReport found = report();
  REQUIRE(found.gaps.size() == 1);
  CHECK(found.gaps[0].path == "deep.cpp");
  CHECK(found.gaps[0].is_lost);
  CHECK_THAT(found.gaps[0].why, ContainsSubstring("was ended by signal 11"));
  REQUIRE(found.facts.symbols.size() == 1);
  CHECK(found.facts.symbols[0].name == "good");
}

TEST_CASE_METHOD(SandboxedAstTest, "a source that never ends costs that file") {
  file(
      "endless.cpp",
      "template <int N> struct Two { typename Two<N - 1>::L l; typename Two<N - 1>::R r;\n"
      "  struct L : Two<N - 1> {}; struct R : Two<N - 1> {}; };\n"
      "template <int N, int M> constexpr long f() {\n"
      "  if constexpr (N == 0) return M; else return f<N - 1, 2 * M>() + f<N - 1, 2 * M + 1>(); }\n"
      "long endless = f<28, 1>();\n");
  file("good.cpp", "int good();\n");
  job.file_limit = std::chrono::seconds(3);
  const AstReport found = report();
  REQUIRE(found.gaps.size() == 1);
  CHECK(found.gaps[0].path == "endless.cpp");
  CHECK_THAT(found.gaps[0].why, ContainsSubstring("timed_out"));
  CHECK(symbol(found.facts, "good").name == "good");
}

TEST_CASE_METHOD(SandboxedAstTest, "sources cannot include what the sandbox does not show") {
  const auto outside = TempDir::create(std::filesystem::temp_directory_path(), "automod-secret-");
  REQUIRE(outside);
  const auto secret = outside->path() / "secret.hpp";
  REQUIRE(write_file(secret, "int secret_of_the_host();\n"));
  file("a.cpp",
       fmt::format("#include \"{}\"\n#include \"/etc/shadow\"\nint own();\n", secret.string()));
  const AstReport found = report();
  CHECK(found.facts.symbols.size() == 1);
  REQUIRE(found.gaps.size() == 1);
  CHECK_THAT(found.gaps[0].why, ContainsSubstring("secret.hpp' file not found") &&
                                    ContainsSubstring("'/etc/shadow' file not found"));
}

TEST_CASE_METHOD(SandboxedAstTest, "hostile sources end soon and cost themselves alone") {
  file("braces.cpp", "void f() " + std::string(100'000, '{') + std::string(100'000, '}') + "\n");
  file("loop.cpp", "#include \"loop.cpp\"\n");
  file("huge.cpp", "template <int N> struct H { H<N + 1> next; };\nH<0> huge;\n");
  file("nul.cpp", std::string("int a;") + '\0' + "int b;\xff\xfe\n");
  file("good.cpp", "int good();\n");
  const AstReport found = report();
  std::vector<std::string> gaps;
  for (const auto& gap : found.gaps) gaps.push_back(gap.path);
  CHECK(gaps == std::vector<std::string>{"braces.cpp", "huge.cpp", "loop.cpp", "nul.cpp"});
  CHECK(symbol(found.facts, "good").name == "good");
}

TEST_CASE_METHOD(AstTest, "headers are read together, and alone where one of them is broken") {
  file("one.hpp", "#pragma once\n#define ONE(x) x\nstruct One { int a; };\n");
  file("two.hpp", "#include \"one.hpp\"\ninline int two(One) { return 2; }\n");
  job.policy.work = project.path();
  job.fallback_flags = {"-std=c++20"};
  const auto sound = analyzers::read_headers(*runner, job, resolve, {}, cancel);
  REQUIRE(sound);
  CHECK(direct.runs == 1);
  CHECK(sound->gaps.empty());
  CHECK(symbol(sound->facts, "ONE").exact == "( x )");
  CHECK_FALSE(symbol(sound->facts, "two").body.empty());
  file("zed.hpp", "#error broken\n");
  const auto broken = analyzers::read_headers(*runner, job, resolve, {}, cancel);
  REQUIRE(broken);
  CHECK(direct.runs == 5);
  REQUIRE(broken->gaps.size() == 1);
  CHECK(broken->gaps[0].path == "zed.hpp");
  CHECK(broken->facts.symbols == sound->facts.symbols);
}

TEST_CASE("headers are read as the source that is named like one of them") {
  const analyzers::CompileCommands commands = {
      {"src/a.cpp", {"/tree/build", {"-DA", "-I../gen"}}},
      {"src/rank.c", {"/tree/build", {"-DRANK", "-I", "/tree/include"}}}};
  const auto made = analyzers::command_for_headers({"include/rank.h"}, commands, {"-I/tree/more"});
  CHECK(made.directory == "/tree/build");
  CHECK(made.flags == std::vector<std::string>{"-x", "c", "-DRANK", "-I", "/tree/include",
                                               "-I/tree/build/../gen", "-I/tree/include",
                                               "-I/tree/more"});
}

TEST_CASE("what automod-clang did not print whole and in form is refused") {
  const std::string begin = "automod-ast 2\nn \n";
  const auto read = [](const std::string& text) {
    return analyzers::read_ast(text, "/tree", plain_paths);
  };
  REQUIRE(read(begin + "u 0\nend 3\n"));
  const std::array<std::string, 16> bad = {
      "",                                 // nothing
      "automod-ast 1\nn \nu 0\nend 3\n",  // another version
      begin + "u 0\n",                    // cut off
      begin + "u 0\nend 4\n",             // lines are missing
      begin + "end 2\n",                  // no count of errors
      begin + "u 0\nu 0\nend 4\n",        // two of them
      begin + "u 0\nend 3\nn x\n",        // more behind the end
      begin + "u 0\nn \\x\nend 4\n",      // an escape that does not exist
      begin + "u 0\nf 1\nend 4\n",        // a text that was never written
      begin + "u 0\nf -1\nend 4\n",       // a sign
      begin + "u 0\nf 99999999999999999999\nend 4\n",
      begin + "u 0\np 0 0 0 0\nend 4\n",                    // of no symbol
      begin + "u 0\nz 0\nend 4\n",                          // an unknown record
      begin + "u 0\nf 0\nc 0 0 0 1 1 0 2\nend 5\n",         // a flag that is neither
      begin + "u 0\nf 0\nm 22 0 0 0 0 0 1 1 0 0\nend 5\n",  // a smell that does not exist
      begin + "u 0\nf 0\nm 1 0 0 0 0 0 1 1 0\nend 5\n",     // one that is cut
  };
  for (const std::string& text : bad) {
    CAPTURE(text);
    const auto result = read(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kRefused);
  }
}
