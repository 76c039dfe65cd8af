#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"

namespace automod::cli {

namespace {

/// Full ids of what was named, each once; an unknown one stops before anything runs.
Result<std::vector<std::string>> resolve(const store::Store& store,
                                         const std::vector<std::string>& given) {
  std::vector<std::string> ids;
  for (const std::string& one : given) {
    const auto listed = store.modification(one);
    if (!listed) return fail(listed.error());
    const std::string& id = listed->modification.id.text;
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

/// After these the next id has no better chance.
bool ends_all(ErrorKind kind) {
  return kind == ErrorKind::kInterrupted || kind == ErrorKind::kUnavailable;
}

void print_tried(Context& context, const Tried& tried, const std::string& id) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  out << paint(Tone::kName, id) << "  "
      << printable_line(tried.listed.modification.candidate.summary) << '\n';
  if (tried.asked) {
    out << "  "
        << paint(Tone::kDim, "the same as one that was tried, up to formatting: its trial answers")
        << '\n';
  } else if (tried.from_evidence) {
    out << "  " << paint(Tone::kDim, "tried before; judged on the evidence of that trial") << '\n';
  } else {
    out << stages_text(tried.trial.evidence, paint, 2);
  }
  out << figures_text(tried.trial.evidence, paint, 2);
  if (tried.listed.verdict) {
    const Verdict& verdict = tried.listed.verdict->verdict;
    out << "  " << verdict_line(verdict, paint) << '\n'
        << checks_text(verdict, paint, 4, context.text_width());
  }
}

void print_next(Context& context, const store::ListedModification& listed, const std::string& id) {
  const std::string step = next_step(listed, id);
  if (!step.empty()) context.out() << "  next: " << context.command_line(step) << '\n';
}

void print_error(Context& context, const std::string& id, const Error& error) {
  context.out() << context.paint()(Tone::kName, id) << "  " << context.paint()(Tone::kBad, "error:")
                << ' ' << printable(error.message) << '\n';
  if (!error.hint.empty()) context.out() << "  hint: " << printable(error.hint) << '\n';
}

int code_of(const Tried& tried) {
  return tried.listed.verdict ? exit_code(tried.listed.verdict->verdict.decision) : kInternal;
}

/// Runs `one` for every id and `shown` for every success. A single failure is the command's own.
template <class T, class One, class Show, class Code>
Result<int> for_each_id(Context& context, Engine& engine, const std::vector<std::string>& given,
                        std::vector<Attempt<T>>& attempts, const One& one, const Show& show,
                        const Code& code) {
  const auto ids = resolve(engine.store(), given);
  if (!ids) return fail(ids.error());
  int worst = kDone;
  for (const std::string& id : *ids) {
    Result<T> result = one(id);
    if (!result && (ids->size() == 1 || result.error().kind == ErrorKind::kInterrupted)) {
      return fail(result.error());
    }
    worst = worse(worst, result ? code(*result) : exit_code(result.error().kind));
    const std::string shortened = short_id(engine.store(), ModificationId{id});
    if (!context.json()) {
      if (!attempts.empty()) context.out() << '\n';
      if (result) {
        show(*result, shortened);
      } else {
        print_error(context, shortened, result.error());
      }
    }
    const bool last = !result && ends_all(result.error().kind);
    attempts.push_back({id, std::move(result)});
    if (last) break;
  }
  return worst;
}

/// Keeps what is approved; what is not is a result with its verdict, and no error.
Result<Kept> keep_one(Engine& engine, const std::string& id) {
  auto tried = engine.try_one(id, false);
  if (!tried) return fail(std::move(tried.error()));
  const bool is_own = !tried->asked;  // else applying it says what to do
  if (is_own && code_of(*tried) != kDone)
    return Kept{.tried = std::move(*tried), .application = {}};
  auto applied = engine.apply(id);
  if (!applied) return fail(std::move(applied.error()));
  return Kept{.tried = std::move(applied->tried), .application = std::move(applied->application)};
}

void print_kept(Context& context, const Kept& kept, const std::string& id) {
  print_tried(context, kept.tried, id);
  const Paint& paint = context.paint();
  if (kept.application) {
    context.out() << "  kept as " << paint(Tone::kGood, kept.application->commit.text.substr(0, 12))
                  << " on " << printable_line(kept.application->branch) << '\n';
  } else {
    context.out() << "  " << paint(Tone::kBad, "not kept") << '\n';
  }
  print_next(context, kept.tried.listed, id);
}

}  // namespace

namespace {

struct TryRequest {
  std::vector<ModificationId> ids;
  bool fresh = false;
  std::optional<SafetyLevel> level;
};

Result<TryRequest> read_try(const store::Store& store, const Arguments& arguments) {
  const auto ids = resolve(store, arguments.operands());
  if (!ids) return fail(ids.error());
  TryRequest request{.ids = {}, .fresh = arguments.has("--fresh"), .level = {}};
  for (const std::string& id : *ids) request.ids.push_back({id});
  if (const auto given = arguments.value("--safety")) request.level = parse<SafetyLevel>(*given);
  return request;
}

/// Each is shown as it ends; the document has them in the order of the command line.
Result<int> try_each(Context& context, Engine& engine, const TryRequest& request) {
  std::map<std::string, Result<Tried>> ended;
  const auto done = [&](const ModificationId& id, Result<Tried> tried) {
    if (!context.json() && (tried || request.ids.size() > 1)) {
      const std::string shortened = short_id(engine.store(), id);
      if (!ended.empty()) context.out() << '\n';
      if (tried) {
        print_tried(context, *tried, shortened);
        print_next(context, tried->listed, short_id(engine.store(), tried->listed.modification.id));
      } else {
        print_error(context, shortened, tried.error());
      }
      context.out().flush();
    }
    ended.emplace(id.text, std::move(tried));
  };
  if (auto ran = engine.try_many(request.ids, request.fresh, request.level, done); !ran) {
    return fail(ran.error());
  }
  int worst = kDone;
  std::vector<Attempt<Tried>> attempts;
  for (const ModificationId& id : request.ids) {
    Result<Tried>& tried = ended.at(id.text);
    const bool stops =
        !tried && (request.ids.size() == 1 || tried.error().kind == ErrorKind::kInterrupted);
    if (stops) return fail(tried.error());
    worst = worse(worst, tried ? code_of(*tried) : exit_code(tried.error().kind));
    attempts.push_back({id.text, std::move(tried)});
  }
  if (context.json()) context.print(try_document(attempts, nullptr, worst));
  return worst;
}

void print_culprits(Context& context, Engine& engine, const Together& together) {
  if (together.culprits.empty()) return;
  std::ostream& out = context.out();
  out << (together.culprits.size() == 1 ? "  rejected because of:\n"
                                        : "  rejected only because these come together:\n");
  for (const ModificationId& id : together.culprits) {
    const auto listed = engine.store().modification(id.text);
    out << "    " << context.paint()(Tone::kName, short_id(engine.store(), id));
    if (listed) out << "  " << printable_line(listed->modification.candidate.summary);
    out << '\n';
  }
  out << fmt::format("  found by trying {} sets of them\n", together.tried);
}

Result<int> try_as_one(Context& context, Engine& engine, const TryRequest& request) {
  const auto together = engine.try_together(request.ids, request.fresh, request.level);
  if (!together) return fail(together.error());
  const Tried& whole = together->whole;
  const ModificationId& id = whole.listed.modification.id;
  const int code = code_of(whole);
  if (context.json()) {
    context.print(try_document({{id.text, whole}}, &*together, code));
    return code;
  }
  print_tried(context, whole, short_id(engine.store(), id));
  print_culprits(context, engine, *together);
  print_next(context, whole.listed, short_id(engine.store(), id));
  return code;
}

}  // namespace

Result<int> run_try(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  const auto request = read_try(engine->store(), arguments);
  if (!request) return fail(request.error());
  return arguments.has("--together") ? try_as_one(context, *engine, *request)
                                     : try_each(context, *engine, *request);
}

Result<int> run_apply(Context& context, const Arguments& arguments) {
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  std::vector<Attempt<Kept>> attempts;
  const auto code = for_each_id<Kept>(
      context, *engine, arguments.operands(), attempts,
      [&](const std::string& id) { return keep_one(*engine, id); },
      [&](const Kept& kept, const std::string& id) { print_kept(context, kept, id); },
      [](const Kept& kept) { return code_of(kept.tried); });
  if (code && context.json()) context.print(apply_document(attempts, *code));
  return code;
}

}  // namespace automod::cli
