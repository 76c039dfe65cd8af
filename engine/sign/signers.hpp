#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/sign/key.hpp"

/// Whose signatures count: files as ssh-keygen(1) describes under ALLOWED SIGNERS.
namespace automod::sign {

/// One line of such a file.
struct AllowedSigner {
  std::string principals;               // "jane@example.org", "*@example.org,root@localhost"
  std::vector<std::string> namespaces;  // patterns; empty: all
  std::optional<std::chrono::sys_seconds> valid_after;
  std::optional<std::chrono::sys_seconds> valid_before;
  PublicKey key;
  std::string place;  // "file:3"
};

/// At most 1 MiB. kUsage names the line and what is wrong with it: nothing is skipped. Lines
/// with cert-authority are refused, as automod follows no certificates. Times without a Z are
/// those of this machine's time zone, as ssh-keygen reads them.
Result<std::vector<AllowedSigner>> parse_allowed_signers(std::string_view text,
                                                         std::string_view file);

/// The line that lets this key sign all that automod signs, and nothing else.
std::string allowed_signer_line(std::string_view principal, const PublicKey& key);

/// What is wrong with a name for a signer; nullopt when nothing is.
std::optional<std::string> principal_rule(std::string_view principal);

/// Why a signature of this namespace, made at that time, does not count; nullopt when it does.
std::optional<std::string> objection(const AllowedSigner& signer, std::string_view name_space,
                                     std::chrono::sys_seconds at);

}  // namespace automod::sign
