// Turns hits into text for a terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "wordrank/rank.hpp"

namespace wordrank {

/// The words around `position`, at most `radius` on each side; "..." stands for what was left out.
std::string snippet(std::vector<std::string> words, std::size_t position, std::size_t radius);

/// A heading, a rule, and one line for each hit.
void print_report(std::ostream& out, const std::string& query, const std::vector<Hit>& hits);

/// The titles of all hits, for a file name or a log line: "title; title; title".
std::string titles_of(const std::vector<Hit>& hits);

}  // namespace wordrank
