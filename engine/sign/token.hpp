#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/sign/key.hpp"

/// Approval tokens: a JWT (RFC 7519) signed with EdDSA (RFC 8037) by a person's SSH key. Good for
/// one modification with one verdict on one base, for a while. What makes it good only once is
/// that its id is recorded when it is used; that is the store's to see to.
namespace automod::sign {

/// Who may approve: "NAME ssh-ed25519 AAAA…", as the base commit's automod.toml lists them.
struct Approver {
  std::string name;
  PublicKey key;
};
/// kUsage says what is wrong with the line.
Result<Approver> parse_approver(std::string_view line);

struct Approval {
  std::string id;               // a UUID of version 7, "jti"
  std::string approver;         // fingerprint of the key, "kid"; mint() writes its own
  std::string modification;     // id, "sub"
  std::string patch_digest;     // SHA-256, hexadecimal, as are those below
  std::string base_commit;      // git's id
  std::string base_tree;        // git's id
  std::string evidence_digest;  // of what the verdict rests on
  std::string decision;         // of the verdict: "needs_approval"
  std::string note;             // may be empty
  std::chrono::sys_seconds issued;
  std::chrono::sys_seconds expires;

  bool operator==(const Approval&) const = default;
};

/// The fields must be as read_token() wants them.
std::string mint(const Approval& approval, const PrivateKey& key);

/// What the token says, if one of the approvers signed it and it is good at this time. kRefused
/// says why not. Whatever a header could ask for is ignored by being refused: only EdDSA with a
/// key of the list, no other member, one way to write everything, at most 8 KiB. Whether it fits
/// the modification that is to be applied is the caller's to compare.
Result<Approval> read_token(std::string_view text, const std::vector<Approver>& approvers,
                            std::chrono::sys_seconds now);

}  // namespace automod::sign
