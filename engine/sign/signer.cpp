#include "engine/sign/signer.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/sign/sshsig.hpp"

namespace automod::sign {

namespace {

class KeySigner final : public Signer {
 public:
  explicit KeySigner(PrivateKey key) : key_(std::move(key)) {}
  Result<std::string> sign(std::string_view bytes, Purpose purpose) const override {
    return make_ssh_signature(bytes, namespace_of(purpose), key_);
  }
  std::string identity() const override { return fingerprint(key_.key()); }
  bool is_quick() const override { return true; }

 private:
  PrivateKey key_;
};

Result<std::unique_ptr<Signer>> open_key_signer(const Settings& settings) {
  const OwnKey own = own_key(settings);
  if (!exists(own)) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("found no signing key in {}", own.file.string()),
                "run: automod key init");
  }
  auto key = PrivateKey::read(own.file);
  if (!key) {
    key.error().kind = ErrorKind::kUnavailable;
    return fail(std::move(key.error()).within("automod's signing key"));
  }
  return std::make_unique<KeySigner>(std::move(*key));
}

}  // namespace

Result<std::unique_ptr<Signer>> open_signer(const Settings& settings, const CancelToken& cancel) {
  const auto choice = choose(settings, cancel);
  if (!choice) return fail(choice.error());
  if (!choice->source) {
    return fail(ErrorKind::kUnavailable, fmt::format("nothing can sign here: {}", choice->why),
                "run: automod key init");
  }
  if (*choice->source == Source::kAutomod) return open_key_signer(settings);
  const auto setup = read_git_setup(settings.directory, cancel);
  if (!setup) return fail(setup.error());
  return open_git_signer(*setup, cancel);
}

}  // namespace automod::sign
