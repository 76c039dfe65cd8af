#include "engine/model/events.hpp"

#include <optional>

namespace automod::model {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The value of a line that is the field `name`; a name alone has an empty one.
std::optional<std::string_view> field(std::string_view line, std::string_view name) {
  if (line == name) return std::string_view();
  if (!line.starts_with(name) || line[name.size()] != ':') return std::nullopt;
  line.remove_prefix(name.size() + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

EventReader::State EventReader::feed(std::string_view bytes, const Take& take) {
  while (state_ == State::kReading && !bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + part.size() > most_) {
      state_ = State::kTooLong;
      break;
    }
    line_ += part;
    if (end == std::string_view::npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line(take);
  }
  return state_;
}

EventReader::State EventReader::finish(const Take& take) {
  if (state_ == State::kReading) dispatch(take);
  return state_;
}

void EventReader::end_line(const Take& take) {
  std::string_view line = line_;
  if (is_first_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  is_first_ = false;
  if (line.empty()) {
    dispatch(take);
  } else if (const auto data = field(line, "data")) {
    if (data_.size() + data->size() >= most_) state_ = State::kTooLong;
    if (has_data_) data_ += '\n';
    data_ += *data;
    has_data_ = true;
  }
  line_.clear();
}

void EventReader::dispatch(const Take& take) {
  if (!has_data_) return;
  has_data_ = false;
  if (!take(data_)) state_ = State::kStopped;
  data_.clear();
}

}  // namespace automod::model
