#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "tests/unit/analyzers/world.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::Diagnostic;
using analyzers::run_clang_tidy;
using analyzers::TidyJob;
using analyzers::TidyReport;

namespace {

/// A loop over copies, without the cost of reading the standard library.
constexpr std::string_view kHeader =
    "#pragma once\n"
    "struct Word { Word(const Word&); ~Word(); unsigned size() const; };\n"
    "struct Words { const Word* begin() const; const Word* end() const; };\n"
    "inline unsigned total(const Words& words) {\n"
    "  unsigned sum = 0;\n"
    "  for (auto word : words) sum += word.size();\n"
    "  return sum;\n}\n";

class TidyTest {
 public:
  void file(const std::string& path, std::string_view content) {
    project.write(path, content);
    if (!path.ends_with("hpp")) job.files.push_back(path);
  }

  void database(std::string_view json) {
    project.write("build/compile_commands.json", json);
    job.compile_commands = "build";
  }

  Result<TidyReport> run() {
    job.policy.work = project.path();
    if (job.fallback_flags.empty()) job.fallback_flags = {"-std=c++20"};
    if (job.checks.empty()) job.checks = "-*,performance-*,modernize-use-nullptr";
    return run_clang_tidy(
        *runner, job, resolve,
        [&](std::size_t done, std::size_t total, std::string_view name) {
          progress.emplace_back(done, total, name);
          if (stop_after == done) cancel.request();
        },
        cancel);
  }

  TidyReport report() {
    auto result = run();
    INFO((result ? result->log_tail : result.error().message));
    REQUIRE(result);
    return *result;
  }

  /// The file after all fixes of the report.
  std::string fixed(const TidyReport& report, const std::string& path) {
    std::vector<analyzers::Replacement> all;
    for (const Diagnostic& diagnostic : report.diagnostics) {
      all.insert(all.end(), diagnostic.fix.begin(), diagnostic.fix.end());
    }
    std::erase_if(all, [&](const auto& one) { return one.path != path; });
    std::ranges::sort(all);
    const auto text = read_file(project.path() / path, kMiB);
    REQUIRE(text);
    const auto result = analyzers::apply_replacements(*text, all);
    REQUIRE(result);
    return *result;
  }

  Project project;
  DirectRunner direct;
  sandbox::Runner* runner = &direct;
  TidyJob job;
  analyzers::PathResolver resolve = plain_paths;
  CancelToken cancel;
  std::size_t stop_after = 0;
  std::vector<std::tuple<std::size_t, std::size_t, std::string>> progress;
};

/// Answers like a machine without clang-tidy, with an old one, or like a broken sandbox.
class AnsweringRunner final : public sandbox::Runner {
 public:
  explicit AnsweringRunner(Result<std::string> out) : out_(std::move(out)) {}
  Result<sandbox::Execution> run(const sandbox::Policy&, const sandbox::Command&,
                                 const CancelToken&) override {
    if (!out_) return fail(out_.error());
    sandbox::Execution execution;
    execution.out = *out_;
    return execution;
  }
  sandbox::Facts facts() const override { return {}; }

 private:
  Result<std::string> out_;
};

}  // namespace

TEST_CASE_METHOD(TidyTest, "a header seen from several translation units is fixed once") {
  file("rank.hpp", kHeader);
  file("a.cpp", "#include \"rank.hpp\"\n");
  file("b.cpp", "#include \"rank.hpp\"\n");
  file("sub/c.cpp", "#include \"../rank.hpp\"\n");
  resolve = [](std::string_view path) -> std::optional<std::string> {
    return std::string(path.substr(path.rfind("../") == path.npos ? 0 : path.rfind("../") + 3));
  };
  const TidyReport found = report();
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.diagnostics[0].check == "performance-for-range-copy");
  CHECK(found.diagnostics[0].path == "rank.hpp");
  CHECK(found.failed_files.empty());
  CHECK_THAT(fixed(found, "rank.hpp"), ContainsSubstring("for (const auto& word : words)"));
}

TEST_CASE_METHOD(TidyTest, "the real sandbox analyzes with a database and fallback flags alike") {
  const auto real = sandbox::open_runner();
  INFO((real ? "" : real.error().message));
  REQUIRE(real);
  runner = real->get();
  file("src/a.cpp", "#include \"rank.hpp\"\nint* p = 0;\n");
  file("b.cpp", "#include \"include/rank.hpp\"\n");
  project.write("include/rank.hpp", kHeader);
  database(R"([{"directory": "/tree/build", "file": "/tree/src/a.cpp",
    "command": "/usr/bin/c++ -I/tree/include -c ../src/a.cpp"}])");
  const TidyReport found = report();
  CHECK(found.failed_files.empty());
  REQUIRE(found.diagnostics.size() == 2);
  CHECK_THAT(fixed(found, "include/rank.hpp"), ContainsSubstring("for (const auto& word : words)"));
  CHECK_THAT(fixed(found, "src/a.cpp"), ContainsSubstring("nullptr"));
}

TEST_CASE_METHOD(TidyTest, "bytes of a file with CRLF, BOM and other encodings stay in place") {
  const std::string before =
      "\xef\xbb\xbf// na\xc3\xafve \xe4\xff\r\n/* \xf0\x9f\x8e\x89 */ int* p = ";
  file("a.cpp", before + "0;\r\nint* q = 0; // \xe4\r\n");
  CHECK(fixed(report(), "a.cpp") == before + "nullptr;\r\nint* q = nullptr; // \xe4\r\n");
}

TEST_CASE_METHOD(TidyTest, "flags come from the database, and its working directory counts") {
  file("src/a.cpp", "#include \"rank.hpp\"\nRANK int* p = 0;\n");
  project.write("include/rank.hpp", "#define RANK extern\n");
  database(R"([{"directory": "/tree/build", "file": "../src/a.cpp",
    "command": "/usr/bin/g++ -I../include -fmax-errors=3 -Wduplicated-cond -fplugin=x.so -c a.cpp"
  }])");
  resolve = [](std::string_view path) -> std::optional<std::string> {
    return std::string(path.starts_with("build/../") ? path.substr(9) : path);
  };
  const TidyReport found = report();
  CHECK(found.failed_files.empty());
  REQUIRE(found.diagnostics.size() == 1);
  CHECK(found.diagnostics[0].path == "src/a.cpp");
}

TEST_CASE_METHOD(TidyTest,
                 "a file that cannot be read is reported and its fixes are not believed") {
  file("bad.cpp", "#include \"missing.hpp\"\nint* p = 0;\n");
  file("good.cpp", "int* q = 0;\n");
  const TidyReport found = report();
  CHECK(found.failed_files == std::vector<std::string>{"bad.cpp"});
  CHECK_THAT(found.log_tail, ContainsSubstring("bad.cpp: clang-tidy exited with 1") &&
                                 ContainsSubstring("'missing.hpp' file not found"));
  REQUIRE_FALSE(found.diagnostics.empty());
  for (const Diagnostic& diagnostic : found.diagnostics) {
    CHECK(diagnostic.check == "modernize-use-nullptr");
    CHECK(diagnostic.fix.empty() == (diagnostic.path == "bad.cpp"));
  }
}

TEST_CASE_METHOD(TidyTest, "a file that takes too long is reported and the others are analyzed") {
  file("bad.cpp", "");
  file("good.cpp", "int* q = 0;\n");
  std::filesystem::remove(project.path() / "bad.cpp");
  REQUIRE(std::system(("mkfifo " + (project.path() / "bad.cpp").string()).c_str()) == 0);
  job.file_limit = std::chrono::seconds(3);
  const TidyReport found = report();
  CHECK(found.failed_files == std::vector<std::string>{"bad.cpp"});
  CHECK(found.diagnostics.size() == 1);
}

TEST_CASE_METHOD(TidyTest, "settings of the target do not reach clang-tidy") {
  project.write(".clang-tidy", "Checks: '-*'\nHeaderFilterRegex: 'none'\nWarningsAsErrors: '*'\n");
  file("a.cpp", "int* q = 0;\n");
  const TidyReport found = report();
  CHECK(found.failed_files.empty());
  CHECK(found.diagnostics.size() == 1);
}

TEST_CASE_METHOD(TidyTest, "nothing is left behind in the project") {
  file("a.cpp", "int* q = 0;\n");
  (void)report();
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(project.path())) {
    names.insert(entry.path().filename());
  }
  CHECK(names == std::set<std::string>{"a.cpp"});
}

TEST_CASE_METHOD(TidyTest, "progress counts every file up to the total") {
  for (int i = 0; i < 4; ++i) file(fmt::format("{}.cpp", i), "int x;\n");
  (void)report();
  REQUIRE(progress.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(std::get<0>(progress[i]) == i + 1);
    CHECK(std::get<1>(progress[i]) == 4);
  }
}

TEST_CASE_METHOD(TidyTest, "a request to stop ends the run") {
  for (int i = 0; i < 6; ++i) file(fmt::format("{}.cpp", i), "int x;\n");
  job.jobs = 1;
  stop_after = 2;
  const auto result = run();
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kInterrupted);
  CHECK(progress.size() == 2);
}

TEST_CASE_METHOD(TidyTest, "without files or checks nothing is run") {
  CHECK(report().diagnostics.empty());
  CHECK(direct.runs == 0);
}

TEST_CASE_METHOD(TidyTest, "a broken database is an error that says what to do") {
  file("a.cpp", "int x;\n");
  database("{broken");
  const auto result = run();
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kUsage);
  CHECK_FALSE(result.error().hint.empty());
}

TEST_CASE_METHOD(TidyTest, "without a database the fallback flags count") {
  file("a.cpp", "#ifdef WANTED\nint* q = 0;\n#endif\n");
  job.compile_commands = "build";
  job.fallback_flags = {"-std=c++20", "-DWANTED"};
  CHECK(report().diagnostics.size() == 1);
}

TEST_CASE("the newest usable clang-tidy of the sandbox is found") {
  const sandbox::Policy policy;
  const CancelToken cancel;
  SECTION("one that is too old is named, and how to get another") {
    AnsweringRunner old(std::string("clang-tidy Debian LLVM version 14.0.6 Optimized build."));
    const auto tool = analyzers::find_clang_tidy(old, policy, cancel);
    REQUIRE_FALSE(tool);
    CHECK(tool.error().kind == ErrorKind::kUnavailable);
    CHECK(tool.error().message ==
          "found clang-tidy 14.0.6, wanted clang-tidy of version 19 or later");
    CHECK_FALSE(tool.error().hint.empty());
  }
  SECTION("none at all") {
    AnsweringRunner none(std::string{});
    const auto tool = analyzers::find_clang_tidy(none, policy, cancel);
    REQUIRE_FALSE(tool);
    CHECK(tool.error().kind == ErrorKind::kUnavailable);
  }
  SECTION("the first that is new enough") {
    AnsweringRunner both(
        std::string("clang-tidy Debian LLVM version 14.0.6\n"
                    "clang-tidy-20 LLVM version 20.1.0 x\n"));
    const auto tool = analyzers::find_clang_tidy(both, policy, cancel);
    REQUIRE(tool);
    CHECK(tool->program == "clang-tidy-20");
    CHECK(tool->version == "20.1.0");
  }
  SECTION("a sandbox that cannot be set up is passed on") {
    AnsweringRunner broken(fail(ErrorKind::kUnavailable, "no user namespaces"));
    const auto tool = analyzers::find_clang_tidy(broken, policy, cancel);
    REQUIRE_FALSE(tool);
    CHECK(tool.error().kind == ErrorKind::kUnavailable);
    CHECK_THAT(tool.error().message, ContainsSubstring("no user namespaces"));
  }
}
