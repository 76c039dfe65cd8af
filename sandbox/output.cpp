#include "sandbox/output.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace automod::sandbox {

namespace {
constexpr std::uint64_t kNoteRoom = 64;  // for the line that marks the gap
}  // namespace

KeptOutput::KeptOutput(std::uint64_t limit) : limit_(limit) {}

void KeptOutput::add(std::string_view bytes) {
  seen_ += bytes.size();
  const std::size_t to_head =
      std::min<std::uint64_t>(bytes.size(), limit_ / 2 - std::min(limit_ / 2, head_.size()));
  head_.append(bytes.substr(0, to_head));
  bytes.remove_prefix(to_head);
  const std::size_t room = limit_ - limit_ / 2;
  if (bytes.size() > room) bytes.remove_prefix(bytes.size() - room);
  while (!bytes.empty()) {
    if (tail_.size() < room) {
      const std::size_t count = std::min(bytes.size(), room - tail_.size());
      tail_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      continue;
    }
    const std::size_t count = std::min(bytes.size(), room - tail_next_);
    std::copy_n(bytes.begin(), count, tail_.begin() + static_cast<std::ptrdiff_t>(tail_next_));
    tail_next_ = (tail_next_ + count) % room;
    bytes.remove_prefix(count);
  }
}

std::string KeptOutput::take() {
  std::rotate(tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(tail_next_), tail_.end());
  std::string kept = std::move(head_);
  if (cut()) {
    // The note takes its room from the end's first bytes.
    const std::size_t lost = std::min<std::uint64_t>(kNoteRoom, tail_.size());
    std::string note = fmt::format("\n[{} bytes not kept]\n", seen_ - limit_ + lost);
    note.resize(std::min(note.size(), lost));
    kept += note;
    tail_.erase(0, lost);
  }
  return kept += tail_;
}

}  // namespace automod::sandbox
