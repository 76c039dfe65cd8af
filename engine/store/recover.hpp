#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "engine/store/bundle.hpp"

/// What becomes of a database that was damaged or lost.
namespace automod::store {

enum class Health {
  kNone,     // there never was one
  kSound,    // every page can be read
  kDamaged,  // it is no database, was cut off, or holds pages of rubbish
  kGone,     // there was one
  kForeign,  // somebody else's
  kNewer,    // a newer automod wrote it
};

/// Frozen: "none", "sound", "damaged", "gone", "foreign", "newer".
std::string_view name(Health health);

struct Diagnosis {
  Health health = Health::kNone;
  std::string what;  // "page 7: btreeInitPage() returns error code 11"
};

/// Reads the whole database. `had_one` as for Store::open(). Changes nothing.
Result<Diagnosis> diagnose(const std::filesystem::path& folder,
                           const std::function<bool()>& had_one = {});

/// A ref that tells of a modification.
struct KnownRef {
  std::string ref;
  CommitId commit;
  ModificationId modification;
};

/// What there is besides the database.
struct Sources {
  std::vector<Bundle> bundles = {};
  std::vector<Attestation> attestations = {};  // from notes on commits
  std::vector<KnownRef> refs = {};
  std::vector<LedgerHead> heads = {};  // that somebody has seen
};

struct Rebuilt {
  std::filesystem::path kept_aside;  // empty: there was nothing to keep
  LedgerHead old_head;               // the highest that is known of the old ledger
  std::size_t records = 0;           // that were restored
  std::vector<std::string> unread;   // parts of the damaged file, one a line
  std::vector<std::string> gone;     // what was there once and is not any more, one a line
};

/// Makes a new database of what can still be read of the old and of `sources`, keeps the old
/// files aside as automod.db.damaged-TIME, and puts the new one in their place. The caller holds
/// the WriterLock, and has no Store open. kConflict where there is nothing to recover. Killed
/// anywhere and called again, it comes to the same end.
Result<Rebuilt> rebuild(const std::filesystem::path& folder, const Clock& clock,
                        const Sources& sources, const std::optional<Seal>& seal = {},
                        const std::function<bool()>& had_one = {});

}  // namespace automod::store
