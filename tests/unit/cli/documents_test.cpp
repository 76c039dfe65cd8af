#include "cli/documents.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/documents_prompt.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"
#include "tests/unit/cli/samples.hpp"

using namespace automod;
using namespace automod::cli;
using namespace automod::testing;
using nlohmann::json;

namespace {

void check(const std::string& name, const json& document, const std::string& file = {},
           int version = 1) {
  CHECK(document.at("schema") == fmt::format("automod.{}/{}", name, version));
  check_golden((file.empty() ? name : file) + ".json",
               document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

const sandbox::Execution& sample_execution() {
  static const sandbox::Execution kExecution = {
      .outcome = sandbox::Outcome::kExited,
      .status = 0,
      .out = "raw \xff\x1b",
      .err_cut = true,
      .wall = std::chrono::milliseconds(12),
      .setup = std::chrono::microseconds(3000),
      .run = std::chrono::microseconds(8000),
      .teardown = std::chrono::microseconds(1000),
      .cpu = std::chrono::milliseconds(5),
      .peak_memory_bytes = 1 << 20,
      .written_bytes = 7,
      .artifacts = {{"app", "x", ""}, {"link", "", "it is a link"}}};
  return kExecution;
}

sandbox::Facts sample_facts() {
  return {"oci", "runc 1.1.5", "cgroup", "cgroup", "none", "watched", true};
}

std::vector<TestedBackend> sample_tested() {
  const sandbox::attacks::Attack attack{"read-canary", "files", "a file of the host", "promise 1"};
  return {
      {.name = "native",
       .report = sandbox::attacks::Report{.facts = sample_facts(),
                                          .as_root = true,
                                          .rows = {{attack, sandbox::attacks::Verdict::kExposed,
                                                    sandbox::attacks::Control::kWorked,
                                                    "it was read", 0.5}}},
       .problem = {}},
      {.name = "bwrap", .report = {}, .problem = Error{ErrorKind::kUnavailable, "not here", ""}}};
}

PromptContext sample_context() {
  PromptContext made{.parts = {}, .tokens = 120, .left_out = 1, .notes = {"a.cpp: cut \xff"}};
  made.parts.push_back({.kind = PartKind::kConventions, .why = "habits", .text = "naming\n"});
  made.parts.push_back({.kind = PartKind::kFocus,
                        .path = "a.cpp",
                        .line = 3,
                        .last_line = 4,
                        .symbol = "shop::price",
                        .why = "this is what is meant",
                        .text = "int price() {\n}\n",
                        .tokens = 40});
  return made;
}

PromptShown sample_goal() {
  return {.text = prompts::Template{.purpose = prompts::Purpose::kBug,
                                    .instructions = "Repair.\n",
                                    .frame = "{{request}}\n{{material}}\n",
                                    .digest = std::string(64, 'b'),
                                    .own = {"/c/prompts/bug.txt"}},
          .modification = {},
          .page = {}};
}

PromptShown sample_question() {
  model::Answer answer{.text = "NO CHANGE\n", .model = "toy-1"};
  answer.usage = {.input = 10, .cached = 4, .written = 2, .output = 3};
  return {.text = {},
          .modification = ModificationId{"01a1fb95-04d1-7000-8000-000000000001"},
          .page = model::Page{.digest = std::string(64, 'c'),
                              .model = "toy",
                              .asked_at = "2026-01-31T23:59:59.123Z",
                              .question = {.instructions = "Repair.\n",
                                           .material = "a\n",
                                           .most_tokens = 8192,
                                           .temperature = 0.5},
                              .answer = answer}};
}

const Error kError{ErrorKind::kConflict, "the branch moved", ""};

}  // namespace

TEST_CASE("the documents of --json are frozen") {
  const store::Application application = *sample_applied().application;
  const store::Rollback rollback{.modification = application.modification,
                                 .reason = "slower",
                                 .method = "restored",
                                 .ref = application.branch,
                                 .commit = {},
                                 .restored = application.base_commit,
                                 .rolled_back_at = application.applied_at};
  check("error", error_document({ErrorKind::kUsage, "no such thing", "try another"}, 2));
  check("init",
        init_document(
            {.file = "/there/automod.toml", .replaced = true, .target = sample_analysis().target}));
  check("doctor",
        doctor_document(
            {.system = "Linux 6.1.0 x86_64",
             .groups =
                 {{"sandbox",
                   {{.name = "kernel", .ok = true, .vital = true, .detail = "6.1", .remedy = ""}}}},
             .can_run_trials = true}));
  check("analyze", analyze_document(sample_analysis()));
  const cli::RuleRow rule = sample_rule();
  cli::RuleRow check_row = rule;
  check_row.file.clear();
  check_row.rule.reset();
  check_row.known.change.clear();
  check("rules_list", rules_list_document({rule, check_row}));
  check("rules_show", rules_show_document(rule));
  check("rules_test",
        rules_test_document({.rules = 2,
                             .examples = 3,
                             .failures = {{"no-print",
                                           "lint/a.toml",
                                           {2, analyzers::Language::kPython, "nothing is marked"}}},
                             .untested = {"no-such"}}));
  check("propose", propose_document({.listed = sample_proposed(), .known = true}));
  check("list", list_document({sample_proposed(), sample_applied()}));
  check("show", show_document(sample_shown()));
  check("explain", explain_document({.listed = sample_applied(),
                                     .trial = sample_tried().trial,
                                     .recomputed = sample_applied().verdict->verdict,
                                     .agrees = true,
                                     .text = "because\n"}));
  const store::LedgerEntry entry{.number = 1,
                                 .at = application.applied_at,
                                 .kind = "verdict",
                                 .subject = "x",
                                 .payload = "{\"decision\":\"approved\"}",
                                 .previous = std::string(64, '0'),
                                 .hash = std::string(64, 'f'),
                                 .signature = "-----BEGIN",
                                 .signer = "SHA256:abc"};
  check("log", log_document({.entries = {entry},
                             .verified = true,
                             .problems = {{1, "was edited"}, {0, "attestation abc was edited"}}}));
  check("log_entry", log_entry_document(entry));
  const store::Bundle bundle{.head = {1, std::string(64, 'f')}, .ledger = {entry}};
  check("log_export", log_export_document({.file = "/there/record.json", .bundle = bundle}));
  const std::string id = application.modification.text;
  std::vector<cli::Attempt<Tried>> trials;
  trials.push_back({id, sample_tried()});
  trials.push_back({id, fail(kError)});
  check("try", try_document(trials, nullptr, 5));
  std::vector<cli::Attempt<Kept>> kept;
  kept.push_back({id, Kept{.tried = sample_tried(), .application = application}});
  kept.push_back({id, Kept{.tried = sample_tried(), .application = {}}});
  check("apply", apply_document(kept, 1));
  check("rollback", rollback_document({rollback}), "rollback", 2);
  const store::Merge merge{.modification = application.modification,
                           .branch = "refs/heads/main",
                           .before = application.base_commit,
                           .after = application.commit,
                           .merged_at = application.applied_at};
  check("merge", merge_document(merge));
  const store::Approval approval{.id = {id},
                                 .modification = application.modification,
                                 .answer = "approve",
                                 .approver = "SHA256:abc",
                                 .expires_at = application.applied_at,
                                 .note = "read it",
                                 .token = "a.b.c",
                                 .decided_at = application.applied_at};
  check("approve", approve_document(approval));
  check("undo", undo_document({.id = {id},
                               .kind = "apply",
                               .refs = {{"refs/heads/x", {}, application.commit}},
                               .act = {.applications = {application}},
                               .at = application.applied_at}));
  check("feedback", feedback_document({.modification = application.modification,
                                       .good = false,
                                       .note = "slower",
                                       .given_at = application.applied_at}));
  check("review",
        review_document(
            {{.listed = sample_applied(),
              .approval = approval,
              .application = application,
              .error = Error{ErrorKind::kConflict, "it moved", ""}},
             {.listed = sample_applied(), .approval = {}, .application = {}, .error = {}}}));
  check("gate", gate_document({sample_gated()}, 0));
  check("gate", gate_document(sample_commits(), 1), "gate_each");
  check("context", context_document(sample_context(), CommitId{std::string(40, 'a')}, 2000));
  check("prompt_show", prompt_show_document(sample_goal()));
  check("prompt_show", prompt_show_document(sample_question()), "prompt_show_question");
  check("cache_show", cache_show_document(sample_cache()));
  check("cache_prune", cache_prune_document(sample_cache().bases, sample_cache()));
  check("key_init", key_init_document({.key = sample_key(),
                                       .principal = "jane@example.org",
                                       .completed = true,
                                       .files = {.file = "/c/keys/signing", .signers = "/c/a"}}));
  check("key_list", key_list_document(sample_keys()));
  check("key_show",
        key_show_document(
            {.source = sign::Source::kGit, .key = sample_key(), .principal = "jane@example.org"}));
  check("sandbox_run", sandbox_run_document({.execution = sample_execution(),
                                             .facts = sample_facts(),
                                             .policy_digest = std::string(64, 'a'),
                                             .files = {"out/app", ""},
                                             .exit_code = 1}));
  check("sandbox_test", sandbox_test_document(sample_tested(), 1));
  check("sandbox_backends",
        sandbox_backends_document({{.name = "native", .facts = sample_facts()},
                                   {.name = "bwrap", .problem = "not here", .remedy = "get it"}},
                                  "native"));
}

TEST_CASE("the help document holds every command, or the one that was asked for") {
  CHECK(help_document(nullptr).at("commands").size() == commands().size());
  const json one = help_document(find_command("try"));
  REQUIRE(one.at("commands").size() == 1);
  CHECK(one.at("commands").at(0).at("name") == "try");
}

TEST_CASE("the version document names every library") {
  const json document = version_document(linked_versions());
  for (const char* name : {"libgit2", "SQLite", "libclang", "tree-sitter", "OpenSSL", "fmt",
                           "CLI11", "nlohmann/json", "toml++", "libseccomp"}) {
    INFO(name);
    CHECK(document.at("linked").contains(name));
  }
  CHECK_THAT(document.at("linked").at("libclang").get<std::string>(),
             ContainsSubstring("clang version 19."));
}

TEST_CASE("a ledger entry that is no JSON is shown as null, not trusted") {
  const json document = log_document({.entries = {{.payload = "{broken"}}});
  CHECK(document.at("entries").at(0).at("payload").is_null());
}
