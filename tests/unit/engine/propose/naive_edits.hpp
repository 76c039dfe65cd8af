#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A second opinion on what an answer means: written to be read, not to be fast, and without a
/// line of the code that it checks. Says nothing but yes or no, and what comes of it.
namespace automod::testing::naive {

struct NaiveLine {
  std::string text;
  std::string end;  // "\n", "\r\n" or ""
};

using Files = std::map<std::string, std::string, std::less<>>;
using Changes = std::map<std::string, std::optional<std::string>>;  // nullopt: gone

std::vector<NaiveLine> split(std::string_view text);
std::string join(const std::vector<NaiveLine>& lines);

/// A file, which holds a byte order mark or not, with `count` lines from `first` replaced.
std::string splice(const std::string& content, std::size_t first, std::size_t count,
                   const std::vector<std::string>& fresh);

/// Where lines stand, by index. A byte order mark is no part of the first.
std::vector<std::size_t> places_of(const std::string& content,
                                   const std::vector<std::string>& wanted);

/// What an answer makes of the files; nullopt when it is to be refused whole, or declines.
std::optional<Changes> answered(const Files& files, std::string_view answer);

}  // namespace automod::testing::naive
