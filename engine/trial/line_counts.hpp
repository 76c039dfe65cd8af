#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

/// Which lines ran, as the tools of three languages tell it. All text is hostile; what is not
/// understood is left out.
namespace automod::trial {

/// Of one file. `ran` is part of `code` where the tool says what holds code.
struct LineCounts {
  std::set<std::size_t> code;
  std::set<std::size_t> ran;
  std::map<std::string, bool> functions;  // whether each was entered
};

/// By path in the tree.
using Coverage = std::map<std::string, LineCounts>;

/// Output of `gcov --json-format --stdout`, one document a line, and of `llvm-cov gcov -t`.
void read_gcov(std::string_view text, std::string_view build_dir, Coverage& into);

/// What sitecustomize.py has noted: "line:path" a line.
void read_python_lines(std::string_view text, Coverage& into);

/// One document of NODE_V8_COVERAGE. `read` gives a file of the tree, which decides what holds
/// code.
void read_node_coverage(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string& path)>& read, Coverage& into);

/// For keeping; reading gives nothing when the text is not one that was written so.
std::string written(const Coverage& coverage);
std::optional<Coverage> read_coverage(std::string_view text);

}  // namespace automod::trial
