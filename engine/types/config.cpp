#include "engine/types/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/types/config_keys.hpp"
#include "engine/types/json.hpp"

namespace automod {

const std::vector<std::string>& always_protected() {
  static const std::vector<std::string> all = {
      // What automod itself obeys, and what changes how git reads the tree.
      "automod.toml",
      "**/.gitattributes",
      ".gitmodules",
      // Continuous integration: runs with rights and secrets that no candidate may reach.
      ".appveyor.yml",
      ".azure-pipelines/**",
      ".buildkite/**",
      ".ci/**",
      ".circleci/**",
      ".cirrus.yml",
      ".drone.yml",
      ".forgejo/**",
      ".gitea/**",
      ".github/**",
      ".gitlab-ci.yml",
      ".gitlab/**",
      ".pre-commit-config.yaml",
      ".teamcity/**",
      ".travis.yml",
      ".woodpecker.yml",
      ".woodpecker/**",
      "**/Jenkinsfile",
      "appveyor.yml",
      "azure-pipelines.yml",
      "bitbucket-pipelines.yml",
      // Who must approve.
      "CODEOWNERS",
      "docs/CODEOWNERS",
  };
  return all;
}

bool is_protected(const Config& config, std::string_view path) {
  const auto matches = [&](const std::string& pattern) {
    if (glob_match(pattern, path)) return true;
    // A plain name means the file or all of the folder: who writes "tests" wants nothing less.
    const std::size_t slash = pattern.rfind('/');
    const std::string_view last =
        std::string_view(pattern).substr(slash == std::string::npos ? 0 : slash + 1);
    return last.find_first_of("*?") == std::string_view::npos && glob_match(pattern + "/**", path);
  };
  return std::ranges::any_of(always_protected(), matches) ||
         std::ranges::any_of(config.protected_paths, matches);
}

namespace {

nlohmann::json benchmarks_json(const Config& config) {
  nlohmann::json all = nlohmann::json::array();
  for (const Benchmark& benchmark : config.benchmarks) {
    all.push_back({{"name", benchmark.name},
                   {"command", benchmark.command},
                   {"format", name(benchmark.format)},
                   {"direction", name(benchmark.direction)},
                   {"unit", benchmark.unit},
                   {"instructions", name(benchmark.instructions)},
                   {"same_output", benchmark.same_output}});
  }
  return all;
}

nlohmann::json held_out_json(const Config& config) {
  nlohmann::json all = nlohmann::json::array();
  for (const HeldOut& held : config.held_out) {
    all.push_back({{"name", held.name},
                   {"command", held.command},
                   {"folder", held.folder},
                   {"runs", held.runs}});
  }
  return all;
}

}  // namespace

std::string digest(const Config& config) {
  nlohmann::json limits;
  for (const LimitKey& limit : kLimitKeys) limits[std::string(limit.key)] = config.*limit.member;
  nlohmann::json trial = {{kBaseRunsKey.key, config.base_runs}};
  for (const SwitchKey& key : kStageKeys) trial[std::string(key.key)] = config.*key.member;
  nlohmann::json measure;
  for (const LimitKey& key : kMeasureKeys) measure[std::string(key.key)] = config.*key.member;
  const sandbox::Settings& settings = config.sandbox;
  for (const sandbox::LimitKey& limit : sandbox::limit_keys()) {
    limits[std::string(limit.key)] = settings.*limit.member;
  }
  return sha256(canonical({
      {"version", kConfigVersion},
      {"project",
       {{"build_dir", config.build_dir},
        {"configure", config.configure},
        {"build", config.build},
        {"test", config.test},
        {"test_results", name(config.test_results)},
        {"test_report", config.test_report},
        {"protected", config.protected_paths}}},
      {"benchmark", benchmarks_json(config)},
      {"held_out", held_out_json(config)},
      {"trial", trial},
      {"measure", measure},
      {"api", {{"headers", config.api_headers}}},
      {"limits", limits},
      {"safety", {{"level", name(config.safety_level)}}},
      {"sandbox",
       {{"backend", settings.backend},
        {"runtime", settings.runtime},
        {"image", settings.image},
        {"network", sandbox::name(settings.network)},
        {"system_calls", sandbox::name(settings.calls)},
        {"require", sandbox::names(settings.required)},
        {"read_only", settings.read_only},
        {"environment", settings.environment}}},
      {"commit", {{"name", config.author_name}, {"email", config.author_email}}},
  }));
}

}  // namespace automod
