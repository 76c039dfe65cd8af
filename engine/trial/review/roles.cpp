#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "analyzers/treesitter/syntax.hpp"
#include "base/text.hpp"
#include "engine/trial/review/source.hpp"

namespace automod::trial {

namespace {

using Globs = std::span<const std::string_view>;

constexpr auto kCi = std::to_array<std::string_view>({"**/.github/**",
                                                      "**/.gitlab/**",
                                                      "**/.gitlab-ci.yml",
                                                      "**/.circleci/**",
                                                      "**/.buildkite/**",
                                                      "**/.ci/**",
                                                      "**/.azure-pipelines/**",
                                                      "**/azure-pipelines.yml",
                                                      "**/bitbucket-pipelines.yml",
                                                      "**/.travis.yml",
                                                      "**/.cirrus.yml",
                                                      "**/.drone.yml",
                                                      "**/.forgejo/**",
                                                      "**/.gitea/**",
                                                      "**/.teamcity/**",
                                                      "**/.woodpecker/**",
                                                      "**/.woodpecker.yml",
                                                      "**/appveyor.yml",
                                                      "**/.appveyor.yml",
                                                      "**/Jenkinsfile",
                                                      "**/CODEOWNERS",
                                                      "**/.pre-commit-config.yaml",
                                                      "**/.pre-commit-hooks.yaml",
                                                      "**/.husky/**",
                                                      "**/.githooks/**"});

constexpr auto kBuild = std::to_array<std::string_view>({"**/CMakeLists.txt",
                                                         "**/*.cmake",
                                                         "**/*.cmake.in",
                                                         "**/CMakePresets.json",
                                                         "**/CMakeUserPresets.json",
                                                         "**/Makefile",
                                                         "**/makefile",
                                                         "**/GNUmakefile",
                                                         "**/Makefile.*",
                                                         "**/*.mk",
                                                         "**/*.mak",
                                                         "**/*.make",
                                                         "**/*.ninja",
                                                         "**/meson.build",
                                                         "**/meson_options.txt",
                                                         "**/meson.options",
                                                         "**/Cargo.toml",
                                                         "**/Cargo.lock",
                                                         "**/build.rs",
                                                         "**/.cargo/**",
                                                         "**/rust-toolchain",
                                                         "**/rust-toolchain.toml",
                                                         "**/package.json",
                                                         "**/package-lock.json",
                                                         "**/npm-shrinkwrap.json",
                                                         "**/yarn.lock",
                                                         "**/pnpm-lock.yaml",
                                                         "**/.npmrc",
                                                         "**/.yarnrc*",
                                                         "**/bun.lockb",
                                                         "**/tsconfig*.json",
                                                         "**/webpack.config.*",
                                                         "**/rollup.config.*",
                                                         "**/vite.config.*",
                                                         "**/vitest.config.*",
                                                         "**/jest.config.*",
                                                         "**/.mocharc*",
                                                         "**/babel.config.*",
                                                         "**/.babelrc*",
                                                         "**/gulpfile.*",
                                                         "**/Gruntfile.*",
                                                         "**/pyproject.toml",
                                                         "**/setup.py",
                                                         "**/setup.cfg",
                                                         "**/conftest.py",
                                                         "**/pytest.ini",
                                                         "**/.pytest.ini",
                                                         "**/tox.ini",
                                                         "**/noxfile.py",
                                                         "**/sitecustomize.py",
                                                         "**/usercustomize.py",
                                                         "**/*.pth",
                                                         "**/Pipfile*",
                                                         "**/poetry.lock",
                                                         "**/uv.lock",
                                                         "**/requirements*.txt",
                                                         "**/constraints*.txt",
                                                         "**/MANIFEST.in",
                                                         "**/go.mod",
                                                         "**/go.sum",
                                                         "**/go.work*",
                                                         "**/*.gradle",
                                                         "**/*.gradle.kts",
                                                         "**/gradle.properties",
                                                         "**/gradle/wrapper/**",
                                                         "**/gradlew*",
                                                         "**/pom.xml",
                                                         "**/build.xml",
                                                         "**/BUILD",
                                                         "**/BUILD.bazel",
                                                         "**/WORKSPACE",
                                                         "**/WORKSPACE.bazel",
                                                         "**/MODULE.bazel",
                                                         "**/*.bzl",
                                                         "**/.bazelrc",
                                                         "**/SConstruct",
                                                         "**/SConscript",
                                                         "**/wscript",
                                                         "**/configure",
                                                         "**/configure.ac",
                                                         "**/configure.in",
                                                         "**/*.m4",
                                                         "**/*.pro",
                                                         "**/*.pri",
                                                         "**/*.vcxproj*",
                                                         "**/*.sln",
                                                         "**/conanfile.*",
                                                         "**/vcpkg*.json",
                                                         "**/Dockerfile*",
                                                         "**/Containerfile*",
                                                         "**/docker-compose*.yml",
                                                         "**/docker-compose*.yaml",
                                                         "**/.dockerignore",
                                                         "**/build.sh",
                                                         "**/Justfile",
                                                         "**/justfile",
                                                         "**/Taskfile.yml",
                                                         "**/Rakefile",
                                                         "**/*.ld",
                                                         "**/*.lds",
                                                         "**/*.spec.in",
                                                         "**/*.pc.in",
                                                         "**/flake.nix",
                                                         "**/default.nix",
                                                         "**/shell.nix"});

constexpr auto kConfig = std::to_array<std::string_view>({"**/automod.toml",
                                                          "**/.gitattributes",
                                                          "**/.gitmodules",
                                                          "**/.clang-tidy",
                                                          "**/.clangd",
                                                          "**/.cppcheck*",
                                                          "**/.pylintrc",
                                                          "**/pylintrc",
                                                          "**/.flake8",
                                                          "**/mypy.ini",
                                                          "**/.mypy.ini",
                                                          "**/ruff.toml",
                                                          "**/.ruff.toml",
                                                          "**/.isort.cfg",
                                                          "**/.bandit",
                                                          "**/.eslintrc*",
                                                          "**/eslint.config.*",
                                                          "**/.eslintignore",
                                                          "**/.golangci.y*ml",
                                                          "**/clippy.toml",
                                                          "**/.clippy.toml",
                                                          "**/rustfmt.toml",
                                                          "**/.rustfmt.toml",
                                                          "**/checkstyle*.xml",
                                                          "**/.coveragerc",
                                                          "**/.lcovrc",
                                                          "**/codecov.yml",
                                                          "**/.codecov.yml",
                                                          "**/.nycrc*",
                                                          "**/*.supp",
                                                          "**/*ignorelist*.txt",
                                                          "**/*blacklist*.txt",
                                                          "**/sonar-project.properties",
                                                          "**/.python-version",
                                                          "**/.nvmrc",
                                                          "**/.tool-versions",
                                                          "**/.env",
                                                          "**/.env.*"});

constexpr auto kBenchmarks = std::to_array<std::string_view>(
    {"**/bench/**", "**/benches/**", "**/benchmark/**", "**/benchmarks/**", "**/perf/**",
     "**/*_bench.*", "**/*-bench.*", "**/bench_*.*", "**/*.bench.*", "**/*_benchmark.*",
     "**/*-benchmark.*", "**/benchmark_*.*", "**/*Benchmark.*", "**/*Bench.*"});

constexpr auto kTests = std::to_array<std::string_view>(
    {"**/test/**",   "**/tests/**",     "**/testing/**",       "**/testdata/**",
     "**/spec/**",   "**/__tests__/**", "**/__snapshots__/**", "**/*_test.*",
     "**/*_tests.*", "**/test_*.*",     "**/*.test.*",         "**/*.spec.*",
     "**/*-test.*",  "**/*Test.*",      "**/*Tests.*",         "**/*_spec.*",
     "**/*.snap",    "**/test.*",       "**/tests.*",          "**/unittest*/**"});

// Documents wherever they stand, also among tests.
constexpr auto kPlainDocuments =
    std::to_array<std::string_view>({"**/*.md", "**/*.markdown", "**/*.rst", "**/*.adoc"});

constexpr auto kDocuments = std::to_array<std::string_view>(
    {"**/*.md",     "**/*.markdown",    "**/*.rst",    "**/*.adoc",   "**/*.txt",
     "**/*.tex",    "**/LICENSE*",      "**/LICENCE*", "**/COPYING*", "**/NOTICE*",
     "**/AUTHORS*", "**/CHANGELOG*",    "**/CHANGES*", "**/README*",  "**/NEWS",
     "**/INSTALL",  "**/CONTRIBUTING*", "**/*.1",      "**/*.3",      "**/*.man"});

/// The same as glob_match for the patterns above, which all begin with any number of folders; a
/// few hundred of them are asked about every path of a tree.
bool matches_one(std::string_view glob, std::string_view rooted) {
  std::string_view rest = glob.substr(3);
  if (rest.ends_with("/**")) {
    rest.remove_suffix(2);
    const bool is_plain = rest.find('*') == rest.npos;
    if (!is_plain) return glob_match(glob, rooted);
    for (auto at = rooted.find(rest); at != rooted.npos; at = rooted.find(rest, at + 1)) {
      if (at > 0 && rooted[at - 1] == '/' && at + rest.size() < rooted.size()) return true;
    }
    return false;
  }
  if (rest.find('/') != rest.npos) return glob_match(glob, rooted);
  const std::string_view file = rooted.substr(rooted.rfind('/') + 1);
  const auto star = rest.find('*');
  if (star == rest.npos) return file == rest;
  if (!file.starts_with(rest.substr(0, star))) return false;
  const std::string_view tail = rest.substr(star + 1);
  if (tail.find('*') != tail.npos) return glob_match(rest, file);
  return file.size() + 1 >= rest.size() && file.ends_with(tail);
}

bool matches(Globs globs, std::string_view rooted) {
  return std::ranges::any_of(globs,
                             [&](std::string_view glob) { return matches_one(glob, rooted); });
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._-+@/").find(c) != std::string_view::npos;
}

/// A command speaks of the file, by its path or its whole name. The program that a source becomes
/// does not count: what is measured is mostly the product itself.
bool names_file(std::string_view command, std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  for (std::size_t at = 0; at < command.size();) {
    std::size_t end = at;
    while (end < command.size() && is_word(command[end])) ++end;
    std::string_view word = command.substr(at, end - at);
    if (word.starts_with("./")) word.remove_prefix(2);
    if (!word.empty() && (word == path || word.substr(word.rfind('/') + 1) == file)) return true;
    at = end + 1;
  }
  return false;
}

bool is_assembly(std::string_view path) {
  return path.ends_with(".s") || path.ends_with(".S") || path.ends_with(".asm");
}

bool is_benchmarked(const Config& config, std::string_view path) {
  const auto names_it = [&](const auto& row) { return names_file(row.command, path); };
  return std::ranges::any_of(config.benchmarks, names_it) ||
         std::ranges::any_of(config.held_out, names_it);
}

}  // namespace

FileRole role_of(const Config& config, std::string_view path) {
  const std::string rooted = "/" + std::string(path);
  // What decides how things are built counts as that wherever it stands: a conftest.py among
  // tests is no test.
  if (matches(kCi, rooted)) return FileRole::kCi;
  if (matches(kBuild, rooted)) return FileRole::kBuild;
  if (matches(kConfig, rooted)) return FileRole::kConfig;
  if (matches(kPlainDocuments, rooted)) return FileRole::kDocument;
  if (matches(kBenchmarks, rooted)) return FileRole::kBenchmark;
  if (matches(kTests, rooted)) return FileRole::kTest;
  const bool is_code = code_language(path).has_value() || is_assembly(path);
  if (is_code && is_benchmarked(config, path)) return FileRole::kBenchmark;
  if (is_code) return FileRole::kSource;
  if (matches(kDocuments, rooted)) return FileRole::kDocument;
  return FileRole::kOther;
}

}  // namespace automod::trial
