#pragma once

#include "engine/sign/verify.hpp"

namespace automod::sign {

inline constexpr std::string_view kPgpArmor = "-----BEGIN PGP SIGNATURE-----";

/// verify() for what begins like an OpenPGP signature.
Result<Verified> verify_openpgp(std::string_view bytes, std::string_view armored, Purpose purpose,
                                const Trust& trust, std::chrono::sys_seconds at,
                                const CancelToken& cancel);

/// What gpg's status lines say of one signature. Apart, for tests of what is hard to bring about.
Result<Verified> judge_status(std::string_view status, const Trust& trust,
                              std::chrono::sys_seconds at);

}  // namespace automod::sign
