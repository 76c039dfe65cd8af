// Who is searching at the moment, and what they asked last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace wordrank {

using Seconds = std::int64_t;

struct Session {
  std::string user;
  std::string last_query;
  Seconds last_seen = 0;
};

/// Sessions in the order in which they were opened. Safe to use from several threads.
class SessionTable {
 public:
  explicit SessionTable(Seconds idle_after = 600) : idle_after_(idle_after) {}

  void open(const std::string& user, Seconds now);

  /// Notes that `user` asked `query`; opens a session if there is none.
  void record(const std::string& user, const std::string& query, Seconds now);

  std::optional<Session> find(const std::string& user) const;
  std::size_t size() const;

  /// Closes the sessions that have been idle for too long; returns how many.
  std::size_t expire(Seconds now);

  /// Marks every session as seen now; returns how many had been idle for too long before.
  std::size_t wake_all(Seconds now);

  /// One line a session: user, then the last query.
  std::string describe() const;

 private:
  void touch(const std::string& user, Seconds now);

  Seconds idle_after_;
  mutable std::mutex mutex_;
  std::vector<Session> sessions_;
};

}  // namespace wordrank
