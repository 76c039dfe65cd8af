#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/ledger.hpp"
#include "engine/store/records.hpp"

/// What a store holds, as one value that can leave its machine: for whoever checks a record
/// elsewhere, and to make a lost database anew. docs/formats/bundle.schema.json describes its JSON.
namespace automod::store {

/// A record with the number of its entry in the ledger.
template <class T>
struct Numbered {
  std::int64_t number = 0;
  T record;
};

struct StoredEvidence {
  std::string digest;
  std::string text;  // canonical JSON, byte for byte
};

struct StoredTrial {
  TrialId id;
  ModificationId modification;
  std::string evidence_digest;
  std::string finished_at;
};

struct StoredVerdict {
  TrialId trial;
  ModificationId modification;
  std::string verdict;  // JSON, byte for byte
  std::string judged_at;
};

struct StoredOperation {
  OperationId id;
  std::string kind;
  std::string state;
  std::string refs;    // JSON, byte for byte
  std::string record;  // the same
  std::string at;
  std::string ended_at;
  std::string why;
  ProcessMark by;
};

/// A watch has a second entry when it has ended.
struct StoredWatch {
  std::int64_t end_number = 0;  // 0: it runs
  Watch watch;
};

/// What runs in the sandbox and what analyzers find is not part of it; evidence says what matters.
struct Bundle {
  std::string made_at;
  LedgerHead head;
  std::vector<LedgerEntry> ledger;  // whole, whatever else was left out
  std::vector<LedgerEntry> former;  // of ledgers before a recovery
  std::vector<Numbered<Session>> sessions;
  std::vector<Numbered<Modification>> modifications;  // with patches and contents of files
  std::vector<StoredEvidence> evidence;
  std::vector<StoredTrial> trials;
  std::vector<Numbered<StoredVerdict>> verdicts;
  std::vector<Numbered<Approval>> approvals;
  std::vector<StoredOperation> operations;
  std::vector<Numbered<Application>> applications;
  std::vector<Numbered<Rollback>> rollbacks;
  std::vector<Numbered<Merge>> merges;
  std::vector<Numbered<Undo>> undos;
  std::vector<Attestation> attestations;
  std::vector<Numbered<Feedback>> feedback;
  std::vector<Numbered<Failure>> failures;
  std::vector<Numbered<StoredWatch>> watches;
};

/// Of more than this nothing is read.
inline constexpr std::size_t kLargestBundle = std::size_t{256} << 20;

/// Canonical JSON.
std::string bundle_text(const Bundle& bundle);

/// The bundle may come from anybody: kUsage, naming the field, unless it is one, exactly. That
/// what it says is true is for check_bundle().
Result<Bundle> read_bundle(std::string_view text);

/// Everything in it that is not as it was written: as Store::verify_ledger() does, as far as a
/// bundle of some modifications goes.
std::vector<LedgerProblem> check_bundle(const Bundle& bundle, const LedgerTrust& trust);

}  // namespace automod::store
