#include "engine/sign/settings.hpp"

#include "engine/sign/openpgp.hpp"
#include "engine/sign/signer.hpp"
#include "engine/sign/signers.hpp"
#include "tests/unit/engine/sign/fixture.hpp"

using namespace automod;
using namespace automod::sign;
using namespace automod::testing;
using std::string;
namespace fs = std::filesystem;

namespace {

/// A user whose git says nothing.
class SettingsTest : public SignTest {
 protected:
  SettingsTest()
      : home_("HOME", path("home").string()),
        config_("GIT_CONFIG_GLOBAL", path("gitconfig").string()),
        system_("GIT_CONFIG_NOSYSTEM", "1"),
        settings{.config = path("config"), .directory = path("")},
        own(own_key(settings)) {}

  void git_signs() const {
    make_key("gits");
    file("gitconfig", "[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = " + path("gits").string() +
                          "\n\temail = git@example.invalid\n");
  }
  Choice chosen() const { return value(choose(settings, cancel)); }

 private:
  Variable home_;
  Variable config_;
  Variable system_;

 protected:
  Settings settings;
  OwnKey own;
};

constexpr const char* kJane = "jane@example.invalid";

}  // namespace

TEST_CASE_METHOD(SettingsTest,
                 "automod's own key comes before git's set-up, and that before none") {
  CHECK_FALSE(chosen().source);
  git_signs();
  CHECK(chosen().source == Source::kGit);
  REQUIRE(make_own_key(own, kJane));
  CHECK(chosen().source == Source::kAutomod);
  file("config/signing.toml", "with = \"git\"\n");
  CHECK(chosen().source == Source::kGit);
  CHECK(chosen().why == "signing.toml says with = \"git\"");
}

TEST_CASE_METHOD(SettingsTest,
                 "what signing.toml names must be there: nothing else takes its place") {
  git_signs();
  file("config/signing.toml", "with = \"automod\"\n");
  const auto signer = open_signer(settings, cancel);
  REQUIRE_FALSE(signer);
  CHECK(signer.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(signer.error().message, ContainsSubstring("found no signing key"));
}

TEST_CASE_METHOD(SettingsTest, "a key of automod's that is of no use is not passed over") {
  git_signs();
  REQUIRE(make_own_key(own, kJane));
  fs::permissions(own.file, fs::perms(0644));
  const auto signer = open_signer(settings, cancel);
  REQUIRE_FALSE(signer);
  CHECK(signer.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(signer.error().message, ContainsSubstring("others can use this key"));
}

TEST_CASE_METHOD(SettingsTest, "signing.toml is read strictly") {
  const auto [text, wanted] = GENERATE(table<string, string>({
      {"with = \"none\"\n", "none"},
      {"with = false\n", "with"},
      {"sign = false\n", "sign"},
      {"openpgp = [\"ABCD\"]\n", "40 hexadecimal digits"},
      {"with = \n", "signing.toml"},
  }));
  file("config/signing.toml", text);
  const auto choice = choose(settings, cancel);
  REQUIRE_FALSE(choice);
  CHECK(choice.error().kind == ErrorKind::kUsage);
  CHECK_THAT(choice.error().message, ContainsSubstring(wanted));
}

TEST_CASE_METHOD(SettingsTest, "fingerprints of OpenPGP keys are read in any case") {
  file("config/signing.toml", "openpgp = [\"" + string(40, 'a') + "\"]\n");
  CHECK(value(read_wishes(settings.config)).openpgp == std::vector<string>{string(40, 'A')});
}

TEST_CASE_METHOD(SettingsTest,
                 "a key of automod's own is for its owner only, and allowed to sign") {
  const MadeKey made = value(make_own_key(own, kJane));
  CHECK_FALSE(made.completed);
  for (const auto& [name, mode] : std::vector<std::pair<string, unsigned>>{
           {"config", 0700}, {"config/keys", 0700}, {"config/keys/signing", 0600}}) {
    INFO(name);
    CHECK((fs::status(path(name)).permissions() & fs::perms::mask) == fs::perms(mode));
  }
  CHECK(text_of("config/allowed_signers") == allowed_signer_line(kJane, made.key) + "\n");
  CHECK(must({"ssh-keygen", "-l", "-f", own.file.string()}).contains(fingerprint(made.key)));
}

TEST_CASE_METHOD(SettingsTest, "a key is never replaced") {
  const MadeKey made = value(make_own_key(own, kJane));
  const auto again = make_own_key(own, "other@example.invalid");
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::kConflict);
  CHECK_THAT(again.error().message, ContainsSubstring(fingerprint(made.key)));
  CHECK(value(PrivateKey::read(own.file)).key().is(made.key));
  CHECK(text_of("config/allowed_signers") == allowed_signer_line(kJane, made.key) + "\n");
}

TEST_CASE_METHOD(SettingsTest, "what a killed call left undone is done by the next") {
  const MadeKey made = value(make_own_key(own, kJane));
  const string left_out = GENERATE(values<string>({"keys/signing.pub", "allowed_signers"}));
  const string before = text_of("config/" + left_out);
  fs::remove(path("config") / left_out);
  const MadeKey again = value(make_own_key(own, kJane));
  CHECK(again.completed);
  CHECK(again.key.is(made.key));
  CHECK(text_of("config/" + left_out) == before);
}

TEST_CASE_METHOD(SettingsTest, "other people's lines among the allowed signers stay") {
  const string line = "joe " + key_line(make_key("joe"));
  file("config/allowed_signers", "# mine\n" + line);
  const MadeKey made = value(make_own_key(own, kJane));
  CHECK(text_of("config/allowed_signers") ==
        "# mine\n" + line + "\n" + allowed_signer_line(kJane, made.key) + "\n");
  const Trust trust = value(open_trust(settings, cancel));
  REQUIRE(trust.signers.size() == 2);
  CHECK(trust.signers[0].principals == "joe");
}

TEST_CASE_METHOD(SettingsTest, "a name that would break the line makes no key") {
  const auto made = make_own_key(own, "jane doe");
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::kUsage);
  CHECK_FALSE(fs::exists(own.file));
}

TEST_CASE_METHOD(SettingsTest,
                 "the key that git signs with counts, unless git has a list of its own") {
  git_signs();
  Trust trust = value(open_trust(settings, cancel));
  REQUIRE(trust.signers.size() == 1);
  CHECK(trust.signers[0].principals == "git@example.invalid");
  file("list", "joe " + key_line(make_key("joe")) + "\n");
  must({"git", "config", "--file", path("gitconfig").string(), "gpg.ssh.allowedSignersFile",
        path("list").string()});
  trust = value(open_trust(settings, cancel));
  REQUIRE(trust.signers.size() == 1);
  CHECK(trust.signers[0].principals == "joe");
}

TEST_CASE_METHOD(SettingsTest,
                 "a list of signers that cannot be read is an error, not an empty list") {
  file("config/allowed_signers", "nonsense\n");
  const auto trust = open_trust(settings, cancel);
  REQUIRE_FALSE(trust);
  CHECK_THAT(trust.error().message, ContainsSubstring("allowed_signers:1"));
}

TEST_CASE("what gpg says of a signature is judged as it says it") {
  const string good =
      "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 0123456789ABCDEF Jane <jane@x>\n"
      "[GNUPG:] VALIDSIG " +
      string(40, 'B') + " 2026-01-01 1767225600 0 4 0 22 8 00 " + string(40, 'A') + "\n";
  const string expired =
      "[GNUPG:] NEWSIG\n[GNUPG:] KEYEXPIRED 1790000100\n"
      "[GNUPG:] EXPKEYSIG 0123456789ABCDEF Jane <jane@x>\n"
      "[GNUPG:] VALIDSIG " +
      string(40, 'B') + " 2026-01-01 1767225600 0 4 0 22 8 00 " + string(40, 'A') +
      "\n[GNUPG:] TRUST_ULTIMATE 0 pgp\n";
  Trust listed;
  listed.openpgp = {string(40, 'A')};
  const Verified verified = value(judge_status(good, listed, kNow));
  CHECK(verified.key == string(40, 'A'));
  CHECK(verified.principal == "Jane <jane@x>");
  CHECK(judge_status(good + "[GNUPG:] TRUST_FULLY 0 pgp\n", Trust(), kNow));
  CHECK(judge_status(expired, Trust(), kNow));
  const auto later = judge_status(expired, Trust(), kNow + std::chrono::seconds(101));
  REQUIRE_FALSE(later);
  CHECK_THAT(later.error().message, ContainsSubstring("expired before that"));

  const string begin = "[GNUPG:] NEWSIG\n";
  const string key = " 0123456789ABCDEF Jane\n";
  const std::vector<std::pair<string, string>> table = {
      {"", "not an OpenPGP signature"},
      {"[GNUPG:] NODATA 4\n", "not an OpenPGP signature"},
      {good + good, "or more than one"},
      {good + "[GNUPG:] BADSIG" + key, "or more than one"},
      {begin + "[GNUPG:] BADSIG" + key, "what was signed has been changed"},
      {begin + "[GNUPG:] ERRSIG 0123456789ABCDEF 22 8 00 1767225600 9 -\n", "not in the keyring"},
      {begin + "[GNUPG:] REVKEYSIG" + key, "was revoked"},
      {begin + "[GNUPG:] EXPSIG" + key, "itself has expired"},
      {begin + "[GNUPG:] EXPKEYSIG" + key, "expired before that"},
      {begin + "[GNUPG:] GOODSIG" + key, "is not valid"},
      {good, "is not among those"},
      {good + "[GNUPG:] TRUST_NEVER 0 pgp\n", "is not among those"},
      {good + "[GNUPG:] TRUST_MARGINAL 0 pgp\n", "is not among those"},
      {"gpg: " + good, "not an OpenPGP signature"},
  };
  for (const auto& [status, wanted] : table) {
    INFO(status);
    const auto refused = judge_status(status, Trust(), kNow);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::kRefused);
    CHECK_THAT(refused.error().message, ContainsSubstring(wanted));
  }
}
