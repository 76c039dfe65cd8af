#include <algorithm>
#include <set>
#include <utility>

#include "engine/store/core.hpp"
#include "engine/store/tables.hpp"

namespace automod::store {

namespace {

/// Drops what is not about one of these modifications.
class Narrowing {
 public:
  Narrowing(Bundle& bundle, const std::vector<ModificationId>& only)
      : bundle_(bundle), only_(only.begin(), only.end()) {}

  void run() {
    keep(bundle_.modifications, [&](const auto& one) { return wanted(one.record.id); });
    std::set<SessionId> sessions;
    for (const auto& one : bundle_.modifications) sessions.insert(one.record.session);
    keep(bundle_.sessions, [&](const auto& one) { return sessions.contains(one.record.id); });
    keep(bundle_.trials, [&](const auto& one) { return wanted(one.modification); });
    std::set<std::string> evidence;
    for (const auto& one : bundle_.trials) evidence.insert(one.evidence_digest);
    keep(bundle_.evidence, [&](const auto& one) { return evidence.contains(one.digest); });
    keep(bundle_.attestations, [&](const auto& one) { return wanted(one.modification); });
    records(bundle_.verdicts);
    records(bundle_.approvals);
    records(bundle_.applications);
    records(bundle_.rollbacks);
    records(bundle_.merges);
    records(bundle_.undos);
    records(bundle_.feedback);
    keep(bundle_.failures, [&](const auto& one) {
      return one.record.modification && wanted(*one.record.modification);
    });
    keep(bundle_.watches, [&](const auto& one) { return wanted(one.record.watch.modification); });
    operations();
  }

 private:
  bool wanted(const ModificationId& id) const { return only_.contains(id); }

  template <class T, class F>
  static void keep(std::vector<T>& all, F&& wanted) {
    std::erase_if(all, [&](const T& one) { return !wanted(one); });
  }

  template <class T>
  void records(std::vector<Numbered<T>>& all) {
    keep(all, [&](const Numbered<T>& one) { return wanted(one.record.modification); });
  }

  void operations() {
    std::set<OperationId> used;
    const auto note = [&](const auto& all) {
      for (const auto& one : all) used.insert(one.record.operation);
    };
    note(bundle_.applications);
    note(bundle_.rollbacks);
    note(bundle_.merges);
    note(bundle_.undos);
    keep(bundle_.operations, [&](const auto& one) { return used.contains(one.id); });
  }

  Bundle& bundle_;
  std::set<ModificationId> only_;
};

}  // namespace

Result<Bundle> Store::bundle(const std::vector<ModificationId>& only) const {
  const auto snapshot = Transaction::snapshot(impl_->database);
  if (!snapshot) return fail(snapshot.error());
  Losses losses;
  Bundle all = gather(impl_->database, losses);
  if (!losses.empty()) {
    return fail(ErrorKind::kInternal, "the database is damaged: " + losses.front(),
                std::string(kDamageHint));
  }
  all.made_at = impl_->now();
  if (!only.empty()) Narrowing(all, only).run();
  return all;
}

}  // namespace automod::store
