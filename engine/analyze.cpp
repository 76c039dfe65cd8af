#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "analyzers/clang/clang_tidy.hpp"
#include "analyzers/profile/profile.hpp"
#include "analyzers/treesitter/syntax.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/clang_site.hpp"
#include "engine/codebase.hpp"
#include "engine/desk.hpp"
#include "engine/impl.hpp"
#include "engine/meaning.hpp"
#include "engine/propose/rules.hpp"
#include "engine/propose/syntax_rules.hpp"
#include "engine/scope.hpp"
#include "engine/since.hpp"
#include "engine/structure.hpp"
#include "engine/weigh.hpp"

namespace automod {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostQuestions = 10;  // to a model, where the caller sets no limit
constexpr std::size_t kAskedAtOnce = 8;
constexpr std::size_t kMostShown = 64 * kMiB;  // of sources that come with findings

/// One analysis as it goes through its steps.
class AnalysisRun {
 public:
  AnalysisRun(Engine::Impl& engine, const AnalyzeRequest& request,
              std::optional<analyzers::Profile> profile, Analysis& analysis)
      : engine_(engine), request_(request), profile_(std::move(profile)), analysis_(analysis) {}

  Result<void> run();
  Result<void> try_all();

 private:
  Result<std::vector<Candidate>> read_by_rules();
  Result<void> by_rules();
  Result<void> by_model();
  Result<void> ask_about(const std::vector<Finding>& findings, Desk& desk);
  Result<void> take_answer(const Finding& finding, const model::Asked& asked,
                           const std::string& model);
  void note(const Finding& finding, std::string_view what);
  Result<void> by_patches();
  Result<propose::RuleBook> open_book() const;
  Result<void> run_rules(const std::vector<analyzers::Rule>& rules);
  Result<void> run_clang(const std::string& checks, const std::vector<std::string>& meaning);
  Result<void> run_tidy(const ClangSite& site, const std::vector<std::string>& units,
                        const std::string& checks);
  Result<void> run_meaning(const ClangSite& site, const std::vector<std::string>& units,
                           const std::vector<std::string>& rules);
  Result<void> run_structure();
  Result<void> weigh_all(std::vector<Finding>& findings);
  void add_failed(std::vector<std::string> files);
  Result<void> record(const Candidate& candidate);
  Result<void> find_changes();
  Result<const IndexedCode*> code();
  bool is_wanted(std::string_view path) const;
  void note_nothing_read() const;
  Result<std::vector<std::string>> units_of(const ClangSite& site);
  void keep_sources();

  Engine::Impl& engine_;
  const AnalyzeRequest& request_;
  std::optional<analyzers::Profile> profile_;
  Analysis& analysis_;
  std::vector<repo::Entry> entries_;   // all files of the target
  std::optional<ChangesSince> since_;  // where only changes count
  std::optional<IndexedCode> code_;    // once it was asked for
  std::vector<analyzers::Diagnostic> diagnostics_;
  std::set<std::string> read_;
  bool has_answered_ = false;  // the model, to any question
};

Result<void> AnalysisRun::record(const Candidate& candidate) {
  if (request_.limit != 0 && analysis_.modifications.size() >= request_.limit) {
    ++analysis_.beyond_limit;
    return {};
  }
  auto proposal = engine_.record(candidate, analysis_.target, analysis_.session.id);
  if (!proposal) return fail(proposal.error());
  analysis_.modifications.push_back(std::move(proposal->listed));
  return {};
}

/// The target's index, read at most once.
Result<const IndexedCode*> AnalysisRun::code() {
  if (!code_) {
    auto read = read_code(engine_.repo.common_dir(), analysis_.target.commit.text, engine_.world);
    if (!read) return fail(std::move(read.error()));
    code_.emplace(std::move(*read));
  }
  return &*code_;
}

bool AnalysisRun::is_wanted(std::string_view path) const {
  return in_scope(path, request_.scope) && (!since_ || since_->touches(path));
}

void AnalysisRun::note_nothing_read() const {
  const bool any = std::ranges::any_of(
      entries_, [&](const repo::Entry& entry) { return is_wanted(entry.path); });
  const std::string where = request_.scope.empty() ? "" : " of " + printable_line(request_.scope);
  engine_.world.observer.note(since_ && !any ? fmt::format("no file{} has changed since {}", where,
                                                           since_->from().text.substr(0, 12))
                                             : "no source in a language that the rules know");
}

/// Of C and C++, those to read for what is wanted.
Result<std::vector<std::string>> AnalysisRun::units_of(const ClangSite& site) {
  std::vector<std::string> units = site.units();
  if (since_) {
    const auto known = code();
    if (!known) return fail(known.error());
    return since_->units_among(units, (*known)->code());
  }
  std::erase_if(units, [&](const std::string& file) { return !in_scope(file, request_.scope); });
  return units;
}

void AnalysisRun::keep_sources() {
  std::size_t left = kMostShown;
  for (const Finding& finding : analysis_.findings) {
    const std::string& path = finding.place.path;
    if (path.empty() || analysis_.sources.contains(path)) continue;
    auto text = engine_.repo.read(analysis_.target.tree, path, std::min(left, kMiB));
    if (!text || !*text) continue;
    left -= (*text)->size();
    analysis_.sources.emplace(path, std::move(**text));
  }
}

Result<propose::RuleBook> AnalysisRun::open_book() const {
  std::vector<std::string> paths;
  for (const repo::Entry& entry : entries_) paths.push_back(entry.path);
  return propose::RuleBook::open(analysis_.target.config.rules, paths, [&](std::string_view path) {
    return engine_.repo.read(analysis_.target.tree, path, kMiB);
  });
}

Result<void> AnalysisRun::run_rules(const std::vector<analyzers::Rule>& rules) {
  Observer& observer = engine_.world.observer;
  std::vector<repo::Entry> files;
  std::ranges::copy_if(entries_, std::back_inserter(files),
                       [&](const repo::Entry& entry) { return is_wanted(entry.path); });
  observer.begin("reading files by their syntax");
  auto report = propose::read_by_syntax(
      engine_.repo, analysis_.target.tree, files, rules, engine_.world.jobs,
      [&](std::size_t done, std::size_t total, std::string_view file) {
        observer.progress(done, total, printable_line(file));
      },
      engine_.world.cancel);
  if (!report) return fail(std::move(report.error()));
  for (const std::string& file : report->cut_files) {
    observer.note(fmt::format("{}: not all was looked at: too much was found, or it took too long",
                              printable_line(file)));
  }
  read_.insert(report->files.begin(), report->files.end());
  add_failed(std::move(report->failed_files));
  std::ranges::move(report->diagnostics, std::back_inserter(diagnostics_));
  return {};
}

/// Reads C and C++ with the tools of clang, in one configured tree.
Result<void> AnalysisRun::run_clang(const std::string& checks,
                                    const std::vector<std::string>& meaning) {
  const bool any = std::ranges::any_of(entries_, [&](const repo::Entry& entry) {
    return analyzers::is_c_family(entry.path) && is_wanted(entry.path);
  });
  if (!any || (checks.empty() && meaning.empty())) return {};
  const auto site =
      ClangSite::open(engine_, analysis_.target,
                      request_.try_them ? ExecutionType::kUnitTest : ExecutionType::kConfigure,
                      analysis_.session.id);
  if (!site) return fail(site.error());
  const auto units = units_of(*site);
  if (!units) return fail(units.error());
  if (units->empty()) return {};
  read_.insert(units->begin(), units->end());
  Result<void> done;
  if (!checks.empty()) done = run_tidy(*site, *units, checks);
  if (done && !meaning.empty()) done = run_meaning(*site, *units, meaning);
  return done;
}

Result<void> AnalysisRun::run_tidy(const ClangSite& site, const std::vector<std::string>& units,
                                   const std::string& checks) {
  Observer& observer = engine_.world.observer;
  const analyzers::TidyJob job{.policy = site.policy(),
                               .files = units,
                               .compile_commands = site.database(),
                               .fallback_flags = analyzers::guessed_flags(site.paths()),
                               .checks = checks,
                               .jobs = engine_.world.jobs};
  observer.begin(fmt::format("reading {} files with clang-tidy", job.files.size()));
  auto report = analyzers::run_clang_tidy(
      site.runner(), job, site.resolve(),
      [&](std::size_t done, std::size_t total, std::string_view file) {
        observer.progress(done, total, printable_line(file));
      },
      engine_.world.cancel);
  if (!report) return fail(std::move(report.error()));
  add_failed(std::move(report->failed_files));
  std::ranges::move(report->diagnostics, std::back_inserter(diagnostics_));
  return {};
}

Result<void> AnalysisRun::run_meaning(const ClangSite& site, const std::vector<std::string>& units,
                                      const std::vector<std::string>& rules) {
  auto report = read_meaning(engine_, analysis_.target, site, units, rules);
  if (!report) return fail(std::move(report.error()));
  add_failed(std::move(report->failed_files));
  std::ranges::move(report->diagnostics, std::back_inserter(diagnostics_));
  return {};
}

Result<void> AnalysisRun::run_structure() {
  const auto indexed = code();
  if (!indexed) {
    if (indexed.error().kind == ErrorKind::kInterrupted) return fail(indexed.error());
    engine_.world.observer.note("the files were not looked at together: " +
                                indexed.error().message);
    return {};
  }
  auto report = read_structure(engine_, analysis_.target, **indexed,
                               propose::rules_for(request_.goals, analysis_.session.safety_level,
                                                  propose::Reader::kStructure));
  if (!report) return fail(std::move(report.error()));
  analysis_.hotspots = std::move(report->hotspots);
  std::ranges::move(report->diagnostics, std::back_inserter(diagnostics_));
  return {};
}

Result<void> AnalysisRun::weigh_all(std::vector<Finding>& findings) {
  if (findings.empty() || !code_) return {};
  return weigh(
      findings, code_->code(), [&](std::uint32_t file) { return code_->text(file); },
      profile_ ? &*profile_ : nullptr);
}

void AnalysisRun::add_failed(std::vector<std::string> files) {
  std::vector<std::string>& all = analysis_.failed_files;
  for (std::string& file : files) {
    if (std::ranges::find(all, file) == all.end()) all.push_back(std::move(file));
  }
}

Result<void> AnalysisRun::find_changes() {
  if (request_.since.empty()) return {};
  auto since = ChangesSince::find(engine_.repo, request_.since, analysis_.target.commit);
  if (!since) return fail(std::move(since.error()));
  analysis_.since = since->from();
  since_ = std::move(*since);
  return {};
}

/// Runs the rules; the findings are recorded, the candidates returned.
Result<std::vector<Candidate>> AnalysisRun::read_by_rules() {
  auto entries = engine_.repo.list(analysis_.target.tree);
  if (!entries) return fail(std::move(entries.error()));
  entries_ = std::move(*entries);
  if (auto found = find_changes(); !found) return fail(std::move(found.error()));
  const auto book = open_book();
  if (!book) return fail(book.error());
  const SafetyLevel level = analysis_.session.safety_level;
  const std::string checks = propose::checks_for(request_.goals, level);
  const auto rules = book->chosen(request_.goals, level, checks);
  auto meaning = propose::rules_for(request_.goals, level, propose::Reader::kMeaning);
  std::erase_if(meaning, [&](const std::string& rule) { return book->is_off(rule); });
  if (checks.empty() && rules.empty() && meaning.empty()) {
    engine_.world.observer.note(
        "no built-in rule serves these goals; hand a patch to `automod propose` instead");
    return {};
  }
  auto done = run_rules(rules);
  if (done) done = run_structure();
  if (done) done = run_clang(checks, meaning);
  if (!done) return fail(std::move(done.error()));
  analysis_.files = read_.size();
  if (read_.empty()) note_nothing_read();
  std::erase_if(diagnostics_, [&](const analyzers::Diagnostic& diagnostic) {
    return book->is_off(diagnostic.check);
  });
  auto results = propose::candidates_from(
      engine_.repo, analysis_.target.tree, diagnostics_, *book, [&](const Place& place) {
        return in_scope(place.path, request_.scope) && (!since_ || since_->holds(place));
      });
  if (!results) return fail(results.error());
  if (auto weighed = weigh_all(results->findings); !weighed) return fail(weighed.error());
  if (request_.limit != 0) order_by_weight(results->candidates, results->findings);
  const auto added = engine_.store.add_findings(analysis_.session.id, results->findings);
  if (!added) return fail(added.error());
  analysis_.findings = std::move(results->findings);
  keep_sources();
  return std::move(results->candidates);
}

Result<void> AnalysisRun::by_rules() {
  const auto candidates = read_by_rules();
  if (!candidates) return fail(candidates.error());
  for (const Candidate& candidate : *candidates) {
    const auto recorded = record(candidate);
    if (recorded) continue;
    if (recorded.error().kind != ErrorKind::kRefused) return recorded;
    engine_.world.observer.note(fmt::format("{} at {}:{}: no fix: {}", candidate.origin.name,
                                            printable_line(candidate.place.path),
                                            candidate.place.line, recorded.error().message));
  }
  return {};
}

/// Asks a model about what the rules found and cannot repair themselves.
Result<void> AnalysisRun::by_model() {
  auto desk = Desk::open(engine_, analysis_.target, request_.asking, analysis_.session.id);
  if (!desk) return fail(std::move(desk.error()));
  const auto repaired = read_by_rules();
  if (!repaired) return fail(repaired.error());
  std::vector<Finding> open;
  for (Finding& finding : heaviest_first(analysis_.findings)) {
    const bool has_fix = std::ranges::any_of(*repaired, [&](const Candidate& candidate) {
      return candidate.origin.name == finding.rule && candidate.place.path == finding.place.path &&
             candidate.place.line == finding.place.line;
    });
    if (!has_fix) open.push_back(std::move(finding));
  }
  const std::size_t most = request_.limit != 0 ? request_.limit : kMostQuestions;
  if (open.size() > most) open.resize(most);
  for (std::size_t done = 0; done < open.size(); done += kAskedAtOnce) {
    engine_.world.observer.progress(done, open.size(), "asking " + desk->names());
    const std::size_t end = std::min(open.size(), done + kAskedAtOnce);
    const std::vector<Finding> batch(open.begin() + static_cast<std::ptrdiff_t>(done),
                                     open.begin() + static_cast<std::ptrdiff_t>(end));
    if (auto asked = ask_about(batch, *desk); !asked) return asked;
  }
  return {};
}

Result<void> AnalysisRun::ask_about(const std::vector<Finding>& findings, Desk& desk) {
  std::vector<DeskQuestion> questions;
  for (const Finding& finding : findings) {
    auto question = desk.first(asking::task_of_finding(finding), 1);
    if (!question) return fail(std::move(question.error()));
    questions.push_back(std::move(*question));
  }
  const auto answers = desk.ask(questions);
  has_answered_ = has_answered_ ||
                  std::ranges::any_of(answers, [](const auto& one) { return one.has_value(); });
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      const Error& why = answers[i].error().error;
      if (answers[i].error().why != model::Unanswered::Why::kFailed || !has_answered_) {
        return fail(why);
      }
      note(findings[i], "no answer: " + why.message);
    } else if (auto taken = take_answer(findings[i], *answers[i], desk.name_of(0)); !taken) {
      if (taken.error().kind != ErrorKind::kRefused) return taken;
      note(findings[i], "the model's answer was refused: " + taken.error().message);
    }
  }
  return {};
}

Result<void> AnalysisRun::take_answer(const Finding& finding, const model::Asked& asked,
                                      const std::string& model) {
  const auto answer = read_whole(asked.answer);
  if (!answer) return fail(answer.error());
  if (answer->is_declined) {
    note(finding, "the model would change nothing: " + printable_line(answer->reasoning));
    return {};
  }
  const auto candidate =
      candidate_of_answer(engine_.repo, analysis_.target, *answer,
                          {.model = model,
                           .prompt_digest = asked.digest,
                           .type = finding.type,
                           .summary = fmt::format("{} in {}", finding.rule, finding.place.path),
                           .place = finding.place,
                           .parent = {}});
  if (!candidate) return fail(candidate.error());
  return record(*candidate);
}

void AnalysisRun::note(const Finding& finding, std::string_view what) {
  engine_.world.observer.note(fmt::format("{} at {}:{}: {}", finding.rule,
                                          printable_line(finding.place.path), finding.place.line,
                                          what));
}

Result<void> AnalysisRun::by_patches() {
  for (const std::string& patch : request_.patches) {
    const auto candidate = candidate_of_patch(
        engine_.repo, analysis_.target, patch,
        {.origin = "analyze", .type = type_of(request_.goals.front()), .reason = {}});
    if (!candidate) return fail(candidate.error());
    if (auto recorded = record(*candidate); !recorded) return recorded;
  }
  return {};
}

Result<void> AnalysisRun::run() {
  switch (request_.proposer) {
    case ProposerKind::kRules:
      return by_rules();
    case ProposerKind::kPatch:
      return by_patches();
    case ProposerKind::kModel:
      return by_model();
  }
  return fail(ErrorKind::kInternal, "a proposer of no known kind");
}

Result<void> AnalysisRun::try_all() {
  Result<void> all = {};
  const auto all_listed = analysis_.modifications;
  engine_.try_all(all_listed, analysis_.target,
                  {.fresh = false, .by_shape = true, .level = analysis_.session.safety_level},
                  [&](const ModificationId& id, const Result<Tried>& tried) {
                    if (!tried) {
                      if (all) all = fail(tried.error());
                    } else if (!tried->asked) {
                      const auto place = std::ranges::find_if(
                          analysis_.modifications, [&](const store::ListedModification& listed) {
                            return listed.modification.id == id;
                          });
                      *place = tried->listed;
                    }
                  });
  return all;
}

SessionStatus status_after(const Result<void>& done) {
  if (done) return SessionStatus::kCompleted;
  return done.error().kind == ErrorKind::kInterrupted ? SessionStatus::kInterrupted
                                                      : SessionStatus::kFailed;
}

}  // namespace

Result<Analysis> Engine::analyze(const AnalyzeRequest& request) {
  if (request.goals.empty()) {
    return fail(ErrorKind::kUsage, "analyze needs a goal",
                "for example: automod analyze --goal improve_performance");
  }
  std::optional<analyzers::Profile> profile;
  if (!request.profile.empty()) {
    auto read = analyzers::read_profile(request.profile);
    if (!read) return fail(std::move(read.error()).within("reading the profile"));
    profile = std::move(*read);
  }
  auto aimed = target(request.base);
  if (!aimed) return fail(aimed.error());
  if (auto is_there = check_scope(impl_->repo, *aimed, request.scope); !is_there) {
    return fail(std::move(is_there.error()));
  }
  for (const std::string& note : aimed->notes) impl_->world.observer.note(note);
  const auto begun =
      impl_->store.begin_session((work_dir() / request.scope).string(), request.goals,
                                 request.level.value_or(aimed->config.safety_level));
  if (!begun) return fail(begun.error());
  auto session = impl_->store.session(*begun);
  if (!session) return fail(session.error());
  Analysis analysis{.session = std::move(*session), .target = std::move(*aimed)};
  AnalysisRun work(*impl_, request, std::move(profile), analysis);
  auto done = work.run();
  if (done && request.try_them) done = work.try_all();
  if (auto ended = impl_->store.end_session(*begun, status_after(done)); !ended) {
    return fail(ended.error());
  }
  if (!done) return fail(done.error());
  session = impl_->store.session(*begun);
  if (!session) return fail(session.error());
  analysis.session = std::move(*session);
  return analysis;
}

}  // namespace automod
