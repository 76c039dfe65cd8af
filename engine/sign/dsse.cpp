#include "engine/sign/dsse.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "engine/sign/encoding.hpp"
#include "engine/sign/strict_json.hpp"

namespace automod::sign {

using nlohmann::json;

namespace {

constexpr std::size_t kLargest = 8 * kMiB;
constexpr std::size_t kMostSignatures = 16;
constexpr std::size_t kLongestName = 256;

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorKind::kRefused, fmt::format("not a DSSE envelope: {}", what));
}

Result<Envelope::Signature> read_signature(const json& value) {
  if (!value.is_object()) return wrong("a signature is no object");
  if (auto checked = check_members(value, {"keyid", "sig"}); !checked) {
    return wrong(checked.error().message);
  }
  const std::string* keyid = text_member(value, "keyid");
  const std::string* sig = text_member(value, "sig");
  if (keyid == nullptr || sig == nullptr) return wrong("keyid and sig must be texts");
  if (keyid->size() > kLongestName) return wrong("keyid is too long");
  auto armored = from_base64(*sig);
  if (!armored || armored->empty()) return wrong("sig is not base64");
  return Envelope::Signature{.keyid = *keyid, .sig = std::move(*armored)};
}

}  // namespace

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", payload_type.size(), payload_type, payload.size(),
                     payload);
}

Result<Envelope> parse_envelope(std::string_view text) {
  if (text.size() > kLargest) return wrong("larger than 8 MiB");
  const auto object = parse_strict_object(text);
  if (!object) return wrong(object.error().message);
  if (auto checked = check_members(*object, {"payload", "payloadType", "signatures"}); !checked) {
    return wrong(checked.error().message);
  }
  const std::string* type = text_member(*object, "payloadType");
  const std::string* payload = text_member(*object, "payload");
  if (type == nullptr || payload == nullptr) return wrong("payload and payloadType must be texts");
  if (type->empty() || type->size() > kLongestName)
    return wrong("payloadType is empty or too long");
  auto bytes = from_base64(*payload);
  if (!bytes) return wrong("payload is not base64");
  const json& signatures = object->at("signatures");
  if (!signatures.is_array() || signatures.empty() || signatures.size() > kMostSignatures) {
    return wrong(fmt::format("signatures must be a list of 1 to {}", kMostSignatures));
  }
  Envelope envelope{.payload_type = *type, .payload = std::move(*bytes), .signatures = {}};
  for (const json& value : signatures) {
    auto signature = read_signature(value);
    if (!signature) return fail(signature.error());
    envelope.signatures.push_back(std::move(*signature));
  }
  return envelope;
}

std::string to_json(const Envelope& envelope) {
  json signatures = json::array();
  for (const Envelope::Signature& signature : envelope.signatures) {
    signatures.push_back({{"keyid", signature.keyid}, {"sig", base64(signature.sig)}});
  }
  return json{{"payload", base64(envelope.payload)},
              {"payloadType", envelope.payload_type},
              {"signatures", std::move(signatures)}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Envelope> seal(std::string payload_type, std::string payload, const Signer& signer) {
  auto armored =
      signer.sign(pre_authentication_encoding(payload_type, payload), Purpose::kEvidence);
  if (!armored) return fail(armored.error());
  return Envelope{
      .payload_type = std::move(payload_type),
      .payload = std::move(payload),
      .signatures = {{.keyid = signer.identity(), .sig = std::move(*armored)}},
  };
}

Result<Verified> verify_envelope(const Envelope& envelope, const Trust& trust,
                                 std::chrono::sys_seconds at, const CancelToken& cancel) {
  const std::string bytes = pre_authentication_encoding(envelope.payload_type, envelope.payload);
  Result<Verified> first = wrong("it has no signature");
  bool is_first = true;
  for (const Envelope::Signature& signature : envelope.signatures) {
    auto verified = verify(bytes, signature.sig, Purpose::kEvidence, trust, at, cancel);
    if (verified) return verified;
    if (is_first) first = std::move(verified);
    is_first = false;
  }
  return first;
}

}  // namespace automod::sign
