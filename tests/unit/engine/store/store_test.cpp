#include "engine/store/store.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/unit/engine/store/fixture.hpp"

namespace automod::store {

using testing::ContainsSubstring;

TEST_CASE_METHOD(StoreTest, "a session reads back as it was begun") {
  const Session read = take(store.session(session));
  CHECK(read.codebase_path == "/code");
  CHECK(read.goals == std::vector{Goal::kFixBugs});
  CHECK(read.safety_level == SafetyLevel::kModerate);
  CHECK(read.status == SessionStatus::kAnalyzing);
  CHECK(read.completed_at == std::nullopt);
  CHECK(read.success_rate == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "an unknown session is a usage error") {
  CHECK(refused(store.session({"nope\x1b"})).message == "no session 'nope\\x1b'");
  CHECK(refused(store.end_session({"nope"}, SessionStatus::kFailed)).kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(StoreTest, "sessions are listed newest first") {
  const SessionId second = take(store.begin_session("/b", {}, SafetyLevel::kConservative));
  const SessionId third = take(store.begin_session("/c", {}, SafetyLevel::kConservative));
  const auto all = take(store.sessions(2));
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == third);
  CHECK(all[1].id == second);
}

TEST_CASE_METHOD(StoreTest, "the success rate is the share of approvals among what was tried") {
  try_it(propose("a"), Decision::kApproved);
  try_it(propose("b"), Decision::kRejected);
  try_it(propose("c"), Decision::kNeedsApproval);
  const Modification changed = propose("d");
  try_it(changed, Decision::kRejected);
  try_it(changed, Decision::kApproved);
  propose("never tried");
  take(store.end_session(session, SessionStatus::kCompleted));
  const Session read = take(store.session(session));
  CHECK(read.status == SessionStatus::kCompleted);
  CHECK(read.success_rate == 50.0);
  CHECK(read.completed_at.has_value());
}

TEST_CASE_METHOD(StoreTest, "a session in which nothing was tried has no success rate") {
  propose();
  take(store.end_session(session, SessionStatus::kInterrupted));
  CHECK(take(store.session(session)).success_rate == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "a session ends once") {
  take(store.end_session(session, SessionStatus::kCompleted));
  CHECK(refused(store.end_session(session, SessionStatus::kFailed)).kind == ErrorKind::kConflict);
  CHECK(take(store.session(session)).status == SessionStatus::kCompleted);
}

TEST_CASE_METHOD(StoreTest, "findings read back in order") {
  const Finding full{"rule",
                     {"a.cpp", 3, 7, "f"},
                     "message",
                     "why",
                     ModificationType::kBugFix,
                     Severity::kError,
                     Confidence::kHigh,
                     {.loops = 2, .reach = 14, .heat = 0.25}};
  const Finding bare{"rule2",        {"", 0, 0, ""}, "\xff", "", ModificationType::kRefactor,
                     Severity::kNote};
  take(store.add_findings(session, {full, bare}));
  const auto read = take(store.findings(session));
  REQUIRE(read.size() == 2);
  CHECK(to_json(read[0]) == to_json(full));
  CHECK(read[1].place.line == 0);
  CHECK(read[1].message == "\xef\xbf\xbd");
  CHECK(read[1].weight == Weight{});
}

TEST_CASE_METHOD(StoreTest, "findings of an unknown session are refused") {
  CHECK_FALSE(store.add_findings({"nope"}, {Finding{}}));
  CHECK(take(store.findings({"nope"})).empty());
}

TEST_CASE_METHOD(StoreTest, "a modification reads back byte for byte") {
  Modification modification = some_modification(session);
  modification.patch += std::string("\0\xff\r\n", 4);
  modification.patch_digest = sha256(modification.patch);
  modification.candidate.place = {"f", 3, 0, "main()"};
  modification.candidate.origin.prompt_digest = "p";
  modification.candidate.files = {
      {"added", std::nullopt, std::string("\0\xff\xfe", 3), false, true},
      {"b/empty", "", "x", true, false},
      {"deleted", "x", std::nullopt, false, false},
  };
  const Modification parent = propose("parent");
  modification.candidate.parent = parent.id;
  const Modification added = take(store.add_modification(modification));
  const ListedModification read = look(added);
  CHECK(read.status == ModificationStatus::kProposed);
  CHECK(read.modification.patch == modification.patch);
  CHECK(to_json(read.modification) == to_json(added));
  REQUIRE(read.modification.candidate.files.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const FileChange& want = modification.candidate.files[i];
    const FileChange& got = read.modification.candidate.files[i];
    CHECK(got.path == want.path);
    CHECK(got.original == want.original);
    CHECK(got.modified == want.modified);
    CHECK(got.original_executable == want.original_executable);
    CHECK(got.executable == want.executable);
  }
}

TEST_CASE_METHOD(StoreTest, "a modification with many files keeps one row a file") {
  Modification modification = some_modification(session);
  modification.candidate.files.push_back({"g", "x", "y", false, false});
  take(store.add_modification(modification));
  CHECK(ask("SELECT group_concat(file_path) FROM (SELECT file_path FROM code_modifications "
            "ORDER BY position)") == "f,g");
}

TEST_CASE_METHOD(StoreTest, "what can be no modification is refused and leaves nothing") {
  Modification modification = some_modification(session);
  ErrorKind kind = ErrorKind::kRefused;
  SECTION("no files") { modification.candidate.files.clear(); }
  SECTION("a path twice") {
    modification.candidate.files.push_back(modification.candidate.files[0]);
  }
  SECTION("a path that is no UTF-8") { modification.candidate.files[0].path = "\xff"; }
  SECTION("a path with NUL") { modification.candidate.files[0].path = std::string("a\0b", 3); }
  SECTION("a file on neither side") {
    modification.candidate.files[0].original.reset();
    modification.candidate.files[0].modified.reset();
  }
  SECTION("another patch than its digest says") {
    modification.patch += "x";
    kind = ErrorKind::kInternal;
  }
  SECTION("an unknown session") {
    modification.session.text = "nope";
    kind = ErrorKind::kUsage;
  }
  SECTION("an unknown parent") {
    modification.candidate.parent = ModificationId{"nope"};
    kind = ErrorKind::kInternal;
  }
  const auto before = take(store.ledger()).size();
  CHECK(refused(store.add_modification(modification)).kind == kind);
  CHECK(take(store.list({})).empty());
  CHECK(take(store.ledger()).size() == before);
}

TEST_CASE_METHOD(StoreTest, "the same base and patch are found again") {
  const Modification added = propose();
  CHECK(take(store.find_same(added.base_commit, added.patch_digest)) == added.id);
  CHECK(take(store.find_same({"other"}, added.patch_digest)) == std::nullopt);
  CHECK(take(store.find_same(added.base_commit, "other")) == std::nullopt);
}

TEST_CASE_METHOD(StoreTest, "any unique prefix of an id names its modification") {
  const Modification added = propose();
  const std::string id = added.id.text;
  std::string dense = id;
  std::erase(dense, '-');
  std::string upper = id;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  for (const std::string& typed : {id, dense, upper, id.substr(0, 4), id.substr(0, 9),
                                   id.substr(0, 10), dense.substr(0, 15)}) {
    CAPTURE(typed);
    CHECK(take(store.modification(typed)).modification.id == added.id);
  }
}

TEST_CASE_METHOD(StoreTest, "what names no modification says so") {
  propose();
  for (const char* typed : {"", "0", "012", "0-1-2", "wxyz", "0123%", "' OR 1=1 --",
                            "0123456789012345678901234567890123456789"}) {
    CAPTURE(typed);
    const Error error = refused(store.modification(typed));
    CHECK(error.kind == ErrorKind::kUsage);
    CHECK_THAT(error.message, ContainsSubstring("is no modification id"));
    CHECK_THAT(error.hint, ContainsSubstring("automod list"));
  }
  const Error none = refused(store.modification("ffff"));
  CHECK(none.kind == ErrorKind::kUsage);
  CHECK(none.message == "no modification begins with 'ffff'");
  CHECK_THAT(none.hint, ContainsSubstring("automod list"));
}

TEST_CASE_METHOD(StoreTest, "an ambiguous prefix lists up to five matches") {
  std::vector<std::string> ids;
  for (const char* text : {"a", "b", "c", "d", "e", "f"}) ids.push_back(propose(text).id.text);
  const Error error = refused(store.modification(ids[0].substr(0, 4)));
  CHECK(error.kind == ErrorKind::kUsage);
  CHECK(error.message ==
        fmt::format("'{}' names several modifications: {}, {}, {}, {}, {} and more",
                    ids[0].substr(0, 4), ids[0], ids[1], ids[2], ids[3], ids[4]));
}

TEST_CASE_METHOD(StoreTest, "the status follows the latest thing that happened") {
  const Modification one = propose();
  CHECK(look(one).status == ModificationStatus::kProposed);
  try_it(one, Decision::kRejected);
  CHECK(look(one).status == ModificationStatus::kRejected);
  try_it(one, Decision::kNeedsApproval);
  CHECK(look(one).status == ModificationStatus::kNeedsApproval);
  try_it(one, Decision::kApproved);
  CHECK(look(one).status == ModificationStatus::kApproved);
  apply(one);
  CHECK(look(one).status == ModificationStatus::kApplied);
  try_it(one, Decision::kRejected);
  CHECK(look(one).status == ModificationStatus::kApplied);
  take(add_rollback(store, rollback_of(one)));
  CHECK(look(one).status == ModificationStatus::kRolledBack);
  apply(one);
  CHECK(look(one).status == ModificationStatus::kApplied);
  CHECK_FALSE(look(one).rollback.has_value());
}

TEST_CASE_METHOD(StoreTest, "the list is newest first and can be narrowed") {
  const Modification a = propose("a");
  const Modification b = propose("b");
  const Modification c = propose("c");
  try_it(b, Decision::kRejected);
  const auto ids = [&](const ListFilter& filter) {
    std::vector<ModificationId> all;
    for (const auto& one : take(store.list(filter))) all.push_back(one.modification.id);
    return all;
  };
  using Ids = std::vector<ModificationId>;
  CHECK(ids({}) == Ids{c.id, b.id, a.id});
  CHECK(ids({.status = {}, .session = {}, .limit = 2}) == Ids{c.id, b.id});
  CHECK(ids({.status = ModificationStatus::kRejected, .session = {}, .limit = {}}) == Ids{b.id});
  CHECK(ids({.status = ModificationStatus::kProposed, .session = session, .limit = 1}) ==
        Ids{c.id});
  CHECK(ids({.status = {}, .session = SessionId{"other"}, .limit = {}}).empty());
}

TEST_CASE_METHOD(StoreTest, "an application and its rollback read back") {
  const Modification one = propose();
  try_it(one);
  apply(one);
  Rollback rollback = rollback_of(one);
  rollback.commit = CommitId{"c0ffee"};
  rollback.rolled_back_at = "2026-01-01T00:00:00.000Z";
  take(add_rollback(store, rollback));
  const ListedModification read = look(one);
  REQUIRE(read.application);
  CHECK(read.application->branch == "refs/heads/self-mod/" + one.id.text);
  CHECK(read.application->commit.text == "1234");
  CHECK(read.application->base_commit == one.base_commit);
  CHECK(read.application->tree == one.tree);
  CHECK_FALSE(read.application->applied_at.empty());
  REQUIRE(read.rollback);
  CHECK(read.rollback->reason == "slower");
  CHECK(read.rollback->method == "restored");
  CHECK(read.rollback->commit == rollback.commit);
  CHECK(read.rollback->restored == rollback.restored);
  CHECK(read.rollback->rolled_back_at == rollback.rolled_back_at);
  CHECK(ask("SELECT applied_at IS NOT NULL AND rollback_at = '2026-01-01T00:00:00.000Z' "
            "FROM code_modifications") == "1");
}

TEST_CASE_METHOD(StoreTest, "what is applied is not applied again before it was rolled back") {
  const Modification one = propose();
  try_it(one);
  apply(one);
  CHECK(refused(add_application(store, application_of(one))).kind == ErrorKind::kConflict);
}

TEST_CASE_METHOD(StoreTest, "only what is applied can be rolled back, and once") {
  const Modification one = propose();
  CHECK(refused(add_rollback(store, rollback_of(one))).kind == ErrorKind::kConflict);
  try_it(one);
  apply(one);
  take(add_rollback(store, rollback_of(one)));
  CHECK(refused(add_rollback(store, rollback_of(one))).kind == ErrorKind::kConflict);
  CHECK(refused(add_rollback(store, rollback_of(Modification{}))).kind == ErrorKind::kUsage);
}

TEST_CASE_METHOD(StoreTest, "only the tree that was tried can be recorded as applied") {
  const Modification one = propose();
  CHECK_THAT(refused(add_application(store, application_of(one))).message,
             ContainsSubstring("no trial of it measured evidence"));
  try_it(one);
  Application other = application_of(one);
  other.tree.text = std::string(40, '0');
  CHECK_THAT(refused(add_application(store, other)).message, ContainsSubstring("the tree is"));
  CHECK(look(one).status == ModificationStatus::kApproved);
}

TEST_CASE_METHOD(StoreTest, "a second process sees what the first recorded") {
  const Modification one = propose();
  Store other = open();
  CHECK(take(other.modification(one.id.text)).modification.patch == one.patch);
}

}  // namespace automod::store
