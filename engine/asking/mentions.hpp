#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Output of builds and tests, as much of it as is worth showing to a model.
namespace automod::asking {

/// The lines that speak of one of `names`, or of an error where none are given, each with those
/// around it; where there are none, the end. At most `most` bytes, printable, what was left out
/// marked by "[…]".
std::string mentions(std::string_view output, const std::vector<std::string>& names,
                     std::size_t most);

/// Without what differs from run to run: durations, addresses, process numbers. So the same failure
/// makes the same question.
std::string steady(std::string_view output);

}  // namespace automod::asking
