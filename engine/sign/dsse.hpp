#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "engine/sign/signer.hpp"
#include "engine/sign/verify.hpp"

/// DSSE, version 1: a payload with the signatures that stand for it.
namespace automod::sign {

inline constexpr std::string_view kStatementType = "application/vnd.in-toto+json";

struct Envelope {
  struct Signature {
    std::string keyid;  // who says to have signed; a hint, nothing rests on it
    std::string sig;    // armored
  };
  std::string payload_type;
  std::string payload;
  std::vector<Signature> signatures;
};

/// What is signed in place of the payload.
std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

/// Strict: at most 8 MiB, one to 16 signatures, no other members. kRefused says what is wrong.
Result<Envelope> parse_envelope(std::string_view json);
/// One line, the same for the same envelope.
std::string to_json(const Envelope& envelope);

/// Signs a payload as evidence.
Result<Envelope> seal(std::string payload_type, std::string payload, const Signer& signer);

/// Who signed it, of those that counted at that time. One good signature is enough; where there
/// is none, the error is that of the first.
Result<Verified> verify_envelope(const Envelope& envelope, const Trust& trust,
                                 std::chrono::sys_seconds at, const CancelToken& cancel);

}  // namespace automod::sign
