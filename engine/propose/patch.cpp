#include "engine/propose/patch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "engine/propose/mail.hpp"
#include "engine/propose/places.hpp"
#include "engine/repo/diff_text.hpp"
#include "engine/repo/unified_diff.hpp"

namespace automod::propose {

namespace {

constexpr std::size_t kLargestFile = 64UL * 1024 * 1024;

std::unexpected<Error> refuse(std::string_view path, std::string_view why) {
  return fail(ErrorKind::kRefused, fmt::format("'{}' {}", printable_line(path), why));
}

std::unexpected<Error> refuse_count(std::size_t found, std::size_t limit) {
  return fail(ErrorKind::kRefused,
              fmt::format("the change touches {} files, at most {} are allowed", found, limit),
              "split it, or raise limits.patch_files in automod.toml");
}

std::unexpected<Error> refuse_size(std::size_t found, std::size_t limit) {
  return fail(ErrorKind::kRefused,
              fmt::format("the change is {} bytes long, at most {} are allowed", found, limit),
              "split it, or raise limits.patch_kb in automod.toml");
}

bool is_binary(const std::optional<std::string>& content) {
  return content && content->find('\0') != std::string::npos;
}

bool changes_nothing(const FileChange& file) {
  return file.original == file.modified && file.original_executable == file.executable;
}

Result<void> check_file(const repo::Repository& repo, const TreeId& base, const FileChange& file) {
  if (!file.original && !file.modified) return refuse(file.path, "exists on neither side");
  if (file.original && changes_nothing(file)) return refuse(file.path, "does not change");
  if (is_binary(file.original) || is_binary(file.modified)) {
    return refuse(file.path, "holds binary content, which cannot be judged");
  }
  for (const auto* content : {&file.original, &file.modified}) {
    if (*content && (*content)->size() > kLargestFile) {
      return refuse(file.path, fmt::format("has more than {} bytes", kLargestFile));
    }
  }
  const auto held = repo.read(base, file.path, kLargestFile);
  if (!held) return fail(held.error());
  if (*held == file.original) return {};
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' {}", printable_line(file.path),
                          !*held          ? "is not in the base"
                          : file.original ? "has other content in the base"
                                          : "is in the base already"),
              "make the change against the base it is meant for");
}

std::optional<repo::DiffSide> side_of(const std::optional<std::string>& content, bool executable) {
  if (!content) return std::nullopt;
  // Only whether the ids differ decides what the diff shows; their digits do not change its size.
  return repo::DiffSide{.mode = executable ? 0100755U : 0100644U, .content = *content, .id = {}};
}

Result<std::size_t> diff_size(const FileChange& file) {
  auto before = side_of(file.original, file.original_executable);
  auto after = side_of(file.modified, file.executable);
  for (auto* side : {&before, &after}) {
    if (!*side) continue;
    auto id = repo::blob_id((*side)->content);
    if (!id) return fail(id.error());
    (*side)->id = std::move(*id);
  }
  const auto text = repo::diff_file(file.path, before, after);
  if (!text) return fail(text.error());
  return text->size();
}

Places places_of(const std::vector<FileChange>& files) {
  Places places;
  for (const FileChange& file : files) {
    if (file.original) places.removed.insert(file.path);
    if (file.modified) places.written.insert(file.path);
  }
  return places;
}

Places places_of(const std::vector<repo::FilePatch>& patches) {
  Places places;
  for (const repo::FilePatch& patch : patches) {
    if (!patch.old_path.empty() && patch.action != repo::PatchAction::kCopy) {
      places.removed.insert(patch.old_path);
    }
    if (!patch.new_path.empty()) places.written.insert(patch.new_path);
  }
  return places;
}

std::size_t count_files(const Places& places) {
  std::size_t count = places.written.size();
  for (const std::string& path : places.removed) count += places.written.contains(path) ? 0 : 1;
  return count;
}

bool is_header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  return std::ranges::all_of(line.substr(0, colon), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

bool is_subject(std::string_view line) {
  constexpr std::string_view kSubject = "subject:";
  return line.size() >= kSubject.size() &&
         std::equal(kSubject.begin(), kSubject.end(), line.begin(), [](char want, char c) {
           return want == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
         });
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kBlank) + 1 - first));
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<void> check_changes(const repo::Repository& repo, const TreeId& base,
                           const std::vector<FileChange>& files, const PatchLimits& limits) {
  if (files.empty()) return fail(ErrorKind::kRefused, "the change changes nothing");
  if (files.size() > limits.files) return refuse_count(files.size(), limits.files);
  std::set<std::string_view> seen;
  for (const FileChange& file : files) {
    if (!seen.insert(file.path).second) return refuse(file.path, "is changed twice");
  }
  if (auto done = check_places(repo, base, places_of(files)); !done) return done;
  std::size_t size = 0;
  for (const FileChange& file : files) {
    if (auto done = check_file(repo, base, file); !done) return done;
    const auto more = diff_size(file);
    if (!more) return fail(more.error());
    size += *more;
    if (size > limits.bytes) return refuse_size(size, limits.bytes);
  }
  return {};
}

Result<std::vector<FileChange>> read_patch(const repo::Repository& repo, const TreeId& base,
                                           std::string_view text, const PatchLimits& limits) {
  if (text.size() > limits.bytes) return refuse_size(text.size(), limits.bytes);
  const auto patches = repo::parse_diff(text);
  if (!patches) return fail(patches.error());
  const Places places = places_of(*patches);
  if (count_files(places) > limits.files) return refuse_count(count_files(places), limits.files);
  if (auto done = check_places(repo, base, places); !done) return fail(done.error());
  auto files = repo.apply(base, text);
  if (!files) return files;
  if (auto done = check_changes(repo, base, *files, limits); !done) return fail(done.error());
  return files;
}

PatchText read_patch_header(std::string_view text) {
  std::string_view rest = repo::before_diff(text);
  PatchText found;
  std::string subject;
  bool any = false;
  bool in_subject = false;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line.empty()) {
      if (any) break;
      continue;
    }
    if (repo::begins_mail(line)) continue;
    if (line.starts_with(' ') || line.starts_with('\t')) {
      if (in_subject) subject += line;
      continue;
    }
    if (!is_header_line(line)) return {};  // no mail
    any = true;
    in_subject = is_subject(line);
    if (in_subject) subject = line.substr(line.find(':') + 1);
  }
  const std::string decoded = decode_header(subject);
  found.subject = strip_patch_tag(decoded);
  std::string body;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line == "---") break;
    body += line;
    body += '\n';
  }
  found.body = valid_utf8(trimmed(body));
  return found;
}

}  // namespace automod::propose
