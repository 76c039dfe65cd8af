#include "engine/propose/model/edits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"

namespace automod::propose {

namespace {

constexpr std::string_view kSearch = "<<<<<<< SEARCH";
constexpr std::string_view kSeparator = "=======";
constexpr std::string_view kReplace = ">>>>>>> REPLACE";
constexpr std::size_t kMostEdits = 200;

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
}

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::kRefused, std::move(message));
}

/// Reads line by line; knows which part of which block it is in.
class AnswerReader {
 public:
  Result<void> take(std::string_view line);
  Result<Answer> finish();

 private:
  enum class In { kProse, kSearchPart, kReplacePart };
  Result<void> begin_block();
  In in_ = In::kProse;
  std::string last_line_;  // of the prose, fences and empty lines left out
  std::string prose_;
  Answer answer_;
};

Result<void> AnswerReader::begin_block() {
  if (last_line_.empty()) {
    return refuse(fmt::format("edit block {} has no path above it", answer_.edits.size() + 1));
  }
  if (answer_.edits.size() == kMostEdits) {
    return refuse(fmt::format("the answer has more than {} edit blocks", kMostEdits));
  }
  if (answer_.edits.empty()) {
    const std::size_t path = prose_.rfind(last_line_);
    answer_.reasoning = trimmed(std::string_view(prose_).substr(0, path));
  }
  answer_.edits.push_back({.path = std::exchange(last_line_, {}), .search = {}, .replace = {}});
  in_ = In::kSearchPart;
  return {};
}

Result<void> AnswerReader::take(std::string_view raw) {
  const std::string_view line = without_return(raw);
  const std::size_t number = answer_.edits.size();
  if (in_ == In::kProse) {
    if (line == kSearch) return begin_block();
    if (line == kReplace) return refuse("the answer closes an edit block that it never opened");
    prose_ += fmt::format("{}\n", line);
    const std::string_view text = trimmed(line);
    if (!text.empty() && !text.starts_with("```") && !text.starts_with("~~~")) last_line_ = text;
    return {};
  }
  if (line == kSearch) return refuse(fmt::format("edit block {} is not closed", number));
  Edit& edit = answer_.edits.back();
  if (line == kSeparator) {
    if (in_ == In::kReplacePart) {
      return refuse(fmt::format("edit block {} has two separators", number));
    }
    in_ = In::kReplacePart;
  } else if (line == kReplace) {
    if (in_ == In::kSearchPart) {
      return refuse(fmt::format("edit block {} has no separator", number));
    }
    in_ = In::kProse;
  } else {
    (in_ == In::kSearchPart ? edit.search : edit.replace) += fmt::format("{}\n", line);
  }
  return {};
}

Result<Answer> AnswerReader::finish() {
  if (in_ != In::kProse) {
    return refuse(fmt::format("edit block {} is not closed", answer_.edits.size()));
  }
  if (answer_.edits.empty()) return refuse("the answer holds no edit block");
  return std::move(answer_);
}

std::string with_returns(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

bool uses_returns(std::string_view content) {
  const std::size_t end = content.find('\n');
  return end != std::string_view::npos && end > 0 && content[end - 1] == '\r';
}

/// Every place at which `search` stands as whole lines. A file's last line needs no line end.
std::vector<std::size_t> places_of(std::string_view content, std::string_view search) {
  std::vector<std::size_t> places;
  for (std::size_t at = content.find(search); at != std::string_view::npos;
       at = content.find(search, at + 1)) {
    if (at == 0 || content[at - 1] == '\n') places.push_back(at);
  }
  return places;
}

/// The line of `content` most like the first line searched.
std::string nearest_line(std::string_view content, std::string_view search) {
  std::vector<std::string> lines;
  for (const std::string_view line : split_lines(content)) lines.emplace_back(trimmed(line));
  const auto near = nearest(trimmed(search.substr(0, search.find('\n'))), lines);
  return near ? fmt::format("; the nearest line is: {}", printable_line(*near)) : std::string();
}

Result<void> make_edit(const Edit& edit, std::string& content) {
  const bool returns = uses_returns(content);
  const std::string search = returns ? with_returns(edit.search) : edit.search;
  const std::string replace = returns ? with_returns(edit.replace) : edit.replace;
  std::string ended = content;
  const bool had_end = content.empty() || content.ends_with('\n');
  if (!had_end) ended += returns ? "\r\n" : "\n";
  const std::vector<std::size_t> places = places_of(ended, search);
  if (places.size() != 1) {
    return refuse(fmt::format("the lines to replace in {} occur {} times, expected once{}",
                              printable_line(edit.path), places.size(),
                              places.empty() ? nearest_line(content, search) : std::string()));
  }
  ended.replace(places.front(), search.size(), replace);
  if (!had_end && ended.ends_with('\n')) ended.resize(ended.size() - (returns ? 2 : 1));
  content = std::move(ended);
  return {};
}

}  // namespace

Result<Answer> read_answer(std::string_view text) {
  AnswerReader reader;
  for (const std::string_view line : split_lines(text)) {
    if (auto taken = reader.take(line); !taken) return fail(taken.error());
  }
  return reader.finish();
}

Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits,
                                            const FileReader& read) {
  std::map<std::string, FileChange> files;
  for (const Edit& edit : edits) {
    auto found = files.find(edit.path);
    if (found == files.end()) {
      auto content = read(edit.path);
      if (!content) return fail(content.error());
      FileChange change{.path = edit.path, .original = *content, .modified = *content};
      found = files.emplace(edit.path, std::move(change)).first;
    }
    FileChange& file = found->second;
    if (edit.search.empty()) {
      if (file.modified) {
        return refuse(fmt::format("{} exists, and the block for it searches nothing",
                                  printable_line(edit.path)));
      }
      file.modified = edit.replace;
      continue;
    }
    if (!file.modified) {
      return refuse(fmt::format("there is no file {} to edit", printable_line(edit.path)));
    }
    if (auto made = make_edit(edit, *file.modified); !made) return fail(made.error());
  }
  std::vector<FileChange> changes;
  for (auto& [path, file] : files) {
    if (file.original != file.modified) changes.push_back(std::move(file));
  }
  if (changes.empty()) return refuse("the answer changes nothing");
  return changes;
}

}  // namespace automod::propose
