#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "engine/sign/purpose.hpp"
#include "engine/sign/settings.hpp"

namespace automod::sign {

/// Somebody who signs. Safe from one thread at a time.
class Signer {
 public:
  virtual ~Signer() = default;

  /// The armored signature of these bytes, ending with a newline: an SSH signature with the
  /// purpose's namespace, or an OpenPGP one of signed_text() (verify.hpp). kUnavailable when it
  /// cannot be had.
  virtual Result<std::string> sign(std::string_view bytes, Purpose purpose) const = 0;

  /// "SHA256:…" of an SSH key; 40 hexadecimal digits of an OpenPGP one.
  virtual std::string identity() const = 0;
  /// Signs inside this process, in no time, and asks nobody.
  virtual bool is_quick() const = 0;
};

/// The signer that the user's settings choose: the one that signing.toml names, else automod's
/// own key, else the user's git set-up. kUnavailable, with the next step, when there is none or
/// it cannot work: nothing here, and nothing in a repository, lets work go unsigned.
/// `cancel` must outlive the signer.
Result<std::unique_ptr<Signer>> open_signer(const Settings& settings, const CancelToken& cancel);

/// The one of the user's git.
Result<std::unique_ptr<Signer>> open_git_signer(const GitSetup& setup, const CancelToken& cancel);

/// The SSH key that git's set-up names, where it names one.
Result<PublicKey> git_ssh_key(const GitSetup& setup);

}  // namespace automod::sign
