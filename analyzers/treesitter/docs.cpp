#include "analyzers/treesitter/docs.hpp"

namespace automod::analyzers {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

Range Docs::above(std::uint32_t place) {
  while (next_ < leads_.size() && leads_[next_].begin < place) ++next_;
  std::size_t at = next_;
  std::uint32_t below = place;
  while (at > 0 && leads_[at - 1].capture == Capture::kAttribute &&
         (is_above(leads_[at - 1], below) || end_of(leads_[at - 1]) == below)) {
    below = leads_[--at].begin;
  }
  Range doc;
  while (at > 0 && leads_[at - 1].capture == Capture::kDoc && is_above(leads_[at - 1], below)) {
    const Mark& lead = leads_[--at];
    if (!is_first_on_line(lead.begin)) break;
    if (doc.end == 0) doc.end = end_of(lead);
    doc.begin = below = lead.begin;
  }
  return doc;
}

bool Docs::is_above(const Mark& lead, std::uint32_t place) const {
  const std::uint32_t end = end_of(lead);
  int lines = 0;
  std::uint32_t at = place;
  for (; at > end; --at) {
    const char c = source_.parsed[at - 1];
    if (source_.text[at - 1] == '#') return false;  // a directive that became blank
    if (c == '\n') {
      if (++lines > 1) return false;
    } else if (!is_space(c)) {
      return false;
    } else if (c != source_.text[at - 1]) {
      lines = 0;  // a line that became blank, a macro before a declaration
    }
  }
  return lines == 1;
}

bool Docs::is_first_on_line(std::uint32_t place) const {
  while (place > 0 && is_space(source_.text[place - 1])) --place;
  return place == 0 || source_.text[place - 1] == '\n';
}

std::uint32_t Docs::end_of(const Mark& lead) const {
  std::uint32_t end = lead.end;
  while (end > lead.begin && (is_space(source_.text[end - 1]) || source_.text[end - 1] == '\n')) {
    --end;
  }
  return end;
}

}  // namespace automod::analyzers
