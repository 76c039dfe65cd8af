#include "cli/versions.hpp"

#include <fmt/format.h>
#include <git2.h>
#include <openssl/crypto.h>
#include <seccomp.h>
#include <sqlite3.h>
#include <toml++/toml.h>
#include <tree_sitter/api.h>

#include <CLI/Version.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "automod/version.hpp"

namespace automod::cli {

namespace {

std::string dotted(int major, int minor, int patch) {
  return fmt::format("{}.{}.{}", major, minor, patch);
}

std::string git2_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  git_libgit2_version(&major, &minor, &patch);
  return dotted(major, minor, patch);
}

std::string seccomp_library_version() {
  const scmp_version* version = seccomp_version();
  return version ? dotted(static_cast<int>(version->major), static_cast<int>(version->minor),
                          static_cast<int>(version->micro))
                 : "unknown";
}

std::string grammar_versions() {
  std::string all;
  for (const build::Grammar& grammar : build::kGrammars) {
    all += fmt::format("{}{} {}", all.empty() ? "" : ", ", grammar.language, grammar.version);
  }
  return all;
}

}  // namespace

std::string_view own_version() { return build::kVersion; }

std::vector<LinkedVersion> linked_versions() {
  return {
      {"compiler", std::string(build::kCompiler)},
      {"libgit2", git2_version()},
      {"SQLite", sqlite3_libversion()},
      {"libclang", std::string(build::kClangVersion)},
      {"tree-sitter",
       fmt::format("{} (ABI {} to {})", build::kTreeSitterVersion,
                   TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION, TREE_SITTER_LANGUAGE_VERSION)},
      {"grammars", grammar_versions()},
      {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"libseccomp", seccomp_library_version()},
      {"fmt", dotted(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"CLI11", CLI11_VERSION},
      {"nlohmann/json", dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                               NLOHMANN_JSON_VERSION_PATCH)},
      {"toml++", dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
      {"yaml-cpp", AUTOMOD_YAML_VERSION},
      {"pugixml", dotted(PUGIXML_VERSION / 1000, PUGIXML_VERSION / 10 % 100, PUGIXML_VERSION % 10)},
  };
}

std::string version_text(const std::vector<LinkedVersion>& versions) {
  std::string text = fmt::format("automod {}\n", own_version());
  for (const auto& [name, version] : versions) text += fmt::format("  {:<14} {}\n", name, version);
  return text;
}

}  // namespace automod::cli
