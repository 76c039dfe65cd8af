#include <fmt/format.h>

#include <utility>

#include "base/files.hpp"
#include "engine/impl.hpp"
#include "engine/sign/settings.hpp"
#include "engine/verify.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

Result<sign::Trust> user_trust(const CancelToken& cancel) {
  auto config = config_dir();
  if (!config) return fail(config.error());
  return sign::open_trust({.config = std::move(*config), .directory = {}}, cancel);
}

Result<sign::Trust> trust_in(const fs::path& signers) {
  const auto text = read_file(signers, kMiB);
  if (!text) return fail(text.error());
  auto allowed = sign::parse_allowed_signers(*text, signers.string());
  if (!allowed) return fail(allowed.error());
  return sign::Trust{.signers = std::move(*allowed), .openpgp = {}};
}

}  // namespace

Result<store::Bundle> read_bundle_file(const fs::path& file) {
  const auto text = read_file(file, store::kLargestBundle);
  if (!text) return fail(text.error());
  auto bundle = store::read_bundle(*text);
  if (bundle) return bundle;
  return fail(ErrorKind::kRefused, fmt::format("{} is no bundle as it was exported: {}",
                                               file.string(), bundle.error().message));
}

Result<std::vector<store::LedgerProblem>> Engine::verify_ledger() const {
  const auto trust = user_trust(impl_->world.cancel);
  if (!trust) return fail(trust.error());
  const auto bundle = impl_->store.bundle({});
  if (!bundle) return fail(bundle.error());
  const VerifyWorld world{
      .repo = impl_->repo, .bundle = *bundle, .trust = *trust, .cancel = impl_->world.cancel};
  const auto ledger = ledger_trust(world);
  if (!ledger) return fail(ledger.error());
  return impl_->store.verify_ledger(*ledger);
}

Result<Verification> verify_in(const fs::path& directory, const EngineWorld& world,
                               const VerifyRequest& request) {
  const auto trust = request.signers.empty() ? user_trust(world.cancel) : trust_in(request.signers);
  if (!trust) return fail(trust.error());
  auto repo = repo::Repository::open(directory);
  if (!repo) return fail(repo.error());
  Result<store::Bundle> bundle = fail(ErrorKind::kInternal, "");
  if (!request.bundle.empty()) {
    bundle = read_bundle_file(request.bundle);
  } else {
    auto engine = Engine::open(directory, world);
    if (!engine) return fail(engine.error());
    bundle = engine->store().bundle({});
  }
  if (!bundle) return fail(bundle.error());
  return verify({.repo = *repo, .bundle = *bundle, .trust = *trust, .cancel = world.cancel},
                request.subject);
}

}  // namespace automod
