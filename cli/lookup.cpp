#include "cli/lookup.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace automod::cli {

Result<SessionId> find_session(const store::Store& store, const std::string& prefix) {
  const auto sessions = store.sessions(1'000'000);
  if (!sessions) return fail(sessions.error());
  const Session* found = nullptr;
  for (const Session& session : *sessions) {
    if (!session.id.text.starts_with(prefix)) continue;
    if (found) {
      return fail(ErrorKind::kUsage,
                  fmt::format("several sessions begin with '{}'", printable_line(prefix)),
                  "give more of the id");
    }
    found = &session;
  }
  if (!found) {
    return fail(ErrorKind::kUsage, fmt::format("no session '{}'", printable_line(prefix)));
  }
  return found->id;
}

Result<std::string> find_subject(const store::Store& store, const std::string& prefix) {
  const auto modification = store.modification(prefix);
  if (modification) return modification->modification.id.text;
  // What is no modification may be a session, if it is long enough to mean one.
  if (prefix.size() < 4) return fail(modification.error());
  const auto session = find_session(store, prefix);
  if (session) return session->text;
  return fail(modification.error());
}

}  // namespace automod::cli
