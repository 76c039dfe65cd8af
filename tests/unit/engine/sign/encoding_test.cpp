#include "engine/sign/encoding.hpp"

#include "engine/sign/openssl.hpp"
#include "engine/sign/wire.hpp"
#include "tests/unit/catch.hpp"

using namespace automod::sign;
using std::string;

namespace {

// RFC 8037, appendix A: an Ed25519 key and a signature by it.
constexpr const char* kSeed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
constexpr const char* kPublic = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr const char* kMessage = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr const char* kSignature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

}  // namespace

TEST_CASE("base64 is that of RFC 4648") {
  const auto [bytes, padded, plain] = GENERATE(table<string, string, string>({
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
      {"\xfb\xff\xfe", "+//+", "-__-"},
  }));
  CHECK(base64(bytes) == padded);
  CHECK(from_base64(padded) == bytes);
  CHECK(base64_url(bytes) == plain);
  CHECK(from_base64_url(plain) == bytes);
}

TEST_CASE("what base64 would not write is not read") {
  const string text = GENERATE(values<string>({
      "Zg",
      "Zg=",
      "Zg===",
      "Z===",
      "====",
      "=",
      "Zh==",  // padding, or bits that say nothing
      "Zm9=",
      "Zm9v\n",
      " Zm9v",
      "Zm 9v",
      "Zm9v=",
      "Zm9vZg",  // white space, length
      "-__-",
      "Zm9v!",
      "Zg==Zg==",
      string("Zm9v\0", 5),
      "Zm\xc3\xa9",
  }));
  CHECK_FALSE(from_base64(text));
}

TEST_CASE("what base64url would not write is not read") {
  const string text =
      GENERATE(values<string>({"Zg==", "Z", "Zh", "Zm9", "+//+", "Zm9v\n", "Zm9v.", " "}));
  CHECK_FALSE(from_base64_url(text));
}

TEST_CASE("a secret takes no more than it was made for") {
  Secret secret(4);
  secret.append("abc");
  CHECK(secret.room() == 1);
  secret.append("def");
  CHECK(secret.view() == "abcd");
  Secret small(2);
  CHECK_FALSE(append_from_base64("Zm9v", small));
}

TEST_CASE("values of SSH are read as they are written") {
  const string bytes = wire_number(0x01020304) + wire_text("text") + wire_text("");
  CHECK(bytes.substr(0, 8) == string("\x01\x02\x03\x04\0\0\0\x04", 8));
  WireReader wire(bytes);
  CHECK(wire.number() == 0x01020304);
  CHECK(wire.text() == "text");
  CHECK_FALSE(wire.is_finished());
  CHECK(wire.text().empty());
  CHECK(wire.is_finished());
}

TEST_CASE("values that are cut off are none, nor is what follows them") {
  for (const string& bytes :
       {string("\0\0", 2), string("\0\0\0\x05text", 8), string("\xff\xff\xff\xfftext", 8)}) {
    WireReader wire(bytes);
    CHECK(wire.text().empty());
    CHECK_FALSE(wire.ok());
    CHECK(wire.number() == 0);
    CHECK_FALSE(wire.is_finished());
  }
}

TEST_CASE("Ed25519 gives the answers of RFC 8037") {
  const string seed = from_base64_url(kSeed).value();
  CHECK(base64_url(ed25519_public_of(seed)) == kPublic);
  CHECK(base64_url(ed25519_sign(seed, kMessage)) == kSignature);
  const string key = from_base64_url(kPublic).value();
  const string signature = from_base64_url(kSignature).value();
  CHECK(ed25519_verify(key, kMessage, signature));
  CHECK_FALSE(ed25519_verify(key, string(kMessage) + " ", signature));
  CHECK_FALSE(ed25519_verify(key, kMessage, signature.substr(1)));
  CHECK_FALSE(ed25519_verify(key.substr(1), kMessage, signature));
  CHECK_FALSE(ed25519_verify("", kMessage, ""));
}

TEST_CASE("an Ed25519 signature has one form: its number is below the group's order") {
  // Adding the order gives the same number again, and must not pass.
  const string order = string(
      "\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14"
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10",
      32);
  string signature = from_base64_url(kSignature).value();
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]);
    carry += static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  CHECK_FALSE(ed25519_verify(from_base64_url(kPublic).value(), kMessage, signature));
}

TEST_CASE("texts are the same only when they are") {
  CHECK(same_bytes("", ""));
  CHECK(same_bytes("abc", "abc"));
  CHECK_FALSE(same_bytes("abc", "abd"));
  CHECK_FALSE(same_bytes("abc", "ab"));
}
