#include "engine/repo/unified_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/repo/patch_lines.hpp"
#include "engine/repo/path_rules.hpp"

namespace automod::repo {

namespace {

constexpr std::string_view kNothing = "/dev/null";
constexpr std::string_view kGitLine = "diff --git ";

std::string shown(std::string_view text) {
  constexpr std::size_t kMostShown = 80;
  return printable_line(text.substr(0, kMostShown));
}

bool begins_plain_file(const LineReader& lines) {
  return lines.peek().starts_with("--- ") && lines.peek_after().starts_with("+++ ");
}

bool begins_file(const LineReader& lines) {
  return lines.peek().starts_with(kGitLine) || begins_plain_file(lines);
}

/// What the header of one file says before any of it is believed.
struct Header {
  std::optional<std::pair<std::string, std::string>> names;  // of the "diff --git" line
  std::optional<std::string> old_name;                       // of the "---" line
  std::optional<std::string> new_name;                       // of the "+++" line
  std::optional<std::string> from;                           // of rename and copy lines
  std::optional<std::string> to;
  bool git = false;
  bool renames = false;
  bool copies = false;
  bool creates = false;
  bool deletes = false;
  std::optional<unsigned> old_mode;
  std::optional<unsigned> new_mode;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lines_(text) {}

  Result<std::vector<FilePatch>> parse() {
    std::vector<FilePatch> files;
    if (auto done = skip_preface(); !done) return fail(done.error());
    while (!lines_.at_end()) {
      const std::string_view line = lines_.peek();
      if (begins_file(lines_)) {
        auto file = parse_file();
        if (!file) return fail(file.error());
        files.push_back(std::move(*file));
      } else if (line == "-- ") {
        if (auto done = skip_signature(); !done) return fail(done.error());
      } else if (line.empty() || is_command_line(line)) {
        lines_.skip();
      } else {
        return fail_between(line);
      }
    }
    return files;
  }

 private:
  std::unexpected<Error> fail_here(std::string_view what, ErrorKind kind = ErrorKind::kUsage,
                                   std::string hint = {}) const {
    return fail_line(lines_.number(), what, kind, std::move(hint));
  }

  std::unexpected<Error> fail_mails() const {
    return fail_here("a second mail begins here, and each is one change", ErrorKind::kUsage,
                     "hand them over one by one, or squashed: git diff BASE HEAD");
  }

  /// "diff -ruN a/x b/x", which other programs than git write above each file.
  bool is_command_line(std::string_view line) const {
    return line.starts_with("diff -") && !line.starts_with("diff --") &&
           lines_.peek_after().starts_with("--- ");
  }

  std::unexpected<Error> fail_between(std::string_view line) const {
    if (begins_mail(line)) return fail_mails();
    if (is_binary(line)) return fail_binary();
    if (line.starts_with("diff --cc ") || line.starts_with("diff --combined ")) {
      return fail_here("this is the combined diff of a merge", ErrorKind::kUsage,
                       "compare with one parent: git diff PARENT MERGE");
    }
    if (line.starts_with('+') || line.starts_with('-') || line.starts_with(' ')) {
      return fail_here("the hunk goes on, but its header announces no more lines");
    }
    return fail_here(fmt::format("expected a file or a hunk, found '{}'", shown(line)));
  }

  static bool is_binary(std::string_view line) {
    return line == "GIT binary patch" ||
           (line.starts_with("Binary files ") && line.ends_with(" differ"));
  }

  std::unexpected<Error> fail_binary() const {
    return fail_here("binary content cannot be judged", ErrorKind::kRefused);
  }

  Result<void> skip_preface() {
    bool in_mail = false;
    while (!lines_.at_end() && !begins_file(lines_)) {
      const std::string_view line = lines_.peek();
      if (begins_mail(line)) {
        if (in_mail) return fail_mails();
        in_mail = true;
      }
      const bool combined = line.starts_with("diff --cc ") || line.starts_with("diff --combined ");
      if (combined || is_binary(line)) return fail_between(line);
      if (line.starts_with("@@ -")) return fail_here("no file is named above this hunk");
      lines_.skip();
    }
    if (!lines_.at_end()) return {};
    return fail(ErrorKind::kUsage, "there is no unified diff in it",
                "make one with git diff or git format-patch");
  }

  /// "-- " and what a mail program or git put below it. It must not hide a change.
  Result<void> skip_signature() {
    for (; !lines_.at_end(); lines_.skip()) {
      const std::string_view line = lines_.peek();
      if (begins_mail(line)) return fail_mails();
      if (begins_file(lines_) || line.starts_with("@@ ")) {
        return fail_here("a change stands below the signature of the mail");
      }
    }
    return {};
  }

  Result<FilePatch> parse_file() {
    Header header;
    const std::size_t at = lines_.number();
    if (auto done = parse_header(header); !done) return fail(done.error());
    auto file = make_file(header, at);
    if (!file) return file;
    while (!lines_.at_end() && lines_.peek().starts_with("@@")) {
      auto hunk = parse_hunk();
      if (!hunk) return fail(hunk.error());
      if (auto done = check_order(*file, *hunk); !done) return fail(done.error());
      file->hunks.push_back(std::move(*hunk));
    }
    if (auto done = check_file(*file, header); !done) return fail(done.error());
    return file;
  }

  Result<void> parse_header(Header& header) {
    if (lines_.peek().starts_with(kGitLine)) {
      header.git = true;
      if (auto done = check_line_end(); !done) return done;
      header.names = split_names(lines_.peek().substr(kGitLine.size()));
      lines_.skip();
      for (bool more = true; more;) {
        auto known = parse_extended(header);
        if (!known) return fail(known.error());
        more = *known;
      }
    }
    if (!begins_plain_file(lines_)) return {};
    for (auto* name : {&header.old_name, &header.new_name}) {
      if (auto done = check_line_end(); !done) return done;
      *name = header_name(lines_.peek().substr(4));
      if (!*name || (*name)->empty()) return fail_here("no file is named here");
      lines_.skip();
    }
    if (!lines_.at_end() && lines_.peek().starts_with("@@")) return {};
    return fail_here("expected a hunk ('@@ -1,3 +1,4 @@') after the names of the file");
  }

  Result<void> check_line_end() const {
    if (!lines_.peek().ends_with('\r')) return {};
    return fail_here("the patch's own lines end in CR LF", ErrorKind::kUsage,
                     "hand it over as git wrote it, with lines that end in LF");
  }

  /// One of git's header lines; false when the next line is none.
  Result<bool> parse_extended(Header& header) {
    const std::string_view line = lines_.peek();
    if (lines_.at_end() || line.starts_with("@@") || line.starts_with(kGitLine) ||
        begins_plain_file(lines_)) {
      return false;
    }
    if (!lines_.peek_whole().ends_with('\n')) {
      return fail_here("the patch ends in the middle of a line");
    }
    if (is_binary(line)) return fail_binary();
    if (line.starts_with("similarity index ") || line.starts_with("dissimilarity index ")) {
      lines_.skip();
      return true;
    }
    if (line.starts_with("index ")) return parse_index(header);
    if (auto known = parse_mode_line(header); !known || *known) return known;
    if (auto known = parse_rename(header); !known || *known) return known;
    // Where a file without hunks ends.
    if (line.empty() || line == "-- " || begins_mail(line) || is_command_line(line)) return false;
    return fail_between(line);
  }

  Result<bool> parse_index(Header& header) {
    std::string_view rest = lines_.peek().substr(6);
    if (const std::size_t blank = rest.find(' '); blank != std::string_view::npos) {
      if (header.old_mode || header.new_mode) return fail_here("the file mode is given twice");
      const auto mode = parse_mode(rest.substr(blank + 1), lines_.number());
      if (!mode) return fail(mode.error());
      header.old_mode = *mode;
      header.new_mode = *mode;
      rest = rest.substr(0, blank);
    }
    const bool ids = rest.find("..") != std::string_view::npos &&
                     rest.find_first_not_of("0123456789abcdef.") == std::string_view::npos;
    if (!ids) return fail_here(fmt::format("expected two object ids, found '{}'", shown(rest)));
    lines_.skip();
    return true;
  }

  Result<bool> parse_mode_line(Header& header) {
    struct Row {
      std::string_view begin;
      std::optional<unsigned> Header::* mode;
      bool Header::* flag;
    };
    static constexpr Row kRows[] = {
        {"old mode ", &Header::old_mode, nullptr},
        {"new mode ", &Header::new_mode, nullptr},
        {"new file mode ", &Header::new_mode, &Header::creates},
        {"deleted file mode ", &Header::old_mode, &Header::deletes},
    };
    for (const Row& row : kRows) {
      if (!lines_.peek().starts_with(row.begin)) continue;
      const auto mode = parse_mode(lines_.peek().substr(row.begin.size()), lines_.number());
      if (!mode) return fail(mode.error());
      if (header.*row.mode) return fail_here("the file mode is given twice");
      header.*row.mode = *mode;
      if (row.flag != nullptr) header.*row.flag = true;
      lines_.skip();
      return true;
    }
    return false;
  }

  Result<bool> parse_rename(Header& header) {
    struct Row {
      std::string_view begin;
      std::optional<std::string> Header::* name;
      bool Header::* flag;
    };
    static constexpr Row kRows[] = {
        {"rename from ", &Header::from, &Header::renames},
        {"rename to ", &Header::to, &Header::renames},
        {"copy from ", &Header::from, &Header::copies},
        {"copy to ", &Header::to, &Header::copies},
    };
    for (const Row& row : kRows) {
      if (!lines_.peek().starts_with(row.begin)) continue;
      if (auto done = check_line_end(); !done) return fail(done.error());
      if (header.*row.name) return fail_here("the file is named twice");
      header.*row.name = plain_name(lines_.peek().substr(row.begin.size()));
      if (!(header.*row.name)) return fail_here("no file is named here");
      header.*row.flag = true;
      lines_.skip();
      return true;
    }
    return false;
  }

  Result<FilePatch> make_file(Header& header, std::size_t at) const {
    FilePatch file{.old_mode = header.old_mode, .new_mode = header.new_mode, .at = at};
    if (header.old_name == kNothing) header.creates = true;
    if (header.new_name == kNothing) header.deletes = true;
    const int kinds =
        int{header.creates} + int{header.deletes} + int{header.renames} + int{header.copies};
    if (kinds > 1) return fail_line(at, "the header says two different things of one file");
    if (header.renames || header.copies) {
      file.action = header.renames ? PatchAction::kRename : PatchAction::kCopy;
      if (!header.from || !header.to) return fail_line(at, "only one end of a rename is named");
      file.old_path = *header.from;
      file.new_path = *header.to;
    } else {
      auto path = path_of(header, at);
      if (!path) return fail(path.error());
      file.action = header.creates   ? PatchAction::kCreate
                    : header.deletes ? PatchAction::kDelete
                                     : PatchAction::kModify;
      if (!header.creates) file.old_path = *path;
      if (!header.deletes) file.new_path = *path;
    }
    if (auto done = check_names(header, file); !done) return fail(done.error());
    return file;
  }

  /// The one path of a file that keeps its name.
  static Result<std::string> path_of(const Header& header, std::size_t at) {
    if (header.git && !header.names) return fail_prefix(at, {});
    if (header.names) {
      if (auto path = common_path(header.names->first, header.names->second)) return *path;
      return fail_prefix(at, header.names->second);
    }
    if (header.creates || header.deletes) {
      const std::string& name = header.creates ? *header.new_name : *header.old_name;
      if (name.size() > 2 && name.starts_with(header.creates ? "b/" : "a/")) {
        return name.substr(2);
      }
      return fail_prefix(at, name);
    }
    if (auto path = common_path(*header.old_name, *header.new_name)) return *path;
    return fail_prefix(at, *header.new_name);
  }

  static std::unexpected<Error> fail_prefix(std::size_t at, std::string_view name) {
    if (const auto fault = fault_of_path(name); fault && !name.empty()) {
      return fail_line(at, fmt::format("path '{}' {}", shown(name), *fault), ErrorKind::kRefused);
    }
    return fail_line(at, "the two names of the file do not read 'a/PATH' and 'b/PATH'",
                     ErrorKind::kUsage, "make it with: git diff --src-prefix=a/ --dst-prefix=b/");
  }

  /// All lines of the header must name the same file, and one that a tree may hold.
  static Result<void> check_names(const Header& header, const FilePatch& file) {
    for (const std::string* path : {&file.old_path, &file.new_path}) {
      if (path->empty()) continue;
      if (const auto fault = fault_of_path(*path)) {
        return fail_line(file.at, fmt::format("path '{}' {}", shown(*path), *fault),
                         ErrorKind::kRefused);
      }
    }
    const auto agrees = [](const std::string& name, const std::string& path) {
      if (path.empty()) return name == kNothing;
      return name.size() > 2 && name[1] == '/' && name.substr(2) == path;
    };
    bool same = true;
    if (header.old_name) {
      same = agrees(*header.old_name, file.old_path) && agrees(*header.new_name, file.new_path);
    }
    if (header.names) {
      const std::string& old_path = file.old_path.empty() ? file.new_path : file.old_path;
      const std::string& new_path = file.new_path.empty() ? file.old_path : file.new_path;
      same =
          same && agrees(header.names->first, old_path) && agrees(header.names->second, new_path);
    }
    if (!same) return fail_line(file.at, "the lines of the header name different files");
    return {};
  }

  Result<Hunk> parse_hunk() {
    const auto header = parse_hunk_header(lines_.peek());
    if (!header) {
      return fail_here(fmt::format("expected '@@ -1,3 +1,4 @@', found '{}'", shown(lines_.peek())));
    }
    Hunk hunk{.old_start = header->old_start,
              .old_count = header->old_count,
              .new_start = header->new_start,
              .new_count = header->new_count,
              .lines = {},
              .at = lines_.number()};
    if ((hunk.old_count > 0 && hunk.old_start == 0) ||
        (hunk.new_count > 0 && hunk.new_start == 0)) {
      return fail_here("lines are counted from 1");
    }
    lines_.skip();
    std::size_t old_left = hunk.old_count;
    std::size_t new_left = hunk.new_count;
    while (old_left > 0 || new_left > 0) {
      if (auto done = parse_hunk_line(hunk, old_left, new_left); !done) return fail(done.error());
    }
    if (!lines_.at_end() && lines_.peek().starts_with("\\ ")) {
      if (auto done = take_newline(hunk); !done) return fail(done.error());
    }
    const bool changes =
        std::ranges::any_of(hunk.lines, [](const HunkLine& line) { return line.origin != ' '; });
    if (!changes) return fail_line(hunk.at, "the hunk changes nothing");
    return hunk;
  }

  Result<void> parse_hunk_line(Hunk& hunk, std::size_t& old_left, std::size_t& new_left) {
    const std::string_view whole = lines_.peek_whole();
    if (whole.empty() || !whole.ends_with('\n')) {
      return fail_here(fmt::format("the patch ends in the middle of a hunk; {} old and {} new "
                                   "lines of it are missing",
                                   old_left, new_left),
                       ErrorKind::kUsage, "was its end cut off, or its last line's newline?");
    }
    const char origin = whole == "\n" ? ' ' : whole.front();  // some mailers strip that blank
    if (origin == '\\') return take_newline(hunk);
    const bool is_old = origin == ' ' || origin == '-';
    const bool is_new = origin == ' ' || origin == '+';
    if (!is_old && !is_new) {
      return fail_here(
          fmt::format("the hunk's header announces {} more old and {} more new lines, "
                      "found '{}'",
                      old_left, new_left, shown(lines_.peek())));
    }
    if ((is_old && old_left == 0) || (is_new && new_left == 0)) {
      return fail_here(fmt::format("the hunk has more {} lines than its header announces",
                                   is_old && old_left == 0 ? "old" : "new"));
    }
    old_left -= is_old ? 1 : 0;
    new_left -= is_new ? 1 : 0;
    hunk.lines.push_back({.origin = origin, .text = whole == "\n" ? whole : whole.substr(1)});
    lines_.skip();
    return {};
  }

  /// "\ No newline at end of file" speaks of the line above it.
  Result<void> take_newline(Hunk& hunk) {
    // The words may be in any language; git tells them by their length, and so do we.
    constexpr std::size_t kShortest = 12;
    if (!lines_.peek().starts_with("\\ ") || lines_.peek_whole().size() < kShortest ||
        hunk.lines.empty() || !hunk.lines.back().text.ends_with('\n')) {
      return fail_here(fmt::format("expected a line of a hunk, found '{}'", shown(lines_.peek())));
    }
    hunk.lines.back().text.remove_suffix(1);
    lines_.skip();
    return {};
  }

  static Result<void> check_order(const FilePatch& file, const Hunk& hunk) {
    if (file.hunks.empty()) return {};
    const Hunk& last = file.hunks.back();
    const auto begin = [](const Hunk& h) { return h.old_start + (h.old_count == 0 ? 1 : 0); };
    if (begin(hunk) >= begin(last) + last.old_count && begin(hunk) > begin(last)) return {};
    return fail_line(hunk.at, "the hunk begins before the one above it ends");
  }

  static Result<void> check_file(const FilePatch& file, const Header& header) {
    const bool creates = file.action == PatchAction::kCreate;
    const bool deletes = file.action == PatchAction::kDelete;
    const bool fits =
        (!creates && !deletes) ||
        (file.hunks.size() <= 1 && std::ranges::all_of(file.hunks, [&](const Hunk& hunk) {
           return (creates ? hunk.old_count : hunk.new_count) == 0;
         }));
    if (!fits) {
      return fail_line(file.at,
                       creates ? "a new file has old lines" : "a deleted file has new lines");
    }
    if (!creates && !deletes && header.old_mode.has_value() != header.new_mode.has_value()) {
      return fail_line(file.at, "only one of old and new file mode is given");
    }
    const bool new_mode = header.old_mode != header.new_mode;
    if (file.action == PatchAction::kModify && file.hunks.empty() && !new_mode) {
      return fail_line(file.at, "nothing of this file changes");
    }
    return {};
  }

  LineReader lines_;
};

}  // namespace

bool begins_mail(std::string_view line) {
  constexpr std::string_view kFrom = "From ";
  if (line.size() < kFrom.size() + 41 || !line.starts_with(kFrom)) return false;
  return line.substr(kFrom.size(), 40).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos &&
         line[kFrom.size() + 40] == ' ';
}

std::string_view before_diff(std::string_view text) {
  LineReader lines(text);
  while (!lines.at_end() && !begins_file(lines)) lines.skip();
  return text.substr(0, text.size() - lines.rest().size());
}

Result<std::vector<FilePatch>> parse_diff(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return fail(ErrorKind::kUsage, "the patch is written in UTF-16",
                "write it as bytes: git diff --output=FILE");
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::kRefused, "the patch carries binary content");
  }
  return Parser(text).parse();
}

}  // namespace automod::repo
