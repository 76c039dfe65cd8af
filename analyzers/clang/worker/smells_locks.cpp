#include <algorithm>
#include <ranges>

#include "analyzers/clang/worker/smells.hpp"

// Which mutexes are taken, for how long, and what is done meanwhile.
namespace automod::worker {

namespace {

struct Lock {
  NodeId at = 0;
  NodeId from = 0;  // held within [from, end)
  NodeId end = 0;
  std::string path = {};
  std::string usr = {};
  std::string text = {};
  bool is_shared = false;
  bool is_recursive = false;
};

bool is_guard(std::string_view type) {
  return is_std(type, {"lock_guard", "unique_lock", "scoped_lock", "shared_lock"});
}

bool is_mutex(std::string_view type) {
  return is_std(type, {"mutex", "recursive_mutex", "timed_mutex", "recursive_timed_mutex",
                       "shared_mutex", "shared_timed_mutex"}) ||
         type == "pthread_mutex_t";
}

NodeId without_address(const BodyTree& body, NodeId id) {
  const bool is_address =
      body[id].kind == CXCursor_UnaryOperator &&
      clang_getCursorUnaryOperatorKind(body[id].cursor) == CXUnaryOperator_AddrOf;
  return is_address ? body.children(id).front() : id;
}

std::optional<Lock> lock_of(const BodyTree& body, NodeId at, NodeId mutex) {
  mutex = without_address(body, mutex);
  const std::string type = body.type(mutex);
  if (!is_mutex(type) || body.path(mutex).empty()) return std::nullopt;
  Lock lock{.at = at, .path = body.path(mutex), .text = body.text(mutex)};
  lock.usr = taken(clang_getCursorUSR(body.target(mutex)));
  lock.is_recursive = type.find("recursive") != std::string::npos || type == "pthread_mutex_t";
  return lock;
}

/// Where the guard gives up early, else the end of its block.
NodeId end_of_guard(const BodyTree& body, NodeId variable) {
  const NodeId block = body[body[variable].parent].parent;
  for (NodeId id = body[variable].end; id < body[block].end; ++id) {
    if (body.is_call(id, {"unlock", "release", "swap"}) &&
        body.object_path(id) == body.own_path(variable)) {
      return id;
    }
  }
  return body[block].end;
}

void add_guard(const BodyTree& body, NodeId variable, std::vector<Lock>& locks) {
  const NodeId statement = body[variable].parent;
  if (!is_guard(body.type(variable)) || body[statement].kind != CXCursor_DeclStmt) return;
  for (const NodeId made : body.children(variable)) {
    if (!body.is_construction(made)) continue;
    const auto given = body.children(made);
    const bool only_mutexes = std::ranges::all_of(
        given, [&](NodeId one) { return is_mutex(body.type(without_address(body, one))); });
    if (!only_mutexes) return;  // not taken at once, or taken already
    for (const NodeId mutex : given) {
      auto lock = lock_of(body, variable, mutex);
      if (!lock) continue;
      lock->from = body[variable].end;
      lock->end = end_of_guard(body, variable);
      lock->is_shared = is_std(body.type(variable), {"shared_lock"});
      locks.push_back(std::move(*lock));
    }
  }
}

/// The mutex of `m.lock()` and `pthread_mutex_lock(&m)`, or of their opposites; 0: none.
NodeId mutex_of(const BodyTree& body, NodeId call, std::string_view method,
                std::string_view function) {
  if (body.is_call(call, {method})) {
    const NodeId object = body.object(call);
    return object != 0 && is_mutex(body.type(object)) ? object : 0;
  }
  if (!body.is_call(call, {function})) return 0;
  const auto given = body.arguments(call);
  return given.size() == 1 ? without_address(body, given[0]) : 0;
}

std::vector<NodeId> unlocks_of(const BodyTree& body, const Lock& lock) {
  std::vector<NodeId> found;
  const NodeId block = body[lock.at].parent;
  for (NodeId id = body[lock.at].end; id < body[block].end; ++id) {
    const NodeId mutex = mutex_of(body, id, "unlock", "pthread_mutex_unlock");
    if (mutex != 0 && body.path(mutex) == lock.path) found.push_back(id);
  }
  return found;
}

/// Of one that is not guarded: known where the same block also unlocks it.
void add_raw(const BodyTree& body, NodeId call, std::vector<Lock>& locks) {
  const NodeId mutex = mutex_of(body, call, "lock", "pthread_mutex_lock");
  if (mutex == 0 || !body.is_statement(call) ||
      body[body[call].parent].kind != CXCursor_CompoundStmt) {
    return;
  }
  auto lock = lock_of(body, call, mutex);
  if (!lock) return;
  const auto unlocks = unlocks_of(body, *lock);
  if (unlocks.empty()) return;
  lock->from = body[call].end;
  lock->end = unlocks.front();
  locks.push_back(std::move(*lock));
}

/// Leaves the function between lock and unlock, in a branch that has not unlocked.
void find_left_locked(const BodyTree& body, const Lock& lock, SmellWriter& found) {
  if (body[lock.at].kind != CXCursor_CallExpr) return;
  const auto unlocks = unlocks_of(body, lock);
  const auto last = std::ranges::find_if(unlocks | std::views::reverse, [&](NodeId one) {
    return body[one].parent == body[lock.at].parent;
  });
  if (last == std::views::reverse(unlocks).end()) return;
  for (NodeId id = lock.from; id < *last; ++id) {
    if (body[id].kind != CXCursor_ReturnStmt || body[id].lambda != body[lock.at].lambda) continue;
    const bool is_unlocked = std::ranges::any_of(unlocks, [&](NodeId unlock) {
      return unlock < id && body.contains(body[unlock].parent, id);
    });
    if (!is_unlocked) found.add(ast::Smell::kLeftLocked, id, {.subject = lock.text});
  }
}

bool is_held(const BodyTree& body, const Lock& lock, NodeId at) {
  return lock.from <= at && at < lock.end && body[at].lambda == body[lock.at].lambda;
}

void find_nested(const BodyTree& body, const std::vector<Lock>& locks, SmellWriter& found) {
  for (const Lock& inner : locks) {
    for (const Lock& outer : locks) {
      if (!is_held(body, outer, inner.at)) continue;
      if (outer.path == inner.path) {
        if (!outer.is_recursive && !(outer.is_shared && inner.is_shared)) {
          found.add(ast::Smell::kLockTwice, inner.at, {.subject = inner.text});
        }
      } else if (outer.usr != inner.usr) {
        found.add(ast::Smell::kLockUnder, inner.at, {.subject = outer.usr, .detail = inner.usr});
      }
    }
  }
}

std::string_view whose(const Lock& lock) { return lock.path.starts_with("this.") ? "this" : ""; }

void note_calls(const BodyTree& body, const Lock& lock, SmellWriter& found) {
  for (NodeId id = lock.from; id < lock.end; ++id) {
    if (body[id].kind != CXCursor_CallExpr || !is_held(body, lock, id)) continue;
    const CXCursor called = body.target(id);
    if (clang_Cursor_isNull(called) != 0 || !found.is_of_project(called) ||
        clang_Cursor_isDynamicCall(body[id].cursor) != 0) {
      continue;
    }
    const auto parts = body.children(id);
    const bool on_this =
        !parts.empty() && body[parts[0]].kind == CXCursor_MemberRefExpr &&
        (body.object(id) == 0 || body[body.object(id)].kind == CXCursor_CXXThisExpr);
    const bool is_same = lock.path.find('.') == std::string::npos || on_this;
    found.add(ast::Smell::kCallUnder, id,
              {.subject = lock.usr,
               .detail = taken(clang_getCursorUSR(called)),
               .other = is_same && !lock.is_recursive && !lock.is_shared ? "same" : ""});
  }
}

}  // namespace

void find_locks(const BodyTree& body, SmellWriter& found) {
  std::vector<Lock> locks;
  for (NodeId id = 1; id < body.size(); ++id) {
    if (body[id].kind == CXCursor_VarDecl) add_guard(body, id, locks);
    if (body[id].kind == CXCursor_CallExpr) add_raw(body, id, locks);
  }
  for (const Lock& lock : locks) {
    find_left_locked(body, lock, found);
    if (body[lock.at].lambda == 0) {
      found.add(ast::Smell::kLock, lock.at,
                {.subject = lock.usr, .detail = lock.text, .other = whose(lock)});
    }
    note_calls(body, lock, found);
  }
  find_nested(body, locks, found);
}

}  // namespace automod::worker
