#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "engine/trial/detect_system.hpp"

/// Systems of compiled languages other than CMake.
namespace automod::trial {

namespace {

/// Names in front of the colon of the rules that a Makefile states itself.
std::set<std::string> make_targets(std::string_view text) {
  std::set<std::string> targets;
  for (const auto line : split_lines(text)) {
    if (line.empty() || line[0] == '\t' || line[0] == ' ' || line[0] == '#') continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.substr(0, colon).find('=') != line.npos) continue;
    const auto rest = line.substr(colon + 1);
    if (rest.starts_with('=') || rest.starts_with(":=")) continue;  // an assignment
    std::string name;
    for (const char c : std::string(line.substr(0, colon)) + " ") {
      if (!std::isspace(static_cast<unsigned char>(c))) {
        name += c;
      } else if (!name.empty()) {
        targets.insert(std::exchange(name, {}));
      }
    }
  }
  return targets;
}

std::string first_present(const TreeView& tree, std::initializer_list<std::string_view> paths) {
  for (const auto path : paths) {
    if (has_file(tree, path)) return std::string(path);
  }
  return {};
}

void find_make_tests(const std::set<std::string>& targets, std::string_view file, Detected& found) {
  const bool has_test = targets.contains("test");
  const bool has_check = targets.contains("check");
  if (!has_test && !has_check) {
    found.notes.push_back(fmt::format("{} has no target `test` or `check`", file));
    return;
  }
  found.config.test = has_test ? "make test" : "make check";
  if (has_test && has_check) {
    found.notes.push_back(fmt::format("{} has both `test` and `check`; took `test`", file));
  }
}

void note_benchmark_target(const std::set<std::string>& targets, Detected& found) {
  for (const auto& target : targets) {
    if (target.starts_with("bench")) {
      found.notes.push_back(
          fmt::format("`make {}` may measure something; it was not taken for a benchmark: add a "
                      "[[benchmark]] with the command to time",
                      printable_line(target)));
    }
  }
}

}  // namespace

bool detect_make(const TreeView& tree, Detected& found) {
  const std::string file = first_present(tree, {"GNUmakefile", "makefile", "Makefile"});
  const bool has_configure = has_file(tree, "configure");
  if (file.empty() && !has_configure) return false;
  Config& config = found.config;
  protect(config, {"GNUmakefile", "makefile", "Makefile", "**/Makefile", "**/*.mk", "configure",
                   "configure.ac", "**/Makefile.am", "**/Makefile.in"});
  config.build_dir = ".";
  config.build = "make -j {jobs}";
  if (has_configure) config.configure = "./configure";
  if (file.empty()) {
    config.test = "make check";
    found.notes.emplace_back(
        "there is a configure script and no Makefile: guessed that it makes "
        "one with the customary target `check`");
    return true;
  }
  const auto targets = make_targets(content_of(tree, file));
  find_make_tests(targets, file, found);
  note_benchmark_target(targets, found);
  return true;
}

bool detect_meson(const TreeView& tree, Detected& found) {
  if (!has_file(tree, "meson.build")) return false;
  Config& config = found.config;
  config.configure = "meson setup {build}";
  config.build = "meson compile -C {build} -j {jobs}";
  std::string all;
  for (const auto& path : matching(tree, "**/meson.build")) {
    all += without_comments(content_of(tree, path), '#');
  }
  const auto calls = [&](std::string_view function) {
    return all.find("\n" + std::string(function) + "(") != std::string::npos ||
           all.find(" " + std::string(function) + "(") != std::string::npos ||
           all.starts_with(std::string(function) + "(");
  };
  if (calls("test")) {
    config.test = "meson test -C {build} --num-processes {jobs}";
    config.test_results = TestSource::kJunit;
    config.test_report = config.build_dir + "/meson-logs/testlog.junit.xml";
  } else {
    found.notes.emplace_back("no meson.build calls test()");
  }
  if (calls("benchmark")) {
    found.notes.emplace_back(
        "a meson.build declares a benchmark(); add a [[benchmark]] with the "
        "program it runs");
  }
  protect(config, {"**/meson.build", "meson_options.txt", "meson.options", "bench/**"});
  return true;
}

bool detect_cargo(const TreeView& tree, Detected& found) {
  if (!has_file(tree, "Cargo.toml")) return false;
  Config& config = found.config;
  const std::string manifest = without_comments(content_of(tree, "Cargo.toml"), '#');
  const bool is_workspace = manifest.find("[workspace]") != std::string::npos;
  const std::string whole = is_workspace ? " --workspace" : "";
  config.build_dir = "target";
  config.build = "cargo build --offline" + whole + " --all-targets --target-dir {build} -j {jobs}";
  config.test = "cargo test --offline" + whole + " --target-dir {build} -j {jobs}";
  config.test_results = TestSource::kCargo;
  if (manifest.find("dependencies") != std::string::npos && !has_file(tree, ".cargo/config.toml")) {
    found.notes.emplace_back(
        "there is no network in the sandbox: dependencies must be vendored "
        "(`cargo vendor`) or made visible by sandbox.read_only");
  }
  if (!has_file(tree, "Cargo.lock")) {
    found.notes.emplace_back("no Cargo.lock is committed: versions are chosen anew each time");
  }
  if (has_folder(tree, "benches")) {
    found.notes.emplace_back(
        "benches/ was seen; its programs have names that only Cargo knows: "
        "add a [[benchmark]] with a command of its own");
  }
  protect(config, {"Cargo.toml", "**/Cargo.toml", "Cargo.lock", "**/build.rs", "**/benches/**",
                   ".cargo/**"});
  return true;
}

bool detect_go(const TreeView& tree, Detected& found) {
  if (!has_file(tree, "go.mod")) return false;
  Config& config = found.config;
  config.build_dir = ".build";  // a leading dot hides it from ./...
  config.build = "go build ./...";
  config.test = "go test ./...";
  config.sandbox.environment["GOCACHE"] = "/tree/.build/go-cache";
  config.sandbox.environment["GOTOOLCHAIN"] = "local";
  if (matching(tree, "**/*_test.go").empty()) {
    config.test.clear();
    found.notes.emplace_back("no file ends in _test.go");
  } else {
    config.test_results = TestSource::kGo;
  }
  if (content_of(tree, "go.mod").find("require") != std::string::npos &&
      !has_folder(tree, "vendor")) {
    found.notes.emplace_back(
        "there is no network in the sandbox: dependencies must be vendored "
        "(`go mod vendor`)");
  }
  protect(config, {"go.mod", "go.sum", "**/*_test.go", "**/testdata/**"});
  return true;
}

}  // namespace automod::trial
