#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/keep/keep.hpp"
#include "engine/keep/statement.hpp"

namespace automod::keep {

/// Every envelope about a commit, one a line.
inline constexpr std::string_view kNotes = "refs/notes/automod";

/// A commit by us on top of `parents`, signed. kUnavailable where nobody can sign.
Result<CommitId> make_commit(const World& world, const Config& config, const TreeId& tree,
                             const std::vector<CommitId>& parents, std::string message);

/// Runs a hook of the repository, which the user asked for; kRefused when it refuses.
Result<void> hear_hook(const World& world, std::string_view name,
                       const std::vector<std::string>& arguments);

/// Attests commits while an operation is put together: signs their statements and adds them to
/// the act and to the notes, whose ref then moves with the others.
class Attester {
 public:
  Attester(const World& world, const Config& config, store::Operation& operation)
      : world_(world), config_(config), operation_(operation) {}

  /// Digest of the envelope. Fills in where the ledger stands and the time.
  Result<std::string> attest(Statement statement);
  /// Adds the move of the notes to the operation; once, after all that was attested.
  Result<void> finish();

 private:
  const World& world_;
  const Config& config_;
  store::Operation& operation_;
};

}  // namespace automod::keep
