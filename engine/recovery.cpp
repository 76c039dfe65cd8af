#include "engine/recovery.hpp"

#include <cstdlib>
#include <functional>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/keep/commits.hpp"
#include "engine/keep/keep.hpp"
#include "engine/keep/statement.hpp"
#include "engine/sign/dsse.hpp"
#include "engine/verify.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

/// Each line of a note that is a statement of ours. What it says is not trusted: the store checks
/// records against each other, and `automod verify` checks who signed.
void read_note(const repo::Note& note, store::Sources& into) {
  for (const std::string_view line : split_lines(note.text)) {
    const auto envelope = sign::parse_envelope(line);
    if (!envelope) continue;
    const auto said = keep::parse_statement(envelope->payload);
    if (!said || said->commit != note.commit.text) continue;
    into.attestations.push_back({.digest = {},
                                 .modification = ModificationId{said->modification},
                                 .commit = note.commit,
                                 .envelope = std::string(line),
                                 .attested_at = said->at});
    into.heads.push_back(
        {.number = std::atoll(said->ledger_number.c_str()), .hash = said->ledger_hash});
  }
}

Result<store::Sources> sources_in(const repo::Repository& repo,
                                  const std::vector<fs::path>& bundles) {
  constexpr std::size_t kMostNotes = std::size_t{256} << 20;
  store::Sources sources;
  for (const fs::path& file : bundles) {
    auto bundle = read_bundle_file(file);
    if (!bundle) return fail(bundle.error());
    sources.bundles.push_back(std::move(*bundle));
  }
  const auto notes = repo.read_ref(keep::kNotes);
  if (!notes) return fail(notes.error());
  if (*notes) {
    const auto all = repo.notes(**notes, kMostNotes);
    if (!all) return fail(all.error());
    for (const repo::Note& note : *all) read_note(note, sources);
  }
  const std::string prefix = keep::branch_of({});
  const auto branches = repo.refs(prefix);
  if (!branches) return fail(branches.error());
  for (const repo::Ref& ref : *branches) {
    sources.refs.push_back({.ref = ref.name,
                            .commit = ref.commit,
                            .modification = ModificationId{ref.name.substr(prefix.size())}});
  }
  return sources;
}

fs::path state_of(const repo::Repository& repo) { return repo.common_dir() / "automod"; }

}  // namespace

bool shows_traces(const repo::Repository& repo) {
  const auto branches = repo.refs(keep::branch_of({}));
  return branches && !branches->empty();
}

Result<store::Diagnosis> diagnose_database(const fs::path& directory) {
  const auto repo = repo::Repository::open(directory);
  if (!repo) return fail(repo.error());
  return store::diagnose(state_of(*repo), [&] { return shows_traces(*repo); });
}

Result<store::Rebuilt> recover_database(const fs::path& directory, const EngineWorld& world,
                                        const std::vector<fs::path>& bundles) {
  const auto repo = repo::Repository::open(directory);
  if (!repo) return fail(repo.error());
  const auto sources = sources_in(*repo, bundles);
  if (!sources) return fail(sources.error());
  const auto lock = store::WriterLock::take(state_of(*repo));
  if (!lock) return fail(lock.error());
  return store::rebuild(state_of(*repo), world.clock, *sources, {},
                        [&] { return shows_traces(*repo); });
}

}  // namespace automod
