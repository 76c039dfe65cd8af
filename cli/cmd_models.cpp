#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/ask_text.hpp"
#include "cli/context.hpp"
#include "cli/documents_ask.hpp"
#include "cli/handlers.hpp"
#include "engine/model/asker.hpp"
#include "engine/model/key.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kShownAnswer = 200;

/// Of "https://user@host:1/path": "host:1".
std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return std::string(url);
}

ModelRow row_of(const model::Settings& settings, const model::ModelSettings& model,
                const model::ModelSettings* chosen) {
  ModelRow row{.settings = model,
               .host = host_of(model.url),
               .key_from = model.key_env.empty() ? model.key_file.string() : model.key_env,
               .key = KeyState::kNoneNeeded,
               .key_problem = {},
               .is_default = chosen != nullptr && chosen->name == model.name,
               .is_review = !settings.review.empty() && settings.review == model.name};
  if (row.key_from.empty()) return row;
  const auto key = model::read_key(model);
  if (key) {
    row.key = KeyState::kThere;
    return row;
  }
  const bool is_missing = key.error().kind == ErrorKind::kUnavailable;
  row.key = is_missing ? KeyState::kMissing : KeyState::kUnusable;
  row.key_problem =
      is_missing && model.kind == model::Kind::kCommand
          ? fmt::format("the variable {} is not set; the program is asked without it", row.key_from)
          : key.error().message;
  return row;
}

/// One attempt, counted like any other question, and on no record.
Result<ModelCheck> check(const Context& context, model::Settings settings,
                         const std::string& name) {
  for (model::ModelSettings& model : settings.models) model.retries = 0;
  const auto cache = cache_dir();
  if (!cache) return fail(cache.error());
  const auto book = TempDir::create(*cache, "check-");
  if (!book) return fail(book.error());
  auto asker = model::open_asker(settings, name,
                                 {.book = book->path(),
                                  .session = uuid7(context.clock().now()),
                                  .of_session = {},
                                  .of_day = settings.day,
                                  .fresh = true},
                                 context.clock(), context.cancel());
  if (!asker) return fail(std::move(asker.error()));
  const auto begun = std::chrono::steady_clock::now();
  const auto asked = asker->ask({.instructions = "Answer with the one word: ready\n",
                                 .material = "Are you there?\n",
                                 .temperature = {}},
                                1);
  const auto ended = std::chrono::steady_clock::now();
  if (!asked) return fail(asked.error().error);
  const model::Answer& answer = asked->answer;
  return ModelCheck{
      .name = asker->settings().name,
      .calls_itself = answer.model,
      .answer = valid_utf8(answer.text.substr(0, kShownAnswer)),
      .latency = std::chrono::duration_cast<std::chrono::milliseconds>(ended - begun),
      .usage = answer.usage,
      .usage_known = answer.usage_known,
      .dollars = asker->settings().price ? std::optional(asked->dollars) : std::nullopt};
}

Result<model::Spent> spent_today(const Clock& clock) {
  const auto folder = model::state_dir();
  if (!folder) return fail(folder.error());
  const auto spending = model::Spending::open(*folder, clock);
  if (!spending) return fail(spending.error());
  return spending->today();
}

}  // namespace

Result<int> run_models(Context& context, const Arguments& arguments) {
  const auto settings = model::read_settings();
  if (!settings) return fail(settings.error());
  const auto chosen = model::choose_model(*settings, "");
  if (settings->models.empty() && !chosen) return fail(chosen.error());
  ModelsView view{.file = settings->file,
                  .rows = {},
                  .attempts = settings->attempts,
                  .candidates = settings->candidates,
                  .session = settings->session,
                  .day = settings->day,
                  .today = {}};
  if (const auto name = arguments.value("--check")) {
    auto checked = check(context, *settings, *name);
    if (!checked) return fail(std::move(checked.error()));
    view.checked = std::move(*checked);
  }
  for (const model::ModelSettings& model : settings->models) {
    view.rows.push_back(row_of(*settings, model, chosen ? *chosen : nullptr));
  }
  const auto today = spent_today(context.clock());
  if (!today) return fail(today.error());
  view.today = *today;
  if (context.json()) {
    context.print(models_document(view));
  } else {
    context.out() << models_text(view, context.paint(), context.table_width());
  }
  return kDone;
}

}  // namespace automod::cli
