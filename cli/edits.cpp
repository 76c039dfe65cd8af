#include "cli/edits.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "cli/text.hpp"

namespace automod::cli {

namespace {

/// A path as git writes it in a diff: "a/x" or, with odd characters, a quoted C string.
std::string path_of(std::string_view text) {
  std::string path;
  if (!text.starts_with('"')) {
    path = text.substr(0, text.find('\t'));
  } else {
    for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        path += text[i];
      } else if (const char c = text[++i]; c >= '0' && c <= '3' && i + 2 < text.size()) {
        path += static_cast<char>((c - '0') * 64 + (text[i + 1] - '0') * 8 + (text[i + 2] - '0'));
        i += 2;
      } else {
        path += c == 't' ? '\t' : c == 'n' ? '\n' : c;
      }
    }
  }
  return path.size() > 2 && path[1] == '/' ? path.substr(2) : path;
}

std::size_t number_at(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

class PatchReader {
 public:
  std::vector<FileEdits> read(std::string_view patch) {
    for (const std::string_view line : split_lines(patch)) {
      in_hunk_ ? hunk_line(line) : header_line(line);
    }
    end_edit();
    return std::move(files_);
  }

 private:
  void header_line(std::string_view line) {
    if (line.starts_with("diff --git ")) {
      files_.emplace_back();
    } else if (files_.empty()) {
      return;
    } else if (line.starts_with("new file")) {
      files_.back().added = true;
    } else if (line.starts_with("deleted file")) {
      files_.back().deleted = true;
    } else if (line.starts_with("--- ") && line != "--- /dev/null") {
      files_.back().path = path_of(line.substr(4));
    } else if (line.starts_with("+++ ") && line != "+++ /dev/null") {
      if (files_.back().path.empty()) files_.back().path = path_of(line.substr(4));
    } else if (line.starts_with("@@ -")) {
      begin_hunk(line);
    }
  }

  void begin_hunk(std::string_view line) {
    old_left_ = new_left_ = 1;
    const std::string_view before = line.substr(4);
    const std::size_t plus = before.find('+');
    if (plus == std::string_view::npos) return;
    const std::string_view after = before.substr(plus + 1);
    old_left_ = length_of(before.substr(0, plus));
    new_left_ = length_of(after.substr(0, after.find(' ')));
    // "-5,0" stands behind line 5, "-5,2" at it.
    old_line_ = number_at(before) + (old_left_ == 0 ? 1 : 0);
    in_hunk_ = true;
  }

  static std::size_t length_of(std::string_view range) {
    const std::size_t comma = range.find(',');
    return comma == std::string_view::npos ? 1 : number_at(range.substr(comma + 1));
  }

  void hunk_line(std::string_view line) {
    if (line.starts_with('\\')) return open_end();
    if (old_left_ == 0 && new_left_ == 0) {
      end_edit();
      in_hunk_ = false;
      return header_line(line);
    }
    const char kind = line.empty() ? ' ' : line[0];
    last_ = kind;
    if (kind == ' ') end_edit();
    if (kind != ' ' && !editing_) {
      editing_ = true;
      edit_ = {.line = old_line_};
    }
    if (kind == '+') {
      edit_.inserted.append(line.substr(1)).append("\n");
    } else if (kind == '-') {
      ++edit_.removed;
      edit_.last_width = width_of(line.substr(1));
    }
    if (kind != '+') {
      ++old_line_;
      old_left_ -= std::min<std::size_t>(old_left_, 1);
    }
    if (kind != '-') new_left_ -= std::min<std::size_t>(new_left_, 1);
  }

  /// "\ No newline at end of file" speaks of the line before it.
  void open_end() {
    if (last_ == '+' && !edit_.inserted.empty()) edit_.inserted.pop_back();
    if (last_ == '-') edit_.removed_ends_open = true;
  }

  void end_edit() {
    if (editing_ && !files_.empty()) files_.back().edits.push_back(std::move(edit_));
    editing_ = false;
    edit_ = {};
  }

  std::vector<FileEdits> files_;
  bool in_hunk_ = false;
  bool editing_ = false;
  char last_ = ' ';
  Edit edit_;
  std::size_t old_line_ = 1;
  std::size_t old_left_ = 0;
  std::size_t new_left_ = 0;
};

}  // namespace

std::vector<FileEdits> edits_of(std::string_view patch) { return PatchReader().read(patch); }

bool touches(const FileEdits& file, std::size_t line) {
  return std::ranges::any_of(file.edits, [line](const Edit& edit) {
    return line + 1 >= edit.line && line <= edit.line + edit.removed;
  });
}

}  // namespace automod::cli
