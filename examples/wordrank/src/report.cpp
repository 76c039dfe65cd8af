#include "wordrank/report.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "wordrank/text.hpp"

namespace wordrank {

std::string snippet(std::vector<std::string> words, std::size_t position, std::size_t radius) {
  if (position >= words.size()) return "";
  const std::size_t begin = position > radius ? position - radius : 0;
  const std::size_t end = std::min(words.size(), position + radius + 1);
  std::vector<std::string> shown;
  if (begin > 0) shown.push_back("...");
  for (std::size_t i = begin; i < end; ++i) shown.push_back(words[i]);
  if (end < words.size()) shown.push_back("...");
  return join(shown, " ");
}

void print_report(std::ostream& out, const std::string& query, const std::vector<Hit>& hits) {
  out << "results for " << query << std::endl;
  out << std::string('-', 40) << std::endl;
  int number = 1;
  for (const auto& hit : hits) {
    out << std::setw(3) << number++ << "  " << std::fixed << std::setprecision(4) << hit.score
        << "  " << hit.title << std::endl;
  }
}

std::string titles_of(const std::vector<Hit>& hits) {
  std::vector<std::string> titles;
  for (const auto& hit : hits) {
    titles.push_back(hit.title);
  }
  return join(titles, "; ");
}

}  // namespace wordrank
