#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/store/bundle.hpp"
#include "engine/store/chain.hpp"

/// Are records what they say, and what their entries say of them? Pure: told of every record, from
/// a database or a bundle, in this order: evidence, trials, attestations, then the others.
namespace automod::store {

class RecordCheck {
 public:
  void add(const StoredEvidence& evidence);
  void add(const StoredTrial& trial);
  void add(const Attestation& attestation);
  void add(const StoredOperation& operation);

  void add(std::int64_t number, const Session& session);
  void add(std::int64_t number, const Modification& modification);
  void add(std::int64_t number, const StoredVerdict& verdict);
  void add(std::int64_t number, const Approval& approval);
  void add(std::int64_t number, const Application& application);
  void add(std::int64_t number, const Rollback& rollback);
  void add(std::int64_t number, const Merge& merge);
  void add(std::int64_t number, const Undo& undo);
  void add(std::int64_t number, const Feedback& feedback);
  void add(std::int64_t number, const Failure& failure);
  void add(std::int64_t number, const StoredWatch& watch);

  /// Something that only the caller can see.
  void say(std::int64_t number, std::string what) {
    problems_.push_back({number, std::move(what)});
  }

  /// What was wrong with all that was added, and with the entries. With `complete` every entry of
  /// a kind that has records must have had one.
  std::vector<LedgerProblem> finish(const std::vector<LedgerEntry>& entries, bool complete);

  // Of evidence that was added and holds; empty where it does not.
  std::string exact_key_of(const std::string& evidence) const;
  std::string shape_key_of(const std::string& evidence) const;

 private:
  /// What has to be known of a piece of evidence once it was read.
  struct Measured {
    std::string wrong;  // empty: it is as it was written
    TreeId tree;
    std::string patch_digest;
    std::string exact_key;
    std::string shape_key;
  };
  struct Change {
    TreeId tree;
    std::string patch_digest;
  };
  struct Judged {
    std::int64_t number;
    StoredVerdict verdict;
    std::string evidence_digest;  // that the verdict is about
  };

  void check_verdict(const Judged& judged);
  void check_statement(std::int64_t number, const std::string& digest, const ModificationId& id,
                       const std::optional<CommitId>& commit);
  void check_operations(const std::vector<LedgerEntry>& entries);
  template <class T>
  void recorded(std::int64_t number, const char* kind, const T& record);

  std::map<std::string, Measured> evidence_;
  std::map<std::string, StoredTrial> trials_;
  std::map<std::string, Attestation> attestations_;
  std::map<std::string, std::string> operations_;  // their digests
  std::map<std::string, Change> changes_;
  std::vector<Judged> judged_;
  std::vector<Recorded> records_;
  std::vector<LedgerProblem> problems_;
};

}  // namespace automod::store
