#pragma once

#include <string>

#include "cli/findings.hpp"

namespace automod::cli {

/// An analysis as one HTML page that needs nothing else and runs nothing: a map of the files by
/// size and how hot they are, and all findings with the lines they speak of and their fixes.
std::string html_of(const Analysis& analysis, const IdText& id_text);

}  // namespace automod::cli
