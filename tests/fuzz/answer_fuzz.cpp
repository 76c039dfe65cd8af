#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "engine/propose/edits.hpp"

/// Any bytes at all as a model's answer about two files. What is made of it is made twice alike,
/// of files that it names, and leaves alone what it does not search.

namespace {

using namespace automod;
using namespace automod::propose;
using Changes = std::vector<FileChange>;

const std::map<std::string, std::string, std::less<>>& files() {
  static const std::map<std::string, std::string, std::less<>> all{
      {"a", "1\n\t2\n\n3 \n1\n}\n"},
      {"d/b", "\xef\xbb\xbfx\r\ny\nz\xff\r\ny\nend"},
  };
  return all;
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check_refusal(const Error& error) {
  if (error.kind != ErrorKind::kRefused) give_up("refused for another reason");
  const auto is_control = [](char c) { return c != '\n' && c >= 0 && c < 0x20; };
  if (std::ranges::any_of(error.message, is_control)) give_up("a message that does harm");
  if (error.message.empty() || error.message.front() == '\n') give_up("a message without words");
}

Result<Changes> apply(const std::vector<Edit>& edits) {
  return apply_edits(edits, [](std::string_view path) -> Result<std::optional<std::string>> {
    const auto found = files().find(path);
    if (found == files().end()) return std::nullopt;
    return found->second;
  });
}

bool same(const FileChange& one, const FileChange& other) {
  return one.path == other.path && one.original == other.original && one.modified == other.modified;
}

void check_change(const FileChange& change, const std::set<std::string>& named) {
  if (!named.contains(change.path)) give_up("a file changed that no edit names");
  if (change.original == change.modified) give_up("a change that changes nothing");
  const auto base = files().find(change.path);
  if (change.original.has_value() != (base != files().end())) give_up("another base");
  if (change.original && *change.original != base->second) give_up("another content in the base");
}

/// Bytes that both begin and end with. A line end may go with the last line of a file.
void check_around(const Edit& edit, const std::string& before, const std::string& after) {
  const auto head =
      static_cast<std::size_t>(std::ranges::mismatch(before, after).in1 - before.begin());
  std::size_t tail = 0;
  const std::size_t most = std::min(before.size(), after.size()) - head;
  while (tail < most && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  const auto lines = static_cast<std::size_t>(std::ranges::count(edit.search, '\n'));
  if (head + tail + edit.search.size() + lines + 2 < before.size()) {
    give_up("bytes changed that were not searched");
  }
}

void check_edits(const std::vector<Edit>& edits) {
  const auto changes = apply(edits);
  const auto again = apply(edits);
  if (changes.has_value() != again.has_value()) give_up("refused once and not twice");
  if (!changes) return check_refusal(changes.error());
  if (!std::ranges::equal(*changes, *again, same)) give_up("changed otherwise the second time");
  std::set<std::string> named;
  for (const Edit& edit : edits) named.insert({edit.path, edit.new_path});
  for (const FileChange& change : *changes) check_change(change, named);
  if (edits.size() != 1 || edits[0].kind != EditKind::kReplace) return;
  check_around(edits[0], *changes->at(0).original, *changes->at(0).modified);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto answer = read_answer(text);
  if (!answer) {
    check_refusal(answer.error());
  } else if (answer->is_declined != answer->edits.empty()) {
    give_up("neither declined nor answered");
  } else {
    check_edits(answer->edits);
  }
  return 0;
}
