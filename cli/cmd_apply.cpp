#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/render.hpp"
#include "cli/trying.hpp"

namespace automod::cli {

namespace {

/// After these the next id has no better chance.
bool ends_all(ErrorKind kind) {
  return kind == ErrorKind::kInterrupted || kind == ErrorKind::kUnavailable;
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

/// What the command line says of all of them.
Result<ApplyRequest> read_apply(Context& context, const Arguments& arguments) {
  ApplyRequest request{.ids = {}, .onto = arguments.value("--onto").value_or("")};
  request.hooks = arguments.has("--hooks");
  const auto token = arguments.value("--approval-token");
  if (!token) return request;
  request.token = *token;
  if (token->starts_with('@')) {
    constexpr std::size_t kMostToken = 16 * 1024;
    auto text = read_file(context.path(token->substr(1)), kMostToken);
    if (!text) return fail(std::move(text.error()).within("reading the approval token"));
    request.token = std::move(*text);
  }
  while (request.token.ends_with('\n')) request.token.pop_back();
  return request;
}

/// Keeps what may be kept; what may not is a result with its verdict, and no error.
Result<Kept> keep_one(Engine& engine, ApplyRequest request, const std::string& id) {
  request.ids = {{id}};
  std::optional<bool> from_evidence;  // applying answers from the evidence of what was tried here
  if (request.onto.empty()) {
    auto tried = engine.keepable(id);
    if (!tried) return fail(std::move(tried.error()));
    const bool is_own = !tried->asked;  // else applying it says what to do
    const int code = code_of(*tried);
    const bool may = code == kDone || (code == kNeedsApproval && !request.token.empty());
    from_evidence = tried->from_evidence;
    if (is_own && !may) return Kept{.tried = std::move(*tried), .application = {}};
  }
  auto applied = engine.apply(request);
  if (!applied) return fail(std::move(applied.error()));
  if (from_evidence) applied->tried.from_evidence = *from_evidence;
  return Kept{.tried = std::move(applied->tried), .application = std::move(applied->application)};
}

void print_kept(Context& context, const Kept& kept, const std::string& id) {
  print_tried(context, kept.tried, id);
  const Paint& paint = context.paint();
  if (const auto& made = kept.application) {
    context.out() << "  kept as " << paint(Tone::kGood, made->commit.text.substr(0, 12)) << " on "
                  << printable_line(made->branch) << "\n  signed by "
                  << printable_line(made->signer) << '\n';
    if (!made->approver.empty()) {
      context.out() << "  approved by " << printable_line(made->approver) << '\n';
    }
  } else {
    context.out() << "  " << paint(Tone::kBad, "not kept") << '\n';
  }
  print_next(context, kept.tried.listed, id);
}

int code_of(const Kept& kept) { return kept.application ? kDone : cli::code_of(kept.tried); }

/// All of them as one commit, of the tree that they were tried in together.
Result<int> apply_together(Context& context, Engine& engine, ApplyRequest request,
                           const std::vector<std::string>& given) {
  const auto ids = resolve(engine.store(), given);
  if (!ids) return fail(ids.error());
  for (const std::string& id : *ids) request.ids.push_back({id});
  auto applied = engine.apply(request);
  if (!applied) return fail(std::move(applied.error()));
  const Kept kept{.tried = std::move(applied->tried), .application = applied->application};
  const ModificationId& whole = kept.tried.listed.modification.id;
  if (context.json()) {
    context.print(apply_document({{whole.text, kept}}, kDone));
  } else {
    print_kept(context, kept, short_id(engine.store(), whole));
  }
  return kDone;
}

}  // namespace

Result<int> run_apply(Context& context, const Arguments& arguments) {
  const auto request = read_apply(context, arguments);
  if (!request) return fail(request.error());
  auto engine = context.open_engine();
  if (!engine) return fail(std::move(engine.error()));
  if (arguments.has("--together")) {
    return apply_together(context, *engine, *request, arguments.operands());
  }
  std::vector<Attempt<Kept>> attempts;
  const auto code = for_each_id<Kept>(
      context, *engine, arguments.operands(), attempts,
      [&](const std::string& id) { return keep_one(*engine, *request, id); },
      [&](const Kept& kept, const std::string& id) { print_kept(context, kept, id); },
      [](const Kept& kept) { return code_of(kept); });
  if (code && context.json()) context.print(apply_document(attempts, *code));
  return code;
}

}  // namespace automod::cli
