#include "engine/repo/diff_text.hpp"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>

#include "engine/repo/handles.hpp"

namespace automod::repo {

namespace {

constexpr std::string_view kNoId = "0000000000000000000000000000000000000000";

int add_line(const git_diff_delta* /*delta*/, const git_diff_hunk* /*hunk*/,
             const git_diff_line* line, void* payload) {
  auto& text = *static_cast<std::string*>(payload);
  switch (line->origin) {
    case GIT_DIFF_LINE_CONTEXT:
    case GIT_DIFF_LINE_ADDITION:
    case GIT_DIFF_LINE_DELETION:
      text += line->origin;
      break;
    case GIT_DIFF_LINE_HUNK_HDR:
    case GIT_DIFF_LINE_CONTEXT_EOFNL:
    case GIT_DIFF_LINE_ADD_EOFNL:
    case GIT_DIFF_LINE_DEL_EOFNL:
      break;
    default:  // the headers, which we write ourselves
      return 0;
  }
  text.append(line->content, line->content_len);
  return 0;
}

Result<std::string> hunks(const std::string& before, const std::string& after) {
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
  options.context_lines = 3;
  options.interhunk_lines = 0;
  Handle<git_patch> patch;
  int code = git_patch_from_buffers(Fill(patch), before.data(), before.size(), nullptr,
                                    after.data(), after.size(), nullptr, &options);
  std::string text;
  if (code == 0) code = git_patch_print(patch.get(), add_line, &text);
  if (code < 0) return fail_git("comparing two files", code);
  return text;
}

std::string name_line(std::string_view mark, const std::string& name) {
  // A blank could be the end of the name, so git ends such names by a tab.
  return fmt::format("{} {}{}\n", mark, name, name.find(' ') != std::string::npos ? "\t" : "");
}

std::string mode_lines(const std::optional<DiffSide>& before,
                       const std::optional<DiffSide>& after) {
  if (!before) return fmt::format("new file mode {:06o}\n", after->mode);
  if (!after) return fmt::format("deleted file mode {:06o}\n", before->mode);
  if (before->mode == after->mode) return "";
  return fmt::format("old mode {:06o}\nnew mode {:06o}\n", before->mode, after->mode);
}

}  // namespace

std::string quote_path(std::string_view path) {
  std::string quoted;
  bool needed = false;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr std::string_view kEscaped = "\a\b\t\n\v\f\r\"\\";
    constexpr std::string_view kLetters = "abtnvfr\"\\";
    if (const std::size_t at = kEscaped.find(c); at != std::string_view::npos) {
      quoted += '\\';
      quoted += kLetters[at];
      needed = true;
    } else if (byte < 0x20 || byte >= 0x7f) {
      quoted += fmt::format("\\{:03o}", byte);
      needed = true;
    } else {
      quoted += c;
    }
  }
  return needed ? fmt::format("\"{}\"", quoted) : quoted;
}

Result<std::string> blob_id(std::string_view content) {
  git_oid id{};
  const int code = git_odb_hash(&id, content.data(), content.size(), GIT_OBJECT_BLOB);
  if (code < 0) return fail_git("hashing a file", code);
  return format_id(id);
}

Result<std::string> diff_file(std::string_view path, const std::optional<DiffSide>& before,
                              const std::optional<DiffSide>& after) {
  const std::string old_name = quote_path(fmt::format("a/{}", path));
  const std::string new_name = quote_path(fmt::format("b/{}", path));
  std::string text = fmt::format("diff --git {} {}\n", old_name, new_name);
  text += mode_lines(before, after);
  const std::string_view old_id = before ? std::string_view(before->id) : kNoId;
  const std::string_view new_id = after ? std::string_view(after->id) : kNoId;
  if (old_id == new_id) return text;
  text += fmt::format("index {}..{}", old_id, new_id);
  if (before && after && before->mode == after->mode) text += fmt::format(" {:06o}", after->mode);
  text += '\n';
  const auto body = hunks(before ? before->content : "", after ? after->content : "");
  if (!body) return body;
  if (body->empty()) return text;
  text += name_line("---", before ? old_name : "/dev/null");
  text += name_line("+++", after ? new_name : "/dev/null");
  return text + *body;
}

}  // namespace automod::repo
