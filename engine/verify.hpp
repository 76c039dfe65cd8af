#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "engine/engine.hpp"
#include "engine/repo/repo.hpp"
#include "engine/sign/verify.hpp"
#include "engine/store/bundle.hpp"
#include "engine/types/words.hpp"

/// Checks what was kept, for somebody who trusts neither the store it is recorded in nor whoever
/// made it. Needs no network and no sandbox: the repository, a bundle, and whose signatures count.
namespace automod {

/// One thing that was looked at.
struct VerifyStep {
  std::string what;  // "commit signature": frozen, docs/formats/verify.schema.json lists them
  bool holds = false;
  std::string detail;  // what was found; where it does not hold, and what was expected
};

struct Verification {
  ModificationId modification;
  CommitId commit;
  std::string kind;    // application, revert or merge
  std::string signer;  // whom the commit's signature is by; empty where it does not hold
  std::vector<VerifyStep> steps;

  bool holds() const;
};

struct VerifyWorld {
  repo::Repository& repo;
  const store::Bundle& bundle;
  const sign::Trust& trust;
  const CancelToken& cancel;
};

/// `subject`: a commit that automod made, or a modification of which one was made. kRefused
/// when the bundle knows of neither. Whatever does not hold is a step, and no error.
Result<Verification> verify(const VerifyWorld& world, std::string_view subject);

/// What signed statements, in the bundle and in the repository's notes, say of where the ledger
/// once stood, and whose signatures on it count.
Result<store::LedgerTrust> ledger_trust(const VerifyWorld& world);

struct VerifyRequest {
  std::string subject;
  std::filesystem::path bundle = {};   // checked instead of the store, which is then not opened
  std::filesystem::path signers = {};  // whose signatures count; empty: whom this user trusts
};
/// kRefused, saying what is wrong, unless it is one.
Result<store::Bundle> read_bundle_file(const std::filesystem::path& file);

/// As verify(), in the repository that `directory` lies in.
Result<Verification> verify_in(const std::filesystem::path& directory, const EngineWorld& world,
                               const VerifyRequest& request);

}  // namespace automod
