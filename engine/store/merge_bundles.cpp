#include "engine/store/merge_bundles.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace automod::store {

namespace {

// What makes a record the same as another.
std::string key(const LedgerEntry& one) { return std::to_string(one.number) + one.hash; }
std::string key(const Session& one) { return one.id.text; }
std::string key(const Modification& one) { return one.id.text; }
std::string key(const StoredEvidence& one) { return one.digest; }
std::string key(const StoredTrial& one) { return one.id.text; }
std::string key(const StoredVerdict& one) { return one.trial.text + one.judged_at + one.verdict; }
std::string key(const Approval& one) { return one.id.text; }
std::string key(const StoredOperation& one) { return one.id.text; }
std::string key(const Application& one) { return one.modification.text + one.applied_at; }
std::string key(const Rollback& one) { return one.modification.text + one.rolled_back_at; }
std::string key(const Merge& one) { return one.modification.text + one.merged_at + one.branch; }
std::string key(const Undo& one) { return one.modification.text + one.undone.text + one.what; }
std::string key(const Attestation& one) { return one.digest; }
std::string key(const Feedback& one) { return one.modification.text + one.given_at + one.note; }
std::string key(const Failure& one) { return one.failed_at + one.doing + one.message; }
std::string key(const StoredWatch& one) { return one.watch.id.text; }
template <class T>
std::string key(const Numbered<T>& one) {
  return key(one.record);
}

template <class T>
void merge(std::vector<T>& to, std::set<std::string>& seen, const std::vector<T>& from) {
  for (const T& one : from) {
    if (seen.insert(key(one)).second) to.push_back(one);
  }
}

/// Merges one list of all bundles.
template <class T>
void merge(const std::vector<const Bundle*>& bundles, std::vector<T> Bundle::* list, Bundle& to) {
  std::set<std::string> seen;
  for (const Bundle* one : bundles) merge(to.*list, seen, one->*list);
}

}  // namespace

Bundle merge_bundles(const std::vector<const Bundle*>& bundles) {
  Bundle all;
  merge(bundles, &Bundle::ledger, all);
  merge(bundles, &Bundle::former, all);
  merge(bundles, &Bundle::sessions, all);
  merge(bundles, &Bundle::modifications, all);
  merge(bundles, &Bundle::evidence, all);
  merge(bundles, &Bundle::trials, all);
  merge(bundles, &Bundle::verdicts, all);
  merge(bundles, &Bundle::approvals, all);
  merge(bundles, &Bundle::operations, all);
  merge(bundles, &Bundle::applications, all);
  merge(bundles, &Bundle::rollbacks, all);
  merge(bundles, &Bundle::merges, all);
  merge(bundles, &Bundle::undos, all);
  merge(bundles, &Bundle::attestations, all);
  merge(bundles, &Bundle::feedback, all);
  merge(bundles, &Bundle::failures, all);
  merge(bundles, &Bundle::watches, all);
  std::ranges::sort(all.ledger, {}, &LedgerEntry::number);
  for (const Bundle* one : bundles) {
    if (one->head.number > all.head.number) all.head = one->head;
  }
  return all;
}

}  // namespace automod::store
