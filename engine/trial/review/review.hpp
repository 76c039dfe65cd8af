#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/config.hpp"
#include "engine/types/evidence.hpp"

/// What reading a change shows, before anything of it is run. Pure but for the reading of the base
/// tree; bounded in time and size, whatever the files hold.
namespace automod::trial {

struct ReviewInput {
  const Config& config;
  ModificationType type = ModificationType::kRefactor;
  std::string goal;  // what the modification says of itself: summary and reasoning
  const std::vector<FileChange>& files;
  /// The base tree: sorted paths, and the content of a file where it exists and is not huge.
  std::vector<std::string> base_paths;
  std::function<std::optional<std::string>(std::string_view path)> read_base;
};

struct Review {
  std::vector<CodeFact> facts;    // by path and line
  std::vector<LeftOut> left_out;  // what could not be looked at, and why
  std::string shape_digest;       // see Evidence
};

Review review(const ReviewInput& input);

/// What a file is to its project, by its path.
FileRole role_of(const Config& config, std::string_view path);

/// Digest of the changed files' syntax on both sides: two patches that differ in formatting and
/// comments only have the same. Files in no known language count by their bytes.
std::string shape_digest(const std::vector<FileChange>& files);

// The parts of a review. Each adds what it sees.
void review_tests(const ReviewInput& input, Review& into);  // tests_*
void review_api(const ReviewInput& input, Review& into);    // public headers and functions
void review_complexity(const ReviewInput& input, Review& into);
void review_capabilities(const ReviewInput& input, Review& into);  // and what runs by itself
void review_text(const ReviewInput& input, Review& into);  // secrets, disguise, binary, licences
void review_special_cases(const ReviewInput& input, Review& into);
void review_suppressions(const ReviewInput& input, Review& into);  // and swallowed errors
void review_scope(const ReviewInput& input, Review& into);
void review_conventions(const ReviewInput& input, Review& into);

}  // namespace automod::trial
