#include "analyzers/clang/compile_db.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "analyzers/clang/paths.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 64 * kMiB;
constexpr int kDeepest = 16;

using Texts = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view word, Texts all) {
  return std::ranges::find(all, word) != all.end();
}

/// Options that take a value, joined ("-Ifoo") or as the next argument ("-I foo").
constexpr std::array<std::string_view, 12> kWithValue = {
    "-isystem",   "-iquote", "-idirafter", "-include", "-imacros", "-isysroot",
    "--sysroot=", "-std=",   "--std=",     "-I",       "-D",       "-U"};

/// Options without a value that change what the source means.
bool is_plain_option(std::string_view option) {
  if (is_one_of(option, {"-ansi",
                         "-pthread",
                         "-nostdinc",
                         "-nostdinc++",
                         "-m32",
                         "-m64",
                         "-fexceptions",
                         "-fno-exceptions",
                         "-frtti",
                         "-fno-rtti",
                         "-fPIC",
                         "-fpic",
                         "-fPIE",
                         "-fpie",
                         "-fopenmp",
                         "-fchar8_t",
                         "-fno-char8_t",
                         "-fsigned-char",
                         "-funsigned-char",
                         "-fshort-enums",
                         "-fno-short-enums",
                         "-fshort-wchar",
                         "-ffreestanding",
                         "-fhosted",
                         "-fms-extensions",
                         "-fno-operator-names",
                         "-fsized-deallocation",
                         "-faligned-allocation",
                         "-fwrapv",
                         "-ftrapv",
                         "-fno-builtin",
                         "-march=native",
                         "-march=x86-64",
                         "-march=x86-64-v2",
                         "-march=x86-64-v3",
                         "-march=x86-64-v4",
                         "-O0",
                         "-O1",
                         "-O2",
                         "-O3",
                         "-Os",
                         "-Og",
                         "-O",
                         "-stdlib=libc++",
                         "-stdlib=libstdc++"})) {
    return true;
  }
  return std::ranges::any_of(Texts{"-msse", "-mavx", "-mfma", "-mbmi", "-maes", "-mpclmul",
                                   "-mpopcnt", "-mf16c", "-mlzcnt", "-mcx16"},
                             [&](std::string_view prefix) { return option.starts_with(prefix); });
}

bool is_language(std::string_view language) {
  return is_one_of(language, {"c", "c++", "c-header", "c++-header"});
}

bool is_cpp_driver(std::string_view program) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return name.find("++") != std::string_view::npos;
}

/// g++ reads "x.c" as C++, which clang-tidy would not guess from the name.
bool needs_cpp_said(const std::vector<std::string>& arguments, std::string_view file) {
  if (!file.ends_with(".c")) return false;
  // The second may be the compiler where the first is a launcher such as ccache.
  const auto end =
      arguments.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(arguments.size(), 2));
  return std::any_of(arguments.begin(), end,
                     [](const std::string& word) { return is_cpp_driver(word); });
}

std::string text_at(const nlohmann::json& entry, const char* key) {
  const auto found = entry.find(key);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> arguments_of(const nlohmann::json& entry) {
  const auto list = entry.find("arguments");
  if (list == entry.end() || !list->is_array()) return split_command(text_at(entry, "command"));
  std::vector<std::string> arguments;
  for (const auto& argument : *list) {
    if (argument.is_string()) arguments.push_back(argument.get<std::string>());
  }
  return arguments;
}

/// Cuts a text off where it nests deeper than any compile database does, so that the parser's
/// own recursion on destruction stays shallow.
nlohmann::json parse_shallow(std::string_view json) {
  const nlohmann::json::parser_callback_t refuse_depth =
      [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= kDeepest; };
  return nlohmann::json::parse(json, refuse_depth, /*allow_exceptions=*/false);
}

}  // namespace

std::vector<std::string> split_command(std::string_view command) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < command.size() &&
                         (quote == 0 || command[i + 1] == '"' || command[i + 1] == '\\' ||
                          command[i + 1] == '$' || command[i + 1] == '`');
    if (escapes) {
      words.back() += command[++i];
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::vector<std::string> flags_for_clang(const std::vector<std::string>& arguments,
                                         std::string_view file) {
  std::vector<std::string> flags;
  if (needs_cpp_said(arguments, file)) flags = {"-x", "c++"};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool has_next = i + 1 < arguments.size();
    if (argument == "--") break;
    if (argument == "-I-") continue;
    if (argument == "-x" || argument.starts_with("-xc")) {
      const std::string language = argument != "-x" ? argument.substr(2)
                                   : has_next       ? arguments[++i]
                                                    : std::string();
      if (is_language(language)) flags.insert(flags.end(), {"-x", language});
      continue;
    }
    // These take the next argument, which must not be read as an option of its own.
    if (is_one_of(argument, {"-Xclang",      "-Xpreprocessor",
                             "-Xassembler",  "-Xlinker",
                             "-Xarch_host",  "-mllvm",
                             "-o",           "-MF",
                             "-MT",          "-MQ",
                             "-MJ",          "-wrapper",
                             "-aux-info",    "--param",
                             "-include-pch", "-T",
                             "-u",           "-z",
                             "-L",           "-l",
                             "-B",           "-arch",
                             "-load"})) {
      ++i;
      continue;
    }
    if (is_plain_option(argument)) {
      flags.push_back(argument);
      continue;
    }
    const auto option = std::ranges::find_if(
        kWithValue, [&](std::string_view name) { return argument.starts_with(name); });
    if (option == kWithValue.end()) continue;
    const bool is_separate = argument.size() == option->size();
    if (is_separate && (option->ends_with('=') || !has_next)) continue;
    flags.push_back(argument);
    if (is_separate) flags.push_back(arguments[++i]);
  }
  return flags;
}

Result<CompileCommands> read_compile_commands(std::string_view json, const PathResolver& resolve) {
  const auto reject = [](std::string_view reason) {
    return fail(ErrorKind::kUsage, fmt::format("reading compile_commands.json: {}", reason),
                "configure the project again");
  };
  if (json.size() > kMostBytes) {
    return reject(fmt::format("found {} bytes, wanted {} at most", json.size(), kMostBytes));
  }
  const nlohmann::json database = parse_shallow(json);
  if (!database.is_array()) return reject("found no JSON list");
  CompileCommands commands;
  for (const auto& entry : database) {
    if (!entry.is_object()) return reject("found an entry that is no JSON object");
    std::string directory = text_at(entry, "directory");
    const std::string file = text_at(entry, "file");
    const auto path = path_in_tree(file, directory, resolve);
    if (!path || commands.contains(*path)) continue;
    // Where clang-tidy is started: only below /tree, whatever the database claims.
    if (directory != "/tree" && !directory.starts_with("/tree/")) directory = "/tree";
    commands.emplace(
        *path, CompileCommand{std::move(directory), flags_for_clang(arguments_of(entry), file)});
  }
  return commands;
}

Result<std::vector<std::string>> translation_units(std::string_view compile_commands_json,
                                                   const PathResolver& resolve) {
  const auto commands = read_compile_commands(compile_commands_json, resolve);
  if (!commands) return fail(commands.error());
  std::vector<std::string> units;
  for (const auto& [path, command] : *commands) units.push_back(path);
  return units;
}

}  // namespace automod::analyzers
