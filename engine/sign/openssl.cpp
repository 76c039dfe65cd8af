#include "engine/sign/openssl.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace automod::sign {

namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

[[noreturn]] void give_up(const char* what) {
  throw std::runtime_error(std::string("OpenSSL offers no ") + what);
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes, const char* name) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, algorithm, nullptr) != 1) {
    give_up(name);
  }
  return {reinterpret_cast<const char*>(hash.data()), size};
}

Key private_key(std::string_view seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data_of(seed), seed.size()));
  if (!key) give_up("Ed25519");
  return key;
}

}  // namespace

std::string sha256_bytes(std::string_view bytes) { return digest(EVP_sha256(), bytes, "SHA-256"); }
std::string sha512_bytes(std::string_view bytes) { return digest(EVP_sha512(), bytes, "SHA-512"); }

std::unique_ptr<Secret> new_ed25519_seed() {
  std::array<unsigned char, kEd25519Seed> bytes{};
  if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    give_up("random numbers");
  }
  auto seed = std::make_unique<Secret>(kEd25519Seed);
  seed->append({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return seed;
}

std::string ed25519_public_of(std::string_view seed) {
  std::array<unsigned char, kEd25519Public> bytes{};
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(private_key(seed).get(), bytes.data(), &size) != 1) {
    give_up("Ed25519");
  }
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string ed25519_sign(std::string_view seed, std::string_view bytes) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  std::array<unsigned char, kEd25519Signature> signature{};
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, data_of(bytes), bytes.size()) != 1) {
    give_up("Ed25519");
  }
  return {reinterpret_cast<const char*>(signature.data()), size};
}

bool ed25519_verify(std::string_view public_key, std::string_view bytes,
                    std::string_view signature) {
  if (public_key.size() != kEd25519Public || signature.size() != kEd25519Signature) return false;
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(public_key),
                                            public_key.size()));
  const Context context(EVP_MD_CTX_new());
  const bool good =
      key && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(bytes),
                       bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    give_up("random numbers");
  }
  return bytes;
}

}  // namespace automod::sign
