#include "engine/sign/secret.hpp"

#include <openssl/crypto.h>

namespace automod::sign {

Secret::Secret(std::size_t capacity) : capacity_(capacity) { text_.reserve(capacity); }

Secret::~Secret() {
  text_.resize(text_.capacity());
  OPENSSL_cleanse(text_.data(), text_.size());
}

void Secret::append(std::string_view text) { text_.append(text.substr(0, room())); }

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace automod::sign
