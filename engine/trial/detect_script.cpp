#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "engine/trial/detect_system.hpp"

/// Systems of scripting languages.
namespace automod::trial {

namespace {

using nlohmann::json;

std::string script_of(const json& package, const char* name) {
  const auto scripts = package.find("scripts");
  if (scripts == package.end() || !scripts->is_object()) return {};
  const auto script = scripts->find(name);
  return script != scripts->end() && script->is_string() ? script->get<std::string>() : "";
}

bool has_dependencies(const json& package) {
  for (const char* key : {"dependencies", "devDependencies"}) {
    const auto found = package.find(key);
    if (found != package.end() && found->is_object() && !found->empty()) return true;
  }
  return false;
}

bool is_configured_for_pytest(const TreeView& tree, std::string& why) {
  struct Sign {
    std::string_view path;
    std::string_view text;  // must occur; empty: the file alone is enough
  };
  static constexpr Sign kSigns[] = {{"pytest.ini", ""},
                                    {"pyproject.toml", "[tool.pytest"},
                                    {"setup.cfg", "[tool:pytest]"},
                                    {"tox.ini", "[pytest]"},
                                    {"conftest.py", ""},
                                    {"tests/conftest.py", ""},
                                    {"test/conftest.py", ""}};
  for (const auto& sign : kSigns) {
    if (!has_file(tree, sign.path)) continue;
    if (!sign.text.empty() && content_of(tree, sign.path).find(sign.text) == std::string::npos) {
      continue;
    }
    why = sign.text.empty() ? std::string(sign.path)
                            : fmt::format("'{}' in {}", sign.text, sign.path);
    return true;
  }
  return false;
}

std::vector<std::string> python_tests(const TreeView& tree) {
  auto found = matching(tree, "**/test_*.py");
  for (auto& path : matching(tree, "**/*_test.py")) found.push_back(std::move(path));
  return found;
}

void use_pytest(Config& config) {
  config.test = "python3 -m pytest";
  config.test_results = TestSource::kPytest;
}

/// Where unittest should look: the folder that the tests lie in.
std::string unittest_command(const TreeView& tree, Detected& found) {
  const bool in_src = has_folder(tree, "src");
  const std::string path = in_src ? "PYTHONPATH=src " : "";
  for (const char* folder : {"tests", "test"}) {
    if (!has_folder(tree, folder)) continue;
    const bool is_package = has_file(tree, fmt::format("{}/__init__.py", folder));
    found.notes.push_back(fmt::format("guessed that unittest finds the tests in {}/", folder));
    return fmt::format("{}python3 -m unittest discover -s {}{}", path, folder,
                       is_package ? " -t ." : "");
  }
  found.notes.emplace_back("guessed that unittest finds the tests from the root");
  return path + "python3 -m unittest discover";
}

}  // namespace

bool detect_npm(const TreeView& tree, Detected& found) {
  if (!has_file(tree, "package.json")) return false;
  const json package = json::parse(content_of(tree, "package.json"), nullptr, false);
  if (!package.is_object()) {
    found.notes.emplace_back("package.json is no JSON object and was passed over");
    return false;
  }
  Config& config = found.config;
  if (!script_of(package, "build").empty()) config.build = "npm run build";
  const std::string test = script_of(package, "test");
  if (test.find("no test specified") != std::string::npos) {
    found.notes.emplace_back("package.json has npm's empty test script, which always fails");
  } else if (test.starts_with("node --test") && test.find('&') == std::string::npos &&
             script_of(package, "pretest").empty() && script_of(package, "posttest").empty()) {
    config.test = test;  // without npm in between, which would hide the runner
    config.test_results = TestSource::kNode;
  } else if (!test.empty()) {
    config.test = "npm test";
  }
  if (has_dependencies(package)) {
    found.notes.emplace_back(
        "there is no network in the sandbox: node_modules must be committed "
        "or made visible by sandbox.read_only");
  }
  for (const char* lock : {"yarn.lock", "pnpm-lock.yaml", "bun.lockb"}) {
    if (has_file(tree, lock)) {
      found.notes.push_back(fmt::format("{} was seen; scripts are run by npm all the same", lock));
    }
  }
  if (!script_of(package, "bench").empty()) {
    found.notes.emplace_back(
        "the script `bench` may measure something: add a [[benchmark]] with "
        "the program it runs");
  }
  protect(config, {"package.json", "package-lock.json", "**/*.test.*", "**/*.spec.*",
                   "**/__tests__/**", "bench/**"});
  return true;
}

bool detect_python(const TreeView& tree, Detected& found) {
  const bool is_project = has_file(tree, "pyproject.toml") || has_file(tree, "setup.py") ||
                          has_file(tree, "setup.cfg") || has_file(tree, "pytest.ini");
  const auto tests = python_tests(tree);
  const bool is_make = has_file(tree, "Makefile") || has_file(tree, "configure");
  if (!is_project && (tests.empty() || is_make)) return false;
  Config& config = found.config;
  protect(config,
          {"**/conftest.py", "pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini"});
  std::string why;
  if (is_configured_for_pytest(tree, why)) {
    found.notes.push_back(fmt::format("tests are run by pytest because of {}", why));
    use_pytest(config);
  } else if (!tests.empty()) {
    config.test = unittest_command(tree, found);
    config.test_results = TestSource::kUnittest;
    if (content_of(tree, tests.front()).find("import pytest") != std::string::npos) {
      found.notes.push_back(fmt::format("{} imports pytest: tests are run by it", tests.front()));
      use_pytest(config);
    }
  }
  return true;
}

}  // namespace automod::trial
