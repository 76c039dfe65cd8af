#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>

#include "analyzers/impact/impact.hpp"
#include "analyzers/treesitter/syntax.hpp"
#include "engine/codebase.hpp"
#include "engine/impl.hpp"
#include "engine/judge/judge.hpp"
#include "engine/metrics.hpp"
#include "engine/reviewing.hpp"
#include "engine/trial/review/review.hpp"

namespace automod {

namespace {

constexpr unsigned kJobsOfOne = 2;  // a trial with fewer would wait for itself

trial::BaseSpec spec_of(const Target& target) {
  return {.tree = target.tree, .config = target.config, .config_source = target.config_source};
}

/// What the change is for. What a model says of its own change excuses nothing in it.
std::string goal_of(const Candidate& candidate) {
  if (candidate.origin.proposer == ProposerKind::kModel) return candidate.summary;
  return candidate.summary + "\n" + candidate.reasoning;
}

trial::TrialSpec spec_of(const Modification& modification, std::size_t compared,
                         const std::vector<std::string>& dependents = {}) {
  const Candidate& candidate = modification.candidate;
  return {.tree = modification.tree,
          .patch_digest = modification.patch_digest,
          .type = candidate.type,
          .files = candidate.files,
          .goal = goal_of(candidate),
          .compared = compared,
          .dependents = dependents};
}

/// The tree is computed anew from the patch: what is recorded may have been damaged.
Result<void> check_tree(repo::Repository& repo, const Modification& modification) {
  const auto tree = repo.write_tree(modification.base_tree, modification.candidate.files);
  if (!tree) return fail(tree.error());
  if (*tree == modification.tree) return {};
  return fail(ErrorKind::kInternal,
              fmt::format("modification {} is damaged: its patch gives tree {}, recorded is {}",
                          modification.id.text, tree->text, modification.tree.text));
}

/// Is it read anew when it runs? Of the rest the build tells what has changed.
bool is_interpreted(const FileChange& file) {
  using analyzers::Language;
  const auto language = analyzers::language_of(file.path);
  return language == Language::kPython || language == Language::kJavaScript ||
         language == Language::kTypeScript || language == Language::kTsx;
}

/// The files that need one of those that are changed.
std::vector<std::string> dependents_of(const analyzers::Codebase& code,
                                       const std::vector<FileChange>& files) {
  analyzers::Focus changed;
  for (const FileChange& file : files) {
    if (const auto number = code.find(file.path)) changed.files.push_back(*number);
  }
  std::vector<std::string> paths;
  for (auto& one : analyzers::impact_of(code, changed).files) paths.push_back(std::move(one.path));
  return paths;
}

/// Were they made for the same thing?
bool are_rivals(const Candidate& one, const Candidate& other) {
  if (one.type != other.type) return false;
  const bool same_place = one.place.line != 0 && one.place.path == other.place.path &&
                          one.place.line == other.place.line;
  const bool same_task = one.origin.proposer == ProposerKind::kModel &&
                         other.origin.proposer == ProposerKind::kModel &&
                         one.summary == other.summary;
  return same_place || same_task;
}

/// One modification on its way: answered from evidence, or to be run.
struct Task {
  const store::ListedModification* listed = nullptr;
  SafetyLevel level = SafetyLevel::kConservative;
  std::size_t compared = 1;
  std::vector<std::string> dependents = {};
  Reviewer* second_eyes = nullptr;  // who is asked for an opinion of it; null: nobody
};

/// The trials of one call. The store and the engine's own repository are touched by the calling
/// thread alone; workers run trials.
class Trying {
 public:
  Trying(Engine::Impl& engine, const Target& target, const TryHow& how, const Engine::Ended& done)
      : engine_(engine), target_(target), how_(how), done_(done) {}

  void run(const std::vector<store::ListedModification>& all, std::optional<SafetyLevel> level) {
    std::vector<Task> left;
    for (const auto& listed : all) {
      auto task = task_of(listed, level);
      auto answer = task ? answered(*task) : Result<std::optional<Tried>>(fail(task.error()));
      if (!answer) {
        done_(listed.modification.id, fail(answer.error()));
      } else if (*answer) {
        done_(listed.modification.id, std::move(**answer));
      } else {
        left.push_back(*task);
      }
    }
    if (!left.empty()) run_trials(left);
  }

 private:
  struct Ran {
    const Task* task = nullptr;
    Result<trial::TrialResult> result;
  };

  Result<Task> task_of(const store::ListedModification& listed, std::optional<SafetyLevel> level) {
    const auto own = level ? Result<SafetyLevel>(*level) : engine_.level_for(listed);
    if (!own) return fail(own.error());
    const auto compared = rivals(listed.modification);
    if (!compared) return fail(compared.error());
    const auto eyes = engine_.second_eyes(listed.modification.session);
    if (!eyes) return fail(eyes.error());
    return Task{.listed = &listed, .level = *own, .compared = *compared, .second_eyes = *eyes};
  }

  /// Of how many candidates for one place is this one? The best of many is lucky, too.
  Result<std::size_t> rivals(const Modification& modification) {
    const auto others =
        engine_.store.list({.status = {}, .session = modification.session, .limit = {}});
    if (!others) return fail(others.error());
    const auto same = std::ranges::count_if(*others, [&](const store::ListedModification& other) {
      return are_rivals(modification.candidate, other.modification.candidate);
    });
    return std::max<std::size_t>(1, static_cast<std::size_t>(same));
  }

  /// From evidence, where the same was tried before under the same conditions.
  Result<std::optional<Tried>> answered(const Task& task) {
    const Modification& modification = task.listed->modification;
    if (auto sound = check_tree(engine_.repo, modification); !sound) return fail(sound.error());
    if (how_.fresh) return std::optional<Tried>();
    const auto world = engine_.trial_world(target_.config);
    if (!world) return fail(world.error());
    const auto environment = trial::environment_of(*world, spec_of(target_));
    if (!environment) return fail(environment.error());
    const std::string exact = exact_key(modification.base_tree, modification.tree, *environment);
    auto own = engine_.store.latest_trial(modification.id);
    if (!own) return fail(own.error());
    if (*own && key_of(**own) == exact && is_enough((*own)->evidence, task)) {
      return from_evidence(task, std::move(**own));
    }
    auto same = engine_.store.trial_of_key(exact);
    if (!same) return fail(same.error());
    if (*same && is_enough((*same)->evidence, task)) return adopted(task, (*same)->evidence);
    if (!how_.by_shape) return std::optional<Tried>();
    return of_same_shape(task, *environment);
  }

  static std::string key_of(const store::TrialRow& row) {
    return exact_key(row.evidence.base_tree, row.evidence.tree, row.evidence.environment);
  }

  /// An opinion cannot be added to what was measured when less was looked for.
  static bool is_enough(const Evidence& evidence, const Task& task) {
    return task.second_eyes == nullptr || evidence.knows_conventions();
  }

  /// Asks for a second opinion where one is wanted. Says whether the evidence is another now.
  static bool look_again(const Task& task, Evidence& evidence) {
    return task.second_eyes != nullptr &&
           task.second_eyes->look_at(task.listed->modification, task.level, evidence);
  }

  Result<std::optional<Tried>> from_evidence(const Task& task, store::TrialRow row) {
    if (look_again(task, row.evidence)) return recorded_anew(task, row.evidence);
    const auto& verdict = task.listed->verdict;
    if (!verdict || verdict->verdict.level != task.level || verdict->trial != row.id) {
      const auto judged = engine_.store.add_verdict(row.id, judge::judge(row.evidence, task.level));
      if (!judged) return fail(judged.error());
    }
    return tried_as(task, std::move(row), true);
  }

  /// The same tree was tried for another modification: what was measured holds for this one, too;
  /// what depends on what it says of itself is read again.
  Result<std::optional<Tried>> adopted(const Task& task, Evidence evidence) {
    const Modification& modification = task.listed->modification;
    const auto world = engine_.trial_world(target_.config);
    if (!world) return fail(world.error());
    Evidence read;
    auto done =
        trial::read_change(*world, spec_of(target_), spec_of(modification, task.compared), read);
    if (!done) return fail(done.error());
    const auto is_of_goal = [](const CodeFact& fact) { return fact.kind == FactKind::kOutOfScope; };
    std::erase_if(evidence.facts, is_of_goal);
    std::ranges::copy_if(read.facts, std::back_inserter(evidence.facts), is_of_goal);
    evidence.type = modification.candidate.type;
    evidence.patch_digest = modification.patch_digest;
    evidence.compared = std::max(evidence.compared, task.compared);
    evidence.opinions.clear();  // they are about what the other one says of itself, too
    look_again(task, evidence);
    return recorded_anew(task, evidence);
  }

  /// As a trial in which nothing was run.
  Result<std::optional<Tried>> recorded_anew(const Task& task, const Evidence& evidence) {
    auto row =
        engine_.store.add_trial(task.listed->modification.id, evidence,
                                judge::judge(evidence, task.level), {}, metrics_of(evidence));
    if (!row) return fail(row.error());
    return tried_as(task, std::move(*row), true);
  }

  /// Another modification that differs in formatting only has been tried.
  Result<std::optional<Tried>> of_same_shape(const Task& task, const Environment& environment) {
    const Modification& modification = task.listed->modification;
    const std::string shape = trial::shape_digest(modification.candidate.files);
    auto found = engine_.store.trial_of_key(shape_key(modification.base_tree, shape, environment));
    if (!found) return fail(found.error());
    if (!*found || (*found)->evidence.type != modification.candidate.type ||
        !is_enough((*found)->evidence, task)) {
      return std::optional<Tried>();
    }
    const auto other = engine_.store.modification((*found)->modification.text);
    if (!other) return fail(other.error());
    auto answer =
        from_evidence({.listed = &*other, .level = task.level, .second_eyes = task.second_eyes},
                      std::move(**found));
    if (answer && *answer) (*answer)->asked = modification.id;
    return answer;
  }

  Result<std::optional<Tried>> tried_as(const Task& task, store::TrialRow row, bool from_evidence) {
    const bool is_unanswered = std::ranges::any_of(
        row.evidence.opinions,
        [](const Opinion& opinion) { return opinion.says == OpinionSays::kUnanswered; });
    if (is_unanswered && engine_.world.cancel.requested()) {
      return fail(ErrorKind::kInterrupted, "interrupted before the second opinion was given");
    }
    auto now = engine_.store.modification(task.listed->modification.id.text);
    if (!now) return fail(now.error());
    return Tried{.listed = std::move(*now),
                 .trial = std::move(row),
                 .from_evidence = from_evidence,
                 .asked = {}};
  }

  /// Fills the dependents of those whose tests may be put in order by them. They save time and
  /// decide nothing, so that what keeps them from being found is noted alone.
  void find_dependents(std::vector<Task>& tasks) {
    const auto is_worth_it = [&](const Task& task) {
      return target_.config.test_results == TestSource::kCtest &&
             std::ranges::any_of(task.listed->modification.candidate.files, is_interpreted);
    };
    if (std::ranges::none_of(tasks, is_worth_it)) return;
    const auto read = read_code(engine_.repo.common_dir(), target_.commit.text, engine_.world);
    if (!read)
      return engine_.world.observer.note("tests run in any order: " + read.error().message);
    for (Task& task : tasks) {
      if (!is_worth_it(task)) continue;
      task.dependents = dependents_of(read->code(), task.listed->modification.candidate.files);
    }
  }

  void run_trials(std::vector<Task>& tasks) {
    find_dependents(tasks);
    const auto base =
        engine_.prepare(target_, ExecutionType::kUnitTest, tasks[0].listed->modification.session);
    if (!base) return fail_all(tasks, base.error());
    const auto world = engine_.trial_world(target_.config);
    if (!world) return fail_all(tasks, world.error());
    const unsigned jobs = std::max(engine_.world.jobs, 1u);
    const unsigned wanted =
        engine_.world.parallel != 0 ? engine_.world.parallel : std::max(1u, jobs / kJobsOfOne);
    const auto workers = std::min<std::size_t>(wanted, tasks.size());
    const unsigned each = std::max(1u, jobs / static_cast<unsigned>(workers));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([&] { work(tasks, *base, *world, each); });
    }
    for (std::size_t ended = 0; ended < tasks.size(); ++ended) {
      Ran ran = next_result();
      done_(ran.task->listed->modification.id, record(*ran.task, std::move(ran.result)));
    }
  }

  void fail_all(const std::vector<Task>& tasks, const Error& error) {
    for (const Task& task : tasks) done_(task.listed->modification.id, fail(error));
  }

  Ran next_result() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !results_.empty(); });
    Ran ran = std::move(results_.front());
    results_.pop();
    return ran;
  }

  void work(const std::vector<Task>& tasks, const trial::Base& base, const trial::World& world,
            unsigned jobs) {
    while (true) {
      const Task* task = nullptr;
      {
        const std::lock_guard lock(mutex_);
        if (next_ == tasks.size()) return;
        task = &tasks[next_++];
      }
      auto result = run_one(*task, base, world, jobs);
      const std::lock_guard lock(mutex_);
      results_.push({.task = task, .result = std::move(result)});
      arrived_.notify_one();
    }
  }

  /// On a repository of its own: a handle is one thread's.
  static Result<trial::TrialResult> run_one(const Task& task, const trial::Base& base,
                                            const trial::World& shared, unsigned jobs) {
    const Modification& modification = task.listed->modification;
    auto repo = repo::Repository::open(shared.repo.common_dir());
    if (!repo) return fail(repo.error());
    if (auto sound = check_tree(*repo, modification); !sound) return fail(sound.error());
    const trial::World world{.repo = *repo,
                             .runner = shared.runner,
                             .cancel = shared.cancel,
                             .cache = shared.cache,
                             .jobs = jobs,
                             .progress = shared.progress};
    return trial::run_trial(world, base, spec_of(modification, task.compared, task.dependents));
  }

  /// The latest trial of it, or of what it was before it was moved to another base.
  Result<std::optional<store::TrialRow>> before(Modification modification) {
    for (;;) {
      auto latest = engine_.store.latest_trial(modification.id);
      if (!latest || *latest || !modification.candidate.parent) return latest;
      auto parent = engine_.store.modification(modification.candidate.parent->text);
      if (!parent) return fail(std::move(parent.error()));
      const bool is_moved = parent->modification.base_commit != modification.base_commit;
      if (!is_moved) return latest;
      modification = std::move(parent->modification);
    }
  }

  /// What was held against it once is not forgotten by trying it again without asking.
  Result<void> remember(const Task& task, Evidence& evidence) {
    const auto before = this->before(task.listed->modification);
    if (!before) return fail(before.error());
    if (!*before) return {};
    for (const Opinion& opinion : (*before)->evidence.opinions) {
      if (opinion.says != OpinionSays::kVeto && opinion.says != OpinionSays::kDoubtful) continue;
      const auto same = [&](const Opinion& other) {
        return other.reviewer == opinion.reviewer && other.says != OpinionSays::kUnanswered;
      };
      if (std::ranges::any_of(evidence.opinions, same)) continue;
      evidence.opinions.push_back(opinion);
    }
    return {};
  }

  Result<Tried> record(const Task& task, Result<trial::TrialResult> result) {
    if (!result) return fail(result.error());
    look_again(task, result->evidence);
    if (auto done = remember(task, result->evidence); !done) return fail(done.error());
    std::vector<store::ExecutionRow> executions;
    for (const auto& record : result->executions) executions.push_back(execution_row(record));
    auto row = engine_.store.add_trial(task.listed->modification.id, result->evidence,
                                       judge::judge(result->evidence, task.level), executions,
                                       metrics_of(result->evidence));
    if (!row) return fail(row.error());
    auto tried = tried_as(task, std::move(*row), false);
    if (!tried) return fail(tried.error());
    return std::move(**tried);
  }

  Engine::Impl& engine_;
  const Target& target_;
  const TryHow how_;
  const Engine::Ended& done_;

  std::mutex mutex_;  // of the three below
  std::size_t next_ = 0;
  std::queue<Ran> results_;
  std::condition_variable arrived_;
};

/// Of a call about one modification.
class One {
 public:
  Engine::Ended hear() {
    return [this](const ModificationId&, Result<Tried> tried) { tried_ = std::move(tried); };
  }
  Result<Tried> take() { return std::move(tried_); }

 private:
  Result<Tried> tried_ = fail(ErrorKind::kInternal, "nothing was tried");
};

}  // namespace

void Engine::Impl::try_all(const std::vector<store::ListedModification>& all, const Target& target,
                           const TryHow& how, const Ended& done) {
  Trying(*this, target, how, done).run(all, how.level);
}

Result<Tried> Engine::Impl::try_on(const store::ListedModification& listed, const Target& target,
                                   bool fresh, SafetyLevel level) {
  One one;
  try_all({listed}, target, {.fresh = fresh, .by_shape = false, .level = level}, one.hear());
  return one.take();
}

Result<SafetyLevel> Engine::Impl::level_for(const store::ListedModification& listed) const {
  if (listed.verdict) return listed.verdict->verdict.level;
  const auto session = store.session(listed.modification.session);
  if (!session) return fail(session.error());
  return session->safety_level;
}

Result<Tried> Engine::try_one(std::string_view id, bool fresh, std::optional<SafetyLevel> level) {
  const auto listed = impl_->store.modification(id);
  if (!listed) return fail(listed.error());
  One one;
  auto done = try_many({listed->modification.id}, fresh, level, one.hear());
  if (!done) return fail(done.error());
  return one.take();
}

Result<void> Engine::try_many(const std::vector<ModificationId>& ids, bool fresh,
                              std::optional<SafetyLevel> level, const Ended& done) {
  std::map<std::string, std::vector<store::ListedModification>> by_base;
  for (const ModificationId& id : ids) {
    auto listed = impl_->store.modification(id.text);
    if (!listed) return fail(listed.error());
    by_base[listed->modification.base_commit.text].push_back(std::move(*listed));
  }
  for (const auto& [base, all] : by_base) {
    const auto aimed = target(base);
    if (!aimed) return fail(aimed.error());
    impl_->try_all(all, *aimed, {.fresh = fresh, .by_shape = true, .level = level}, done);
  }
  return {};
}

}  // namespace automod
