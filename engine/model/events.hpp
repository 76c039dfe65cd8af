#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace automod::model {

/// Reads server-sent events (the HTML standard's "event stream interpretation") from bytes that
/// come in pieces: however they are cut, the events are the same. Names of events, ids and retry
/// times are left out: every provider says in the data what it is.
class EventReader {
 public:
  /// Told of the data of one event; false: no more is wanted.
  using Take = std::function<bool(std::string_view data)>;

  /// Neither a line nor the data of an event may be longer.
  explicit EventReader(std::size_t most_bytes) : most_(most_bytes) {}

  enum class State { kReading, kStopped, kTooLong };
  State feed(std::string_view bytes, const Take& take);
  /// After the last byte. An event whose last line is whole counts even where the empty line that
  /// should follow does not come; half a line never counts.
  State finish(const Take& take);

 private:
  void end_line(const Take& take);
  void dispatch(const Take& take);

  std::size_t most_;
  State state_ = State::kReading;
  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;  // a line feed that follows belongs to it
  bool is_first_ = true;   // only the first line may begin with a byte order mark
};

}  // namespace automod::model
