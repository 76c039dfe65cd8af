#include "engine/trial/variant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "base/digest.hpp"
#include "base/files.hpp"
#include "embedded/tool_code_lines.hpp"
#include "embedded/tool_compiler_coverage.hpp"
#include "embedded/tool_compiler_sanitizers.hpp"
#include "embedded/tool_gcov_all.hpp"
#include "embedded/tool_python_coverage.hpp"
#include "embedded/tool_sitecustomize.hpp"

namespace automod::trial {

namespace {

namespace fs = std::filesystem;

/// Instrumented programs are slower and larger than those that the limits were made for.
constexpr int kSlower = 4;
constexpr int kLarger = 3;

constexpr std::string_view kPath = "/usr/bin:/bin";

bool is_version(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isdigit(c) != 0 || c == '.';
  });
}

/// "g++", "clang-19", "x86_64-linux-gnu-gcc": drives a C or C++ compilation.
bool is_compiler(std::string_view program) {
  for (const std::string_view machine : {"x86_64-linux-gnu-", "aarch64-linux-gnu-"}) {
    if (program.starts_with(machine)) program.remove_prefix(machine.size());
  }
  for (const std::string_view name : {"cc", "c++", "gcc", "g++", "clang", "clang++"}) {
    if (program == name) return true;
    const bool has_suffix = program.starts_with(name) && program[name.size()] == '-';
    if (has_suffix && is_version(program.substr(name.size() + 1))) return true;
  }
  return false;
}

bool is_python(std::string_view program) {
  constexpr std::string_view kName = "python";
  if (!program.starts_with(kName)) return false;
  program.remove_prefix(kName.size());
  return program.empty() || is_version(program);
}

std::string replaced(std::string_view text, std::string_view mark, std::string_view by) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(mark, at), text.size());
    result += text.substr(at, found - at);
    if (found < text.size()) result += by;
    at = found + (found < text.size() ? mark.size() : 0);
  }
  return result;
}

/// Our programs by their names in the folder of tools. `@FOLDER@` stands for that folder still.
std::map<std::string, std::string> tools_of(Variant variant) {
  std::map<std::string, std::string> tools;
  const bool is_coverage = variant == Variant::kCoverage;
  const std::string_view compiler =
      is_coverage ? embedded::tool_compiler_coverage : embedded::tool_compiler_sanitizers;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/bin", error)) {
    const std::string program = entry.path().filename().string();
    if (is_compiler(program)) {
      tools[program] = replaced(compiler, "@REAL@", entry.path().string());
    } else if (is_coverage && is_python(program)) {
      tools[program] = replaced(embedded::tool_python_coverage, "@REAL@", entry.path().string());
    }
  }
  if (is_coverage) {
    tools["python/sitecustomize.py"] = embedded::tool_sitecustomize;
    tools["python/automod_code_lines.py"] = embedded::tool_code_lines;
    tools["automod-gcov-all"] = embedded::tool_gcov_all;
  }
  return tools;
}

std::string digest_of(const std::map<std::string, std::string>& tools) {
  std::string text = "tools 1\n";
  for (const auto& [name, content] : tools) text += name + " " + sha256(content) + "\n";
  return sha256(text);
}

/// The folder with the tools of a variant, which appears whole or not at all.
Result<fs::path> folder_of_tools(const fs::path& cache, Variant variant) {
  const auto tools = tools_of(variant);
  const fs::path parent = cache / "tools";
  fs::path place = parent / digest_of(tools).substr(0, 16);
  std::error_code error;
  if (fs::is_directory(place, error)) return place;
  fs::create_directories(parent, error);
  auto folder = TempDir::create(parent, "new-");
  if (!folder) return fail(folder.error());
  for (const auto& [name, content] : tools) {
    auto written =
        write_file(folder->path() / name, replaced(content, "@FOLDER@", place.string()), 0755);
    if (!written) return fail(written.error());
  }
  for (const fs::path& shown : {folder->path(), folder->path() / "python"}) {
    if (!fs::exists(shown, error)) continue;
    fs::permissions(shown, fs::perms(0755), error);
  }
  fs::rename(folder->path(), place, error);
  if (!error) {
    folder->keep();
  } else if (!fs::is_directory(place)) {
    return fail(ErrorKind::kInternal,
                fmt::format("creating {}: {}", place.string(), error.message()));
  }
  return place;
}

/// Compilers that the configuration names by their place are ours, too.
void redirect(const fs::path& tools, sandbox::Policy& policy) {
  for (const auto* name : {"CC", "CXX"}) {
    const auto found = policy.environment.find(name);
    if (found == policy.environment.end()) continue;
    const fs::path program = found->second;
    std::error_code error;
    if (program.parent_path() != "/usr/bin") continue;
    if (fs::exists(tools / program.filename(), error)) {
      found->second = (tools / program.filename()).string();
    }
  }
}

void set_sanitizer_options(sandbox::Policy& policy) {
  // Leaks are not looked for: that needs ptrace, which the sandbox denies.
  const std::string common = fmt::format(
      "halt_on_error=1:exitcode={}:print_stacktrace=1:symbolize=1:"
      "log_path=/tree/{}:log_exe_name=0",
      kSanitizerStatus, kSanitizerReport);
  policy.environment["ASAN_OPTIONS"] =
      common + ":detect_leaks=0:abort_on_error=0:detect_stack_use_after_return=1";
  policy.environment["UBSAN_OPTIONS"] = common;
  const fs::path symbolizer = "/usr/bin/llvm-symbolizer";
  std::error_code error;
  if (!fs::exists(symbolizer, error)) return;
  policy.environment["ASAN_SYMBOLIZER_PATH"] = symbolizer.string();
  policy.environment["UBSAN_SYMBOLIZER_PATH"] = symbolizer.string();
}

}  // namespace

Result<void> add_variant(const World& world, const Config&, Variant variant,
                         sandbox::Policy& policy) {
  if (variant == Variant::kPlain) return {};
  const auto tools = folder_of_tools(world.cache, variant);
  if (!tools) return fail(std::move(Error(tools.error())).within("writing the tools of a build"));
  policy.read_only.push_back(*tools);
  std::string& path = policy.environment["PATH"];
  path = fmt::format("{}:{}", tools->string(), path.empty() ? kPath : path);
  redirect(*tools, policy);
  policy.limits.memory_bytes *= kLarger;
  if (variant == Variant::kSanitizers) set_sanitizer_options(policy);
  if (variant == Variant::kCoverage) {
    policy.environment["NODE_V8_COVERAGE"] = fmt::format("/tree/{}", kCoverageFolder);
  }
  return {};
}

int slowness(Variant variant) { return variant == Variant::kPlain ? 1 : kSlower; }

std::string fingerprint(Variant variant) {
  if (variant == Variant::kPlain) return std::string(name(variant));
  return fmt::format("{} {}", name(variant), digest_of(tools_of(variant)));
}

}  // namespace automod::trial
