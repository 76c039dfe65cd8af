#include "engine/repo/hunks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace automod::repo {

namespace {

using Lines = std::vector<std::string_view>;  // each with its newline

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

Lines old_lines(const Hunk& hunk) {
  Lines lines;
  for (const HunkLine& line : hunk.lines) {
    if (line.origin != '+') lines.push_back(line.text);
  }
  return lines;
}

/// For every prefix of `lines`, the longest proper prefix of it that is also its end.
std::vector<std::size_t> borders(const Lines& lines) {
  std::vector<std::size_t> border(lines.size(), 0);
  for (std::size_t i = 1, held = 0; i < lines.size(); ++i) {
    while (held > 0 && lines[i] != lines[held]) held = border[held - 1];
    if (lines[i] == lines[held]) ++held;
    border[i] = held;
  }
  return border;
}

/// Every place from `first` on where `wanted` stands in `lines`, two at most. Linear.
std::vector<std::size_t> find_all(const Lines& lines, std::size_t first, const Lines& wanted) {
  std::vector<std::size_t> places;
  const std::vector<std::size_t> border = borders(wanted);
  for (std::size_t i = first, held = 0; i < lines.size() && places.size() < 2; ++i) {
    while (held > 0 && lines[i] != wanted[held]) held = border[held - 1];
    if (lines[i] == wanted[held]) ++held;
    if (held == wanted.size()) {
      places.push_back(i + 1 - held);
      held = border[held - 1];
    }
  }
  return places;
}

class Applier {
 public:
  Applier(std::string_view original, std::string_view path, SearchBudget& budget)
      : lines_(split(original)), path_(path), budget_(budget) {}

  Result<std::string> apply(const std::vector<Hunk>& hunks) {
    for (std::size_t i = 0; i < hunks.size(); ++i) {
      number_ = i + 1;
      hunk_ = &hunks[i];
      wanted_ = old_lines(*hunk_);
      const auto place = find();
      if (!place) return fail(place.error());
      for (; next_ < *place; ++next_) put(lines_[next_]);
      for (const HunkLine& line : hunk_->lines) {
        if (line.origin != '-') put(line.text);
      }
      next_ += wanted_.size();
    }
    for (; next_ < lines_.size(); ++next_) put(lines_[next_]);
    if (glued_) return fail_hunk("it leaves a line without newline before the end of the file");
    return std::move(result_);
  }

 private:
  std::unexpected<Error> fail_hunk(std::string_view what) const {
    return fail(ErrorKind::kUsage, fmt::format("hunk {} of '{}' (line {} of the patch): {}",
                                               number_, printable_line(path_), hunk_->at, what));
  }

  void put(std::string_view line) {
    glued_ = glued_ || (!result_.empty() && result_.back() != '\n');
    result_ += line;
  }

  bool stands_at(std::size_t place) const {
    return place >= next_ && place <= lines_.size() && wanted_.size() <= lines_.size() - place &&
           std::equal(wanted_.begin(), wanted_.end(),
                      lines_.begin() + static_cast<std::ptrdiff_t>(place));
  }

  /// git's rules: a hunk that begins at line 1 stands at the beginning, one without lines kept
  /// at its end stands at the end of the file.
  Result<std::size_t> find() {
    const std::size_t stated = hunk_->old_count == 0 ? hunk_->old_start : hunk_->old_start - 1;
    const bool at_begin = hunk_->old_start <= 1;
    const bool at_end = hunk_->lines.back().origin != ' ';
    const bool has_context =
        std::ranges::any_of(hunk_->lines, [](const HunkLine& line) { return line.origin == ' '; });
    const bool ends = stated + wanted_.size() == lines_.size();
    if (stands_at(stated) && (!at_end || ends)) return stated;
    if (!has_context && stands_at(stated)) {
      return fail_hunk("there is no line around the change to find its place by");
    }
    if (!has_context || at_begin) return fail_mismatch(stated);
    if (at_end) {
      if (lines_.size() < wanted_.size()) return fail_mismatch(stated);
      const std::size_t last = lines_.size() - wanted_.size();
      if (stands_at(last)) return last;
      return fail_mismatch(stated);
    }
    return search(stated);
  }

  Result<std::size_t> search(std::size_t stated) {
    const std::size_t cost = lines_.size() - std::min(next_, lines_.size()) + wanted_.size();
    if (cost > budget_) return fail_hunk("too many hunks are not at the line they name");
    budget_ -= cost;
    const auto places = find_all(lines_, next_, wanted_);
    if (places.empty()) return fail_mismatch(stated);
    if (places.size() == 1) return places.front();
    return fail_hunk(fmt::format("it does not fit at line {}, but at line {} and at line {}",
                                 stated + 1, places[0] + 1, places[1] + 1));
  }

  std::unexpected<Error> fail_mismatch(std::size_t stated) const {
    if (stated < next_) return fail_hunk("it reaches into the hunk above it");
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (stated + i >= lines_.size()) {
        return fail_hunk(fmt::format("the file has {} lines, the hunk needs line {}", lines_.size(),
                                     stated + i + 1));
      }
      if (lines_[stated + i] != wanted_[i]) {
        return fail_hunk(fmt::format("line {} of the file is '{}', the patch expects '{}'",
                                     stated + i + 1, shown(lines_[stated + i]), shown(wanted_[i])));
      }
    }
    return fail_hunk(
        fmt::format("the file has {} lines, and goes on where the patch ends it", lines_.size()));
  }

  static std::string shown(std::string_view line) {
    constexpr std::size_t kMostShown = 60;
    const bool newline = line.ends_with('\n');
    if (newline) line.remove_suffix(1);
    return printable_line(line.substr(0, kMostShown)) + (newline ? "" : "' without newline, '");
  }

  Lines lines_;
  std::string_view path_;
  SearchBudget& budget_;
  std::size_t number_ = 0;
  const Hunk* hunk_ = nullptr;
  Lines wanted_;
  std::size_t next_ = 0;  // the first line that no hunk has passed
  std::string result_;
  bool glued_ = false;
};

}  // namespace

Result<std::string> apply_hunks(std::string_view original, const std::vector<Hunk>& hunks,
                                std::string_view path, SearchBudget& budget) {
  if (hunks.empty()) return std::string(original);
  return Applier(original, path, budget).apply(hunks);
}

}  // namespace automod::repo
