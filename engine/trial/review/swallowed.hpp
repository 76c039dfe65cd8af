#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/trial/review/source.hpp"

namespace automod::trial {

struct Swallowed {
  std::string what;  // "catch (...)"
  std::string text;  // the handler, without white space that means nothing
  std::size_t line = 0;
};

/// Places at which an error is caught and dropped.
std::vector<Swallowed> swallowed_in(const Source& source);

}  // namespace automod::trial
