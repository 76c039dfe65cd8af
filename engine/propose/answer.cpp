#include "engine/propose/answer.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "engine/propose/answer_marks.hpp"
#include "engine/propose/file_lines.hpp"
#include "engine/propose/mistakes.hpp"
#include "engine/repo/path_rules.hpp"

namespace automod::propose {

namespace {

constexpr std::string_view kNoChange = "NO CHANGE";
constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr std::string_view kHint =
    "a block has its path alone on the line above; it goes from <<<<<<< SEARCH over ======= to "
    ">>>>>>> REPLACE, or from <<<<<<< FILE, DELETE or RENAME to >>>>>>> and the same word";
constexpr std::size_t kMostBytes = 8UL * 1024 * 1024;
constexpr std::size_t kMostLines = 200'000;
constexpr std::size_t kMostBlocks = 200;
constexpr std::size_t kMostProse = 16UL * 1024;

/// What was said, every line with a newline and nothing around them.
std::string prose(std::string_view text) {
  std::string out;
  text = trimmed(text);
  while (!text.empty()) out.append(take_line(text).text) += '\n';
  if (!out.empty()) out.pop_back();
  if (out.size() <= kMostProse) return out;
  std::size_t length = kMostProse;
  while ((static_cast<unsigned char>(out[length]) & 0xc0U) == 0x80U) --length;
  return out.substr(0, length) + "…";
}

/// Reads line by line; knows which part of which block it is in. Goes on after a mistake, so that
/// all of them are told.
class AnswerReader {
 public:
  explicit AnswerReader(std::string_view text) : text_(text) {}
  Result<ReadAnswer> read();

 private:
  void take_prose(std::string_view line);
  void take_fence(std::string_view line);
  void open(const Form& form);
  void begin(const Form& form);
  void take_part(const Line& line);
  void take_content(const Line& line);
  void close();
  void close_replace();
  void close_whole();
  void close_rename();
  Result<ReadAnswer> finish();

  std::optional<std::string> fault_of(std::string_view path) const;
  std::string_view before(std::size_t end) const;
  void complain(std::string_view what);
  void complain_of_block(std::string_view what);

  std::string_view text_;
  std::size_t number_ = 0;  // of the line, from 1
  std::size_t at_ = 0;      // where it begins
  Mistakes mistakes_;
  ReadAnswer answer_;
  std::size_t blocks_ = 0;

  // of the prose
  std::string_view last_;  // line that is neither empty nor a fence: what a block may be for
  std::size_t last_at_ = 0;
  bool is_fenced_ = false;  // behind a fence that was not closed yet
  std::size_t fence_at_ = 0;
  bool says_no_change_ = false;  // on a line of its own, the last one or not
  bool ends_in_no_change_ = false;
  std::string_view said_;  // above that line

  // of the block
  const Form* form_ = nullptr;  // of the one that is open
  Edit edit_;
  std::string part_;  // what was read of the part that is not at its end
  bool is_separated_ = false;
  bool is_spoiled_ = false;  // a mistake in it has been told
};

Result<ReadAnswer> AnswerReader::read() {
  for (std::string_view rest = text_; !rest.empty();) {
    at_ = text_.size() - rest.size();
    const Line line = take_line(rest);
    if (++number_ > kMostLines) {
      return fail(ErrorKind::kRefused,
                  fmt::format("the answer has more than {} lines", kMostLines));
    }
    if (form_ == nullptr) {
      take_prose(line.text);
    } else {
      take_part(line);
    }
  }
  return finish();
}

void AnswerReader::complain(std::string_view what) {
  mistakes_.add(fmt::format("line {} of the answer: {}", number_, what));
}

/// The first mistake in a block is told; what follows may come of it.
void AnswerReader::complain_of_block(std::string_view what) {
  if (is_spoiled_) return;
  is_spoiled_ = true;
  const std::string where = edit_.line == number_ ? "here" : fmt::format("in line {}", edit_.line);
  complain(fmt::format("the block {} that begins {} {}", form_->open, where, what));
}

/// What was said above a place; a fence that was opened there for a path belongs to the block.
std::string_view AnswerReader::before(std::size_t end) const {
  if (is_fenced_ && fence_at_ < end) {
    std::string_view between = text_.substr(fence_at_, end - fence_at_);
    take_line(between);
    if (trimmed(between).empty()) end = fence_at_;
  }
  return text_.substr(0, end);
}

void AnswerReader::take_fence(std::string_view line) {
  const bool closes = is_fenced_ && is_bare_fence(line);
  is_fenced_ = !closes;
  fence_at_ = at_;
  if (closes) last_ = {};
}

void AnswerReader::take_prose(std::string_view line) {
  if (const Form* form = form_opened_by(line)) return begin(*form);
  const std::string_view text = trimmed(line);
  if (text.empty()) return;
  if (is_fence(text)) return take_fence(text);
  last_ = {};
  ends_in_no_change_ = undecorated(text) == kNoChange;
  says_no_change_ = says_no_change_ || ends_in_no_change_;
  if (ends_in_no_change_) said_ = before(at_);
  if (closes_block(line)) {
    complain(fmt::format("{} closes a block that was never opened", in_quotes(text)));
  } else if (is_like_marker(text)) {
    complain(
        fmt::format("{} looks like a marker and is none: a marker stands alone on its line, "
                    "is written exactly as shown and not indented",
                    in_quotes(text)));
  } else {
    last_ = text;
    last_at_ = at_;
  }
}

void AnswerReader::open(const Form& form) {
  form_ = &form;
  edit_ = Edit{};
  edit_.kind = form.kind;
  edit_.line = number_;
  part_.clear();
  is_separated_ = false;
  is_spoiled_ = false;
  ++blocks_;
}

void AnswerReader::begin(const Form& form) {
  if (blocks_ == 0) answer_.reasoning = prose(before(last_.empty() ? at_ : last_at_));
  open(form);
  ends_in_no_change_ = false;
  const std::string_view line = std::exchange(last_, {});
  if (line.empty() || is_separator(line)) {
    return complain_of_block("has no path on the line above");
  }
  edit_.path = undecorated(line);
  if (const auto fault = fault_of(edit_.path)) {
    complain_of_block(fmt::format("cannot be for {}, which {}", in_quotes(line), *fault));
  }
}

std::optional<std::string> AnswerReader::fault_of(std::string_view path) const {
  if (path.find('`') != std::string_view::npos) return "is more than a path";
  return repo::fault_of_path(path);
}

void AnswerReader::take_part(const Line& line) {
  if (trimmed(line.text) == form_->close && closes_block(line.text)) return close();
  if (const Form* form = form_opened_by(line.text)) {
    complain_of_block(fmt::format("is not closed; another one begins, expected {}", form_->close));
    open(*form);
    is_spoiled_ = true;  // its path went into the block before
    return;
  }
  if (closes_block(line.text)) {
    complain_of_block(fmt::format("ends in {}, expected {}", trimmed(line.text), form_->close));
    return close();
  }
  if (form_->kind == EditKind::kReplace && is_separator(line.text)) {
    if (is_separated_) {
      return complain_of_block(
          "has two separators; where a line of the file is a separator, change the file without "
          "it, or write all of it in a block FILE");
    }
    is_separated_ = true;
    edit_.search = std::exchange(part_, {});
    return;
  }
  take_content(line);
}

void AnswerReader::take_content(const Line& line) {
  if (is_spoiled_) return;
  if (is_like_marker(line.text)) {
    return complain_of_block(
        fmt::format("holds {}, which could be a marker; lines like it cannot be written in a block",
                    in_quotes(trimmed(line.text))));
  }
  if (form_->kind == EditKind::kDelete) {
    return complain_of_block(fmt::format("holds lines, expected {} below it", form_->close));
  }
  if (line.text.ends_with('\r')) {
    return complain_of_block("has a line that ends in two carriage returns");
  }
  part_.append(line.text).append(line.end);
}

void AnswerReader::close() {
  if (!is_spoiled_) {
    if (form_->kind == EditKind::kReplace) close_replace();
    if (form_->kind == EditKind::kWhole) close_whole();
    if (form_->kind == EditKind::kRename) close_rename();
  }
  if (!is_spoiled_) answer_.edits.push_back(std::move(edit_));
  form_ = nullptr;
}

void AnswerReader::close_replace() {
  if (!is_separated_) return complain_of_block(fmt::format("has no separator {}", kSeparator));
  if (edit_.search.empty()) {
    return complain_of_block("searches nothing; a new file is written in a block FILE");
  }
  edit_.replace = std::move(part_);
}

void AnswerReader::close_whole() {
  const std::vector<Line> lines = lines_of(part_);
  if (lines.size() > 1 && is_fence(lines.front().text) && is_bare_fence(lines.back().text)) {
    return complain_of_block(
        "has a fence around its lines, which would become part of the file; expected the fence "
        "outside of the block");
  }
  edit_.replace = std::move(part_);
}

void AnswerReader::close_rename() {
  const std::vector<Line> lines = lines_of(part_);
  if (lines.size() != 1) {
    return complain_of_block(
        fmt::format("holds {}, expected one with the new path", counted(lines.size(), "line")));
  }
  edit_.new_path = undecorated(lines.front().text);
  if (const auto fault = fault_of(edit_.new_path)) {
    complain_of_block(
        fmt::format("cannot rename to {}, which {}", in_quotes(lines.front().text), *fault));
  }
}

Result<ReadAnswer> AnswerReader::finish() {
  if (blocks_ > kMostBlocks) {
    return fail(ErrorKind::kRefused, fmt::format("the answer has {} blocks, at most {} are allowed",
                                                 blocks_, kMostBlocks));
  }
  if (form_ != nullptr) {
    complain_of_block(fmt::format("is not closed; the answer ends, expected {}", form_->close));
  }
  if (blocks_ > 0 && says_no_change_) {
    mistakes_.add(
        fmt::format("the answer says {} and holds blocks, expected one of the two", kNoChange));
  }
  answer_.is_declined = blocks_ == 0 && ends_in_no_change_;
  if (blocks_ == 0 && !answer_.is_declined && mistakes_.empty()) {
    mistakes_.add(
        fmt::format("the answer holds no block and does not end in a line {}", kNoChange));
  }
  if (!mistakes_.empty()) return mistakes_.refuse(std::string(kHint));
  if (answer_.is_declined) answer_.reasoning = prose(said_);
  return std::move(answer_);
}

}  // namespace

std::string_view name(EditKind kind) {
  switch (kind) {
    case EditKind::kReplace:
      return "replace";
    case EditKind::kWhole:
      return "whole";
    case EditKind::kDelete:
      return "delete";
    case EditKind::kRename:
      return "rename";
  }
  return "replace";
}

Result<ReadAnswer> read_answer(std::string_view text) {
  if (text.size() > kMostBytes) {
    return fail(ErrorKind::kRefused, fmt::format("the answer has {} bytes, at most {} are allowed",
                                                 text.size(), kMostBytes));
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::kRefused, "the answer holds a zero byte, expected text");
  }
  if (valid_utf8(text) != text) return fail(ErrorKind::kRefused, "the answer is not UTF-8");
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  return AnswerReader(text).read();
}

}  // namespace automod::propose
