#include "engine/store/bundle.hpp"

#include <nlohmann/json.hpp>

#include "engine/store/bytes_json.hpp"
#include "tests/unit/engine/store/full_ledger.hpp"

/// What leaves the store as one file, and what comes back.
namespace automod::store {

using nlohmann::json;
using testing::ContainsSubstring;

TEST_CASE("bytes survive as base64, and nothing else is taken for it") {
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("ab"), std::string("abc"),
        std::string("\0\xff\n", 3), std::string(1000, '\xfe')}) {
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
  CHECK(to_base64("ab") == "YWI=");
  for (const char* text :
       {"YWI", "YWI=\n", " YWI", "YW I=", "YWJ=", "Y===", "====", "YWI=YWI=", "YW==", "*WI="}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text));
  }
}

TEST_CASE_METHOD(FullLedger, "a bundle reads back as it was written, and verifies") {
  const Bundle bundle = take(store.bundle({}));
  const std::string text = bundle_text(bundle);
  const Bundle read = take(read_bundle(text));
  CHECK(bundle_text(read) == text);
  CHECK(read.head == head);
  CHECK(read.ledger == take(store.ledger()));
  CHECK(read.modifications.size() == 2);
  CHECK(read.modifications[0].record.patch == one.patch);
  CHECK(read.modifications[0].record.candidate.files[0].modified == "one\n");
  CHECK(read.evidence.size() == 2);
  CHECK(read.approvals[0].record.token == "token-approval-1");
  CHECK(read.attestations.size() == 1);
  CHECK(check_bundle(read, {.pins = {head}}) == std::vector<LedgerProblem>{});
}

TEST_CASE_METHOD(FullLedger, "a bundle of one modification holds nothing of the others") {
  const Bundle bundle = take(store.bundle({one.id}));
  REQUIRE(bundle.modifications.size() == 1);
  CHECK(bundle.modifications[0].record.id == one.id);
  CHECK(bundle.evidence.size() == 1);
  CHECK(bundle.verdicts.size() == 1);
  CHECK(bundle.failures.empty());
  CHECK(bundle.ledger.size() == 13);
  CHECK(check_bundle(bundle, {.pins = {head}}).empty());
}

TEST_CASE_METHOD(FullLedger, "what is edited in a bundle is found") {
  json bundle = json::parse(bundle_text(take(store.bundle({}))));
  std::string said;
  std::int64_t number = 0;
  const auto expect = [&](std::int64_t entry, const char* what) {
    number = entry;
    said = what;
  };
  SECTION("a byte of a patch") {
    bundle["modifications"][0]["patch"] = to_base64("x");
    expect(2, "its patch was edited");
  }
  SECTION("a summary") {
    bundle["modifications"][1]["summary"] = "harmless";
    expect(3, "record_digest");
  }
  SECTION("a file") {
    bundle["modifications"][0]["files"][0]["modified"] = to_base64("x");
    expect(2, "record_digest");
  }
  SECTION("an entry removed") {
    bundle["ledger"].erase(4);
    expect(5, "is missing");
  }
  SECTION("the end removed") {
    bundle["ledger"].erase(12);
    bundle["failures"].clear();
    expect(13, "was cut off");
  }
  SECTION("the end and the head") {
    bundle["ledger"].erase(12);
    bundle["failures"].clear();
    bundle["head"] = {{"number", 12}, {"hash", bundle["ledger"][11]["hash"]}};
    expect(13, "was cut off");
  }
  SECTION("another head") {
    bundle["head"]["number"] = 12;
    expect(12, "is not the end");
  }
  SECTION("an entry") {
    bundle["ledger"][6]["at"] = "2020";
    expect(7, "was edited");
  }
  SECTION("evidence") {
    bundle["evidence"][0]["text"] = "{}";
    expect(4, "its evidence was edited");
  }
  SECTION("an attestation") {
    bundle["attestations"][0]["envelope"] = "{}";
    expect(0, "was edited");
  }
  SECTION("an application") {
    bundle["applications"][0]["commit"] = "x";
    expect(7, "differs from its record: commit");
  }
  SECTION("a token") {
    bundle["approvals"][0]["token"] = "x";
    expect(6, "token_digest");
  }
  const auto problems = check_bundle(take(read_bundle(bundle.dump())), {.pins = {head}});
  std::string all;
  bool found = false;
  for (const LedgerProblem& problem : problems) {
    all += fmt::format("{}: {}\n", problem.number, problem.what);
    found |= problem.number == number && problem.what.find(said) != std::string::npos;
  }
  INFO(all);
  CHECK(found);
}

TEST_CASE_METHOD(FullLedger, "what is no bundle is refused, naming the field") {
  json bundle = json::parse(bundle_text(take(store.bundle({}))));
  std::string said;
  SECTION("a field too many") {
    bundle["ledger"][0]["extra"] = 1;
    said = "ledger[0].extra is unknown";
  }
  SECTION("a field too few") {
    bundle["verdicts"][0].erase("trial");
    said = "verdicts[0].trial is missing";
  }
  SECTION("a wrong type") {
    bundle["head"]["number"] = "1";
    said = "head.number is string, expected a whole number";
  }
  SECTION("another schema") {
    bundle["schema"] = "automod.bundle/2";
    said = "schema is not automod.bundle/1";
  }
  SECTION("bytes that are none") {
    bundle["modifications"][0]["patch"] = "?";
    said = "patch is no base64";
  }
  const Error error = refused(read_bundle(bundle.dump()));
  CHECK(error.kind == ErrorKind::kUsage);
  CHECK_THAT(error.message, ContainsSubstring(said));
  for (const char* text :
       {"", "{", "[]", "null", R"({"schema":"automod.bundle/1"})", R"({"schema":1,"schema":1})"}) {
    CHECK_FALSE(read_bundle(text));
  }
  CHECK_FALSE(read_bundle(std::string(10000, '[')));
}

}  // namespace automod::store
