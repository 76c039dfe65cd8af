#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

namespace automod::keep {

/// What is attested of a commit that automod made, so that somebody else can check it: an in-toto
/// statement. Its fields, and what each digest covers, stand in docs/formats/statement.md.
struct Statement {
  std::string kind;    // application, revert or merge
  std::string branch;  // full name of the ref that was made or moved
  std::string commit;
  std::string tree;
  std::string modification;
  std::string type;
  std::string base_commit;
  std::string base_tree;
  std::string patch_digest;
  std::string evidence_digest;
  std::string decision;
  std::string level;
  std::string score;  // of safety, two decimals
  std::string rules_version;
  std::string backend;
  std::string policy_digest;
  std::string config_digest;
  std::string toolchain;
  std::string tests_digest;    // of the names and outcomes of all tests, on the base and now
  std::string samples_digest;  // of every raw sample that was measured
  std::string approver;        // empty: nobody had to be asked
  std::string approval;        // the token, whole
  std::string reason;          // of a revert
  std::string ledger_number;   // where the ledger stood before
  std::string ledger_hash;
  std::string at;
  friend bool operator==(const Statement&, const Statement&) = default;
};

/// All that follows from the modification, its evidence and its verdict; the rest is empty.
Statement statement_of(const Modification& modification, const Evidence& evidence,
                       const Verdict& verdict);

/// Canonical JSON.
std::string to_text(const Statement& statement);

/// Strict: exactly what to_text() writes. kRefused names what is missing or too much.
Result<Statement> parse_statement(std::string_view text);

}  // namespace automod::keep
