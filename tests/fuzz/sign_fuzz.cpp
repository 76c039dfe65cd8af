#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "engine/sign/dsse.hpp"
#include "engine/sign/key.hpp"
#include "engine/sign/openpgp.hpp"
#include "engine/sign/signers.hpp"
#include "engine/sign/sshsig.hpp"
#include "engine/sign/token.hpp"

/// Any bytes at all as each text that engine/sign reads. The first byte says which. What is
/// accepted must be what writing it again gives, and nothing may verify that was not signed.

namespace {

using namespace automod::sign;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void try_key_line(std::string_view text) {
  const auto key = parse_key_line(text);
  if (!key) return;
  const auto again = parse_key_line(key_line(*key));
  if (!again || !again->is(*key) || again->comment != key->comment) give_up("another key");
}

void try_private_key(std::string_view text) {
  const auto key = PrivateKey::parse(text, "fuzz");
  if (key && !verify_raw(key->key(), "x", key->sign_raw("x"))) give_up("a key that cannot sign");
}

void try_ssh_signature(std::string_view text) {
  const auto signature = parse_ssh_signature(text);
  if (signature && fits(*signature, "nobody signed this")) give_up("a forged signature");
}

void try_allowed_signers(std::string_view text) {
  const auto signers = parse_allowed_signers(text, "fuzz");
  if (!signers) return;
  for (const AllowedSigner& signer : *signers) {
    (void)objection(signer, "git", std::chrono::sys_seconds());
  }
}

void try_envelope(std::string_view text) {
  const auto envelope = parse_envelope(text);
  if (!envelope) return;
  const auto again = parse_envelope(to_json(*envelope));
  if (!again || again->payload != envelope->payload) give_up("another envelope");
}

void try_token(std::string_view text) {
  static const std::vector<Approver> approvers = {
      {.name = "jane", .key = PrivateKey::generate("").key()}};
  const auto approval = read_token(text, approvers, std::chrono::sys_seconds());
  if (approval) give_up("a forged token");
}

/// gpg's words are believed; that any words can be read is what is tried.
void try_gpg_status(std::string_view text) {
  (void)judge_status(text, Trust(), std::chrono::sys_seconds());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Try = void (*)(std::string_view);
  static constexpr std::array<Try, 7> kAll = {try_key_line,  try_private_key,     try_ssh_signature,
                                              try_token,     try_allowed_signers, try_envelope,
                                              try_gpg_status};
  if (size == 0) return 0;
  kAll[data[0] % kAll.size()]({reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
