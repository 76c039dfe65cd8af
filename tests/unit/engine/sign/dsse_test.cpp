#include "engine/sign/dsse.hpp"

#include <nlohmann/json.hpp>

#include "engine/sign/encoding.hpp"
#include "tests/unit/engine/sign/fixture.hpp"

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using nlohmann::json;
using std::string;

namespace {

class EnvelopeTest : public SignTest {
 protected:
  EnvelopeTest() : key_(PrivateKey::generate("jane@example.invalid")) {}

  Envelope made(const string& payload = R"({"a":1})") const {
    return value(seal(string(kStatementType), payload, Ours(key_)));
  }
  Result<Verified> check(const Envelope& envelope) const {
    return verify_envelope(envelope, trust_in(key_.key()), kNow, cancel);
  }

 private:
  struct Ours final : Signer {
    explicit Ours(const PrivateKey& own) : key(own) {}
    Result<string> sign(std::string_view bytes, Purpose purpose) const override {
      return make_ssh_signature(bytes, namespace_of(purpose), key);
    }
    string identity() const override { return fingerprint(key.key()); }
    bool is_quick() const override { return true; }
    const PrivateKey& key;
  };
  PrivateKey key_;
};

}  // namespace

TEST_CASE("the encoding that is signed is that of the DSSE specification") {
  CHECK(pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
}

TEST_CASE_METHOD(EnvelopeTest,
                 "an envelope is read as it was written, and written as it was read") {
  const Envelope envelope = made();
  const string text = to_json(envelope);
  CHECK_THAT(text, StartsWith(R"({"payload":"eyJhIjoxfQ==","payloadType":"application/vnd)"));
  CHECK_FALSE(text.contains('\n'));
  const Envelope again = value(parse_envelope(text));
  CHECK(again.payload == R"({"a":1})");
  CHECK(again.payload_type == kStatementType);
  CHECK(to_json(again) == text);
  CHECK(value(check(again)).principal == "jane@example.invalid");
}

TEST_CASE_METHOD(EnvelopeTest, "ssh-keygen accepts the signature in an envelope") {
  const Envelope envelope = made();
  file("sig", envelope.signatures.at(0).sig);
  must({"ssh-keygen", "-Y", "check-novalidate", "-n", "automod-evidence-v1", "-s",
        path("sig").string()},
       pre_authentication_encoding(envelope.payload_type, envelope.payload));
}

TEST_CASE_METHOD(EnvelopeTest, "an envelope with anything changed is refused") {
  Envelope payload = made();
  payload.payload += ' ';
  CHECK_FALSE(check(payload));
  Envelope type = made();
  type.payload_type += "x";
  CHECK_FALSE(check(type));
  Envelope other = made();
  other.signatures = made("{}").signatures;
  CHECK_FALSE(check(other));
  Envelope none = made();
  none.signatures.clear();
  CHECK_FALSE(check(none));
}

TEST_CASE_METHOD(EnvelopeTest, "no byte of an envelope can change unseen, but who says he signed") {
  const string text = to_json(made());
  const string keyid = made().signatures.at(0).keyid;
  const std::size_t hint = text.find(keyid);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i >= hint && i < hint + keyid.size()) continue;
    string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    INFO(i);
    const auto envelope = parse_envelope(changed);
    CHECK_FALSE((envelope && check(*envelope)));
  }
}

TEST_CASE_METHOD(EnvelopeTest, "of several signatures one that counts is enough") {
  Envelope envelope = made();
  Envelope::Signature broken = envelope.signatures[0];
  broken.sig = "-----BEGIN SSH SIGNATURE-----\n";
  envelope.signatures.insert(envelope.signatures.begin(), broken);
  CHECK(check(envelope));
  envelope.signatures.pop_back();
  CHECK_FALSE(check(envelope));
}

TEST_CASE_METHOD(EnvelopeTest, "envelopes are read strictly") {
  const json good = json::parse(to_json(made()));
  const auto with = [&](auto&& change) {
    json changed = good;
    change(changed);
    return changed.dump();
  };
  const string text = good.dump();
  const std::vector<std::pair<string, string>> table = {
      {"", "not JSON"},
      {"[]", "found no JSON object"},
      {text + "x", "not JSON"},
      {text + text, "not JSON"},
      {R"({"payload":"","payload":"","payloadType":"x","signatures":[]})", "found 'payload' twice"},
      {with([](json& e) { e["more"] = 1; }), "unknown member 'more'"},
      {with([](json& e) { e.erase("payloadType"); }), "'payloadType' is missing"},
      {with([](json& e) { e["payloadType"] = ""; }), "payloadType is empty"},
      {with([](json& e) { e["payload"] = 1; }), "must be texts"},
      {with([](json& e) { e["payload"] = "Zg"; }), "payload is not base64"},
      {with([](json& e) { e["payload"] = "Zh=="; }), "payload is not base64"},
      {with([](json& e) { e["signatures"] = json::array(); }), "a list of 1 to 16"},
      {with([](json& e) { e["signatures"] = std::vector<int>(17); }), "a list of 1 to 16"},
      {with([](json& e) { e["signatures"] = "x"; }), "a list of 1 to 16"},
      {with([](json& e) { e["signatures"][0] = 1; }), "a signature is no object"},
      {with([](json& e) { e["signatures"][0]["cert"] = "x"; }), "unknown member 'cert'"},
      {with([](json& e) { e["signatures"][0].erase("keyid"); }), "'keyid' is missing"},
      {with([](json& e) { e["signatures"][0]["keyid"] = 1; }), "must be texts"},
      {with([](json& e) { e["signatures"][0]["keyid"] = string(300, 'x'); }), "too long"},
      {with([](json& e) { e["signatures"][0]["sig"] = ""; }), "sig is not base64"},
      {with([](json& e) { e["signatures"][0]["sig"] = "!"; }), "sig is not base64"},
      {string(20, '[') + string(20, ']'), "nested deeper"},
      {"{\"payload\":\"\xff\"}", "not JSON"},
      {string(9 << 20, ' '), "larger than 8 MiB"},
  };
  for (const auto& [given, wanted] : table) {
    INFO(given.substr(0, 200));
    const auto envelope = parse_envelope(given);
    REQUIRE_FALSE(envelope);
    CHECK(envelope.error().kind == ErrorKind::kRefused);
    CHECK_THAT(envelope.error().message,
               StartsWith("not a DSSE envelope: ") && ContainsSubstring(wanted));
  }
}
