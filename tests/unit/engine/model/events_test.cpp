#include "engine/model/events.hpp"

#include "tests/unit/catch.hpp"

using namespace automod::model;

namespace {

using State = EventReader::State;

struct Read {
  std::vector<std::string> events;
  State state = State::kReading;
  friend bool operator==(const Read&, const Read&) = default;
};

constexpr std::size_t kMost = 20;

Read read(const std::vector<std::string_view>& pieces) {
  Read all;
  EventReader reader(kMost);
  const auto take = [&](std::string_view data) {
    all.events.emplace_back(data);
    return data != "stop";
  };
  for (const std::string_view piece : pieces) all.state = reader.feed(piece, take);
  all.state = reader.finish(take);
  return all;
}

}  // namespace

TEST_CASE("events are read as the standard says, wherever the bytes are cut") {
  struct Row {
    std::string_view bytes;
    Read read;
  };
  using namespace std::string_view_literals;
  const std::vector<Row> rows = {
      {"", {}},
      {"data: a\n\n", {{"a"}}},
      {"data:a\n\n", {{"a"}}},
      {"data:  a\n\n", {{" a"}}},  // one space belongs to the colon
      // Line ends of each kind, mixed.
      {"data: a\r\n\r\ndata: b\r\n\r\n", {{"a", "b"}}},
      {"data: a\r\rdata: b\r\r", {{"a", "b"}}},
      {"data: a\r\ndata: b\rdata: c\n\r\n", {{"a\nb\nc"}}},
      {"data: a\n\r\ndata: b\r\n\n", {{"a", "b"}}},
      // Several lines of data are one; other fields and comments are none.
      {"data: a\ndata:\ndata: b\n\n", {{"a\n\nb"}}},
      {"event: x\nid: 1\nretry: 5\ndata: a\n\n", {{"a"}}},
      {": comment\n\n:\n\ndata: a\n: more\n\n", {{"a"}}},
      {"event: x\n\n", {}},
      {"datas: a\ndat: b\nDATA: c\n data: d\n\n", {}},
      {"data\n\n", {{""}}},
      {"\xEF\xBB\xBF"
       "data: a\n\n",
       {{"a"}}},
      {"\n\xEF\xBB\xBF"
       "data: a\n\n",
       {}},  // only the first line has a mark
      {"data: a\0b\n\n"sv, {{std::string("a\0b", 3)}}},
      // What ends without its empty line.
      {"data: a\n", {{"a"}}},
      {"data: a\n\ndata: b", {{"a"}}},
      {"data: a", {}},
      // No more is wanted.
      {"data: stop\n\ndata: a\n\n", {{"stop"}, State::kStopped}},
      // Too long, as a line, as an event.
      {"data: 78901234567890\n\n", {{"78901234567890"}}},
      {"data: 789012345678901\n\n", {{}, State::kTooLong}},
      {"data: a\n\ndata: 789012345678901", {{"a"}, State::kTooLong}},
      {"data:90123456789\ndata:123456789\n\n", {{}, State::kTooLong}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CHECK(read({row.bytes}) == row.read);
    for (std::size_t cut = 0; cut <= row.bytes.size(); ++cut) {
      CAPTURE(cut);
      CHECK(read({row.bytes.substr(0, cut), row.bytes.substr(cut)}) == row.read);
    }
    std::vector<std::string_view> single;
    for (std::size_t at = 0; at < row.bytes.size(); ++at) single.push_back(row.bytes.substr(at, 1));
    CHECK(read(single) == row.read);
  }
}
