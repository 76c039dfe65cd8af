#include "engine/sign/token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"
#include "engine/sign/encoding.hpp"
#include "engine/sign/openssl.hpp"
#include "engine/sign/signers.hpp"
#include "engine/sign/strict_json.hpp"

namespace automod::sign {

using nlohmann::json;
using std::chrono::sys_seconds;

namespace {

constexpr std::string_view kAudience = "automod-approval-v1";
constexpr std::size_t kLargest = 8 * 1024;
constexpr std::size_t kLongestNote = 2048;
constexpr std::chrono::seconds kSkew(60);           // by which two clocks may differ
constexpr std::int64_t kLastSecond = 253402300799;  // of the year 9999

std::unexpected<Error> refuse(std::string_view what) {
  return fail(ErrorKind::kRefused, fmt::format("the approval token is refused: {}", what));
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_digest(std::string_view text) { return text.size() == 64 && is_hex(text); }
bool is_git_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !is_hex(text.substr(i, 1))) return false;
  }
  return true;
}

bool is_uuid7(std::string_view text) { return is_uuid(text) && text[14] == '7'; }

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

bool is_note(std::string_view text) { return text.size() <= kLongestNote; }

/// The texts among the claims. Their names are frozen.
struct TextClaim {
  std::string_view name;
  std::string Approval::* field;
  bool (*is_good)(std::string_view);
};
constexpr std::array<TextClaim, 8> kTextClaims = {{
    {"jti", &Approval::id, is_uuid7},
    {"sub", &Approval::modification, is_uuid},
    {"patch_digest", &Approval::patch_digest, is_digest},
    {"base_commit", &Approval::base_commit, is_git_id},
    {"base_tree", &Approval::base_tree, is_git_id},
    {"evidence_digest", &Approval::evidence_digest, is_digest},
    {"decision", &Approval::decision, is_word},
    {"note", &Approval::note, is_note},
}};

/// The three parts between the dots, still encoded.
struct Parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
  std::string_view is_signed;  // header and claims with the dot between
};

Result<Parts> split(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);  // of a file or a pipe
  if (text.size() > kLargest) return refuse("larger than 8 KiB");
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) {
    return refuse("found no token: wanted three parts with dots between");
  }
  return Parts{.header = text.substr(0, first),
               .claims = text.substr(first + 1, second - first - 1),
               .signature = text.substr(second + 1),
               .is_signed = text.substr(0, second)};
}

Result<json> decode_object(std::string_view part, std::string_view name) {
  const auto bytes = from_base64_url(part);
  if (!bytes) return refuse(fmt::format("its {} is not base64url", name));
  auto object = parse_strict_object(*bytes);
  if (!object) return refuse(fmt::format("its {}: {}", name, object.error().message));
  return object;
}

/// The approver whose key the header names.
Result<const Approver*> read_header(std::string_view part, const std::vector<Approver>& approvers) {
  const auto header = decode_object(part, "header");
  if (!header) return fail(header.error());
  const std::string* algorithm = text_member(*header, "alg");
  if (algorithm == nullptr || *algorithm != "EdDSA") {
    const std::string found =
        algorithm == nullptr ? "none" : printable_line(algorithm->substr(0, 32));
    return refuse(fmt::format("found algorithm '{}', wanted EdDSA", found));
  }
  if (auto checked = check_members(*header, {"alg", "kid", "typ"}); !checked) {
    return refuse(fmt::format("its header: {}", checked.error().message));
  }
  const std::string* type = text_member(*header, "typ");
  if (type == nullptr || *type != "JWT") return refuse("its header: typ is not JWT");
  const std::string* key = text_member(*header, "kid");
  if (key == nullptr) return refuse("its header: kid is no text");
  for (const Approver& approver : approvers) {
    if (fingerprint(approver.key) == *key) return &approver;
  }
  return refuse(fmt::format("the key {} is not among the approvers of the base commit",
                            printable_line(key->substr(0, 64))));
}

std::optional<sys_seconds> time_claim(const json& claims, std::string_view name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto seconds = found->get<std::uint64_t>();
  if (seconds > static_cast<std::uint64_t>(kLastSecond)) return std::nullopt;
  return sys_seconds(std::chrono::seconds(seconds));
}

Result<Approval> read_claims(std::string_view part) {
  const auto claims = decode_object(part, "claims");
  if (!claims) return fail(claims.error());
  const std::string* audience = text_member(*claims, "aud");
  if (audience == nullptr || *audience != kAudience) {
    return refuse(fmt::format("it was made for something else: wanted aud {}", kAudience));
  }
  if (auto checked =
          check_members(*claims, {"aud", "jti", "sub", "patch_digest", "base_commit", "base_tree",
                                  "evidence_digest", "decision", "note", "iat", "exp"});
      !checked) {
    return refuse(checked.error().message);
  }
  Approval approval;
  for (const TextClaim& claim : kTextClaims) {
    const std::string* text = text_member(*claims, claim.name);
    if (text == nullptr || !claim.is_good(*text)) {
      return refuse(fmt::format("'{}' is not what it should be", claim.name));
    }
    approval.*claim.field = *text;
  }
  const auto issued = time_claim(*claims, "iat");
  const auto expires = time_claim(*claims, "exp");
  if (!issued || !expires || *issued >= *expires) {
    return refuse("iat and exp must be whole seconds, one after the other");
  }
  approval.issued = *issued;
  approval.expires = *expires;
  return approval;
}

}  // namespace

Result<Approver> parse_approver(std::string_view line) {
  const std::string_view name = line.substr(0, line.find(' '));
  if (const auto problem = principal_rule(name)) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("found no approver's name, wanted 'NAME {} AAAA…': {}", kEd25519, *problem));
  }
  auto key = parse_key_line(line.substr(name.size()));
  if (!key) return fail(std::move(key.error()).within(name));
  if (key->type != kEd25519) {
    return fail(ErrorKind::kUsage,
                fmt::format("{}: found a key of type {}, wanted {}", name, key->type, kEd25519));
  }
  return Approver{.name = std::string(name), .key = std::move(*key)};
}

std::string mint(const Approval& approval, const PrivateKey& key) {
  const json header = {{"alg", "EdDSA"}, {"kid", fingerprint(key.key())}, {"typ", "JWT"}};
  json claims = {{"aud", kAudience},
                 {"iat", approval.issued.time_since_epoch().count()},
                 {"exp", approval.expires.time_since_epoch().count()}};
  for (const TextClaim& claim : kTextClaims) {
    claims[std::string(claim.name)] = approval.*claim.field;
  }
  const auto encode = [](const json& object) {
    return base64_url(object.dump(-1, ' ', false, json::error_handler_t::replace));
  };
  const std::string is_signed = fmt::format("{}.{}", encode(header), encode(claims));
  return fmt::format("{}.{}", is_signed, base64_url(key.sign_raw(is_signed)));
}

Result<Approval> read_token(std::string_view text, const std::vector<Approver>& approvers,
                            sys_seconds now) {
  const auto parts = split(text);
  if (!parts) return fail(parts.error());
  const auto approver = read_header(parts->header, approvers);
  if (!approver) return fail(approver.error());
  const auto signature = from_base64_url(parts->signature);
  if (!signature || !verify_raw((*approver)->key, parts->is_signed, *signature)) {
    return refuse(fmt::format("it was changed, or {} did not sign it", (*approver)->name));
  }
  auto approval = read_claims(parts->claims);
  if (!approval) return approval;
  if (approval->issued > now + kSkew) return refuse("it was issued in the future");
  if (approval->expires <= now) return refuse("it has expired");
  approval->approver = fingerprint((*approver)->key);
  return approval;
}

}  // namespace automod::sign
