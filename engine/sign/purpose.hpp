#pragma once

#include <string_view>

namespace automod::sign {

/// What a signature is for. One made for one purpose is good for no other.
enum class Purpose {
  kCommit,    // a commit, as stock git signs and checks it
  kEvidence,  // a statement on what was measured
  kLedger,    // an entry of the ledger
};

/// The namespace that an SSH signature carries. Frozen: signatures that exist carry these.
std::string_view namespace_of(Purpose purpose);

}  // namespace automod::sign
