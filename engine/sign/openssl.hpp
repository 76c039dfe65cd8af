#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/sign/secret.hpp"

/// What we take from OpenSSL. That it has these algorithms at all is taken for granted: without
/// them std::runtime_error is thrown.
namespace automod::sign {

inline constexpr std::size_t kEd25519Seed = 32;
inline constexpr std::size_t kEd25519Public = 32;
inline constexpr std::size_t kEd25519Signature = 64;

/// Raw bytes, not hexadecimal digits.
std::string sha256_bytes(std::string_view bytes);
std::string sha512_bytes(std::string_view bytes);

std::unique_ptr<Secret> new_ed25519_seed();
/// `seed` has kEd25519Seed bytes.
std::string ed25519_public_of(std::string_view seed);
std::string ed25519_sign(std::string_view seed, std::string_view bytes);
/// False for whatever is no signature of these bytes, or no key.
bool ed25519_verify(std::string_view public_key, std::string_view bytes,
                    std::string_view signature);

/// Bytes that nobody can guess.
std::string random_bytes(std::size_t count);

}  // namespace automod::sign
