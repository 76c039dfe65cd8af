#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>

#include "analyzers/smells/across.hpp"

namespace automod::analyzers::smells {

namespace {

using enum ast::Smell;

constexpr int kDeepest = 3;  // calls between the lock that is held and the one that is taken

/// One mutex taken while another is held.
struct Order {
  std::string_view held;
  std::string_view taken;
  friend auto operator<=>(const Order&, const Order&) = default;
};

class Locks {
 public:
  explicit Locks(const Ast& facts) : facts_(facts) {
    for (const AstSmell& seen : facts.smells) {
      if (seen.smell != kLock) continue;
      taken_[seen.function].push_back(&seen);
      names_.emplace(seen.subject, seen.detail);
    }
    for (const AstCall& call : facts.calls) {
      if (!call.is_virtual) callees_[call.caller].insert(call.callee);
    }
  }

  void find(std::vector<Diagnostic>& into) {
    for (const AstSmell& seen : facts_.smells) {
      if (seen.smell == kLockUnder) orders_[{seen.subject, seen.detail}].push_back(&seen);
      if (seen.smell == kCallUnder) look_behind(seen, into);
    }
    for (const auto& [order, places] : orders_) {
      const auto reverse = orders_.find({order.taken, order.held});
      if (reverse == orders_.end()) continue;
      const AstSmell& there = *reverse->second.front();
      for (const AstSmell* here : places) {
        into.push_back(made("cpp-lock-order", *here,
                            fmt::format("{} is taken while {} is held; {} takes them the other "
                                        "way round",
                                        name(order.taken), name(order.held), named(there.place))));
      }
    }
  }

 private:
  std::string_view name(std::string_view usr) const {
    const auto found = names_.find(usr);
    return found == names_.end() ? "a mutex" : found->second;
  }

  /// What a function that is called while a mutex is held takes itself, or lets others take.
  void look_behind(const AstSmell& call, std::vector<Diagnostic>& into) {
    std::set<std::string_view> seen;
    look_into(call, call.detail, 1, seen);
    if (call.other != "same") return;
    const auto direct = taken_.find(call.detail);
    if (direct == taken_.end()) return;
    for (const AstSmell* lock : direct->second) {
      if (lock->subject != call.subject) continue;
      into.push_back(made("cpp-locked-twice", call,
                          fmt::format("{} is held here and {} locks it again, which never returns",
                                      lock->detail, named(lock->place))));
      return;
    }
  }

  void look_into(const AstSmell& call, std::string_view function, int depth,
                 std::set<std::string_view>& seen) {
    if (!seen.insert(function).second) return;
    if (const auto own = taken_.find(function); own != taken_.end()) {
      for (const AstSmell* lock : own->second) {
        if (lock->subject != call.subject) orders_[{call.subject, lock->subject}].push_back(&call);
      }
    }
    const auto next = callees_.find(function);
    if (depth == kDeepest || next == callees_.end()) return;
    for (const std::string_view callee : next->second) look_into(call, callee, depth + 1, seen);
  }

  const Ast& facts_;
  std::map<std::string_view, std::vector<const AstSmell*>> taken_;  // by function
  std::map<std::string_view, std::set<std::string_view>> callees_;
  std::map<std::string_view, std::string_view> names_;  // of mutexes
  std::map<Order, std::vector<const AstSmell*>> orders_;
};

}  // namespace

void find_lock_conflicts(const Ast& facts, std::vector<Diagnostic>& into) {
  Locks(facts).find(into);
}

}  // namespace automod::analyzers::smells
