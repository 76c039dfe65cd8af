#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/durations.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"

namespace automod::cli {

namespace {

Result<std::chrono::seconds> lifetime_of(const Arguments& arguments) {
  constexpr DurationRange kRange{std::chrono::seconds(1), std::chrono::days(30)};
  auto given = duration_option(arguments, "--expires", kRange);
  if (!given) return fail(given.error());
  return given->value_or(std::chrono::hours(1));
}

/// A person who is asked, on stderr, what to do; his answers come from stdin.
class Reviewer {
 public:
  Reviewer(Context& context, Engine& engine, const Arguments& arguments,
           std::chrono::seconds lifetime)
      : context_(context), engine_(engine), arguments_(arguments), lifetime_(lifetime) {}

  /// false: he wants to stop.
  bool look_at(const store::ListedModification& listed, Reviewed& reviewed) {
    show(listed);
    for (;;) {
      const std::string answer = ask("approve, decline, skip or quit? [a/d/s/q] ");
      if (answer == "a" || answer == "approve") return approve(listed, reviewed);
      if (answer == "d" || answer == "decline") return decline(listed, reviewed);
      if (answer == "s" || answer == "skip") return true;
      if (answer == "q" || answer == "quit" || !context_.in()) return false;
    }
  }

 private:
  std::string id_of(const store::ListedModification& listed) const {
    return listed.modification.id.text;
  }

  void show(const store::ListedModification& listed) {
    const Paint& paint = context_.paint();
    std::ostream& err = context_.err();
    err << '\n'
        << paint(Tone::kName, short_id(engine_.store(), listed.modification.id)) << "  "
        << printable_line(listed.modification.candidate.summary) << '\n'
        << diff_text(listed.modification.patch, paint) << '\n';
    const auto explained = engine_.explain(id_of(listed));
    if (explained) err << explained->text << '\n';
  }

  std::string ask(std::string_view question) {
    context_.err() << question << std::flush;
    std::string line;
    std::getline(context_.in(), line);
    return line;
  }

  bool say(Reviewed& reviewed, const Error& error) {
    context_.err() << "  " << printable(error.message) << '\n';
    reviewed.error = error;
    return true;
  }

  bool approve(const store::ListedModification& listed, Reviewed& reviewed) {
    auto approval = engine_.approve({.id = id_of(listed),
                                     .key = context_.path(*arguments_.value("--key")),
                                     .lifetime = lifetime_,
                                     .note = ask("why? ")});
    if (!approval) return say(reviewed, approval.error());
    reviewed.approval = *approval;
    if (ask("apply it now? [y/n] ") != "y") return true;
    auto applied = engine_.apply({.ids = {listed.modification.id}, .token = approval->token});
    if (!applied) return say(reviewed, applied.error());
    context_.err() << "  kept as " << applied->application.commit.text.substr(0, 12) << '\n';
    reviewed.application = std::move(applied->application);
    return true;
  }

  bool decline(const store::ListedModification& listed, Reviewed& reviewed) {
    auto declined = engine_.decline(id_of(listed), "review", ask("why? "));
    if (!declined) return say(reviewed, declined.error());
    reviewed.approval = std::move(*declined);
    return true;
  }

  Context& context_;
  Engine& engine_;
  const Arguments& arguments_;
  std::chrono::seconds lifetime_;
};

/// What waits for a person who has not said anything yet, oldest first.
Result<std::vector<store::ListedModification>> waiting(const store::Store& store) {
  auto listed = store.list({.status = ModificationStatus::kNeedsApproval});
  if (!listed) return listed;
  std::vector<store::ListedModification> all;
  for (auto one = listed->rbegin(); one != listed->rend(); ++one) {
    const auto said = store.approvals(one->modification.id);
    if (!said) return fail(said.error());
    const bool declined = !said->empty() && said->back().answer == "decline";
    if (!declined) all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace

Result<int> run_approve(Context& context, const Arguments& arguments) {
  const auto lifetime = lifetime_of(arguments);
  if (!lifetime) return fail(lifetime.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto approval = engine->approve({.id = arguments.operand(0),
                                         .key = context.path(*arguments.value("--key")),
                                         .lifetime = *lifetime,
                                         .note = arguments.value("--note").value_or("")});
  if (!approval) return fail(approval.error());
  if (context.json()) {
    context.print(approve_document(*approval));
    return kDone;
  }
  context.remark(fmt::format("good once, for modification {}, until {}",
                             short_id(engine->store(), approval->modification),
                             approval->expires_at));
  context.out() << approval->token << '\n';
  return kDone;
}

Result<int> run_review(Context& context, const Arguments& arguments) {
  const auto lifetime = lifetime_of(arguments);
  if (!lifetime) return fail(lifetime.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto all = waiting(engine->store());
  if (!all) return fail(all.error());
  if (all->empty()) context.remark("nothing waits for a person");
  Reviewer reviewer(context, *engine, arguments, *lifetime);
  std::vector<Reviewed> reviewed;
  int code = kDone;
  for (const store::ListedModification& listed : *all) {
    Reviewed one{.listed = listed, .approval = {}, .application = {}, .error = {}};
    const bool goes_on = reviewer.look_at(listed, one);
    if (one.error) code = worse(code, exit_code(one.error->kind));
    reviewed.push_back(std::move(one));
    if (!goes_on) break;
  }
  if (context.json()) context.print(review_document(reviewed));
  return code;
}

Result<int> run_feedback(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto listed = engine->store().modification(arguments.operand(0));
  if (!listed) return fail(listed.error());
  const store::Feedback feedback{.modification = listed->modification.id,
                                 .good = arguments.operand(1) == "good",
                                 .note = arguments.value("--note").value_or(""),
                                 .given_at = iso_time(context.clock().now())};
  if (auto added = engine->store().add_feedback(feedback); !added) return fail(added.error());
  if (context.json()) {
    context.print(feedback_document(feedback));
  } else {
    context.out() << fmt::format("recorded: {} is {}\n",
                                 short_id(engine->store(), feedback.modification),
                                 arguments.operand(1));
  }
  return kDone;
}

}  // namespace automod::cli
