#include "wordrank/sessions.hpp"

#include <algorithm>

namespace wordrank {

namespace {

template <typename Sessions>
auto session_of(Sessions& sessions, const std::string& user) {
  return std::find_if(sessions.begin(), sessions.end(),
                      [&](const Session& session) { return session.user == user; });
}

}  // namespace

void SessionTable::open(const std::string& user, Seconds now) {
  std::lock_guard<std::mutex>{mutex_};
  sessions_.push_back({user, "", now});
}

void SessionTable::record(const std::string& user, const std::string& query, Seconds now) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = session_of(sessions_, user);
  if (found == sessions_.end()) {
    sessions_.push_back({user, query, now});
    return;
  }
  found->last_query = query;
  found->last_seen = now;
}

std::optional<Session> SessionTable::find(const std::string& user) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = session_of(sessions_, user);
  if (found == sessions_.end()) return std::nullopt;
  return *found;
}

std::size_t SessionTable::size() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return sessions_.size();
}

std::size_t SessionTable::expire(Seconds now) {
  std::lock_guard<std::mutex>{mutex_};
  const std::size_t before = size();
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    if (now - it->last_seen > idle_after_) {
      it = sessions_.erase(it);
    } else {
      ++it;
    }
  }
  return before - size();
}

std::size_t SessionTable::wake_all(Seconds now) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::size_t woken = 0;
  for (auto before : sessions_) {
    touch(before.user, now);
    if (now - before.last_seen > idle_after_) ++woken;
  }
  return woken;
}

std::string SessionTable::describe() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  for (const auto& session : sessions_) {
    text = text + session.user + ": " + session.last_query + "\n";
  }
  return text;
}

void SessionTable::touch(const std::string& user, Seconds now) {
  const auto found = session_of(sessions_, user);
  if (found != sessions_.end()) found->last_seen = now;
}

}  // namespace wordrank
