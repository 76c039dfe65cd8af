#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/ledger.hpp"

/// What can be said about a ledger without its database. Pure.
namespace automod::store {

inline constexpr std::string_view kEntryColumns =
    "number, at, kind, subject, payload, previous, hash, signature, signer";

/// Of the fields that the hash covers.
std::string hash_of(const LedgerEntry& entry);

/// Everything that is wrong with the entries themselves, which are all there should be, in the
/// order of their numbers. `former` are entries of ledgers before this one, of which pins may
/// speak, too.
std::vector<LedgerProblem> check_chain(const std::vector<LedgerEntry>& entries,
                                       const LedgerTrust& trust,
                                       const std::vector<LedgerEntry>& former = {});

/// A record, and what the entry that came with it must say.
struct Recorded {
  std::int64_t number = 0;
  std::string kind;
  std::string subject;
  nlohmann::json payload;
};

/// Everything in which entries and records differ. With `complete` every entry of a kind that has
/// records has one among `records`.
std::vector<LedgerProblem> compare_records(const std::vector<LedgerEntry>& entries,
                                           const std::vector<Recorded>& records, bool complete);

/// By number, each thing once.
void sort_problems(std::vector<LedgerProblem>& problems);

}  // namespace automod::store
