#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// The append-only record: its entries, who seals them, and what can be wrong with it.
/// docs/formats/ledger.md describes it.
namespace automod::store {

/// One entry of the ledger. `hash` covers all fields before it; `previous` is the hash before.
struct LedgerEntry {
  std::int64_t number = 0;
  std::string at;
  std::string kind;     // one of ledger_kinds()
  std::string subject;  // the id it is about; of a failure it may be empty
  std::string payload;  // canonical JSON
  std::string previous;
  std::string hash;
  // Both or neither.
  std::string signature = {};  // over `hash`
  std::string signer = {};     // identity of the key; the payload says it, too, as "sealed_by"

  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};

/// Frozen names, in the order they came into being.
const std::vector<std::string>& ledger_kinds();

struct LedgerFilter {
  std::vector<std::string> kinds = {};  // empty: all
  std::string subject = {};             // prefix of an id; empty: all
  std::string since = {};               // at or after this time; empty: from the beginning
  std::string until = {};               // before this time; empty: to the end
  std::int64_t after = 0;               // entries with greater numbers: a cursor to go on from
  std::optional<std::size_t> limit = {};
  bool newest_first = false;
};

/// The last entry. Number 0 and no hash: there is none.
struct LedgerHead {
  std::int64_t number = 0;
  std::string hash;
  friend bool operator==(const LedgerHead&, const LedgerHead&) = default;
};

/// Signs what is appended.
struct Seal {
  std::string identity;
  /// A signature over the text of an entry's hash. Called while the database is locked.
  std::function<Result<std::string>(std::string_view hash)> sign;
  /// false: only approvals, applications, rollbacks, merges and undos, because it may ask a person.
  bool every_entry = false;
};

/// Something in the record that is not as it was written.
struct LedgerProblem {
  std::int64_t number = 0;  // of the entry; 0: the ledger as a whole
  std::string what;         // "its hash is not that of its fields"
  friend bool operator==(const LedgerProblem&, const LedgerProblem&) = default;
};

/// What a check of the ledger stands on, from outside of the database.
struct LedgerTrust {
  /// Heads that somebody saw at some time. An entry that is no longer there, or another, is found.
  std::vector<LedgerHead> pins = {};
  /// Is the entry's signature good, and by a key that may sign? Without it signatures are not
  /// checked, only that they are there.
  std::function<Result<void>(const LedgerEntry&)> check_signature = {};
};

}  // namespace automod::store
