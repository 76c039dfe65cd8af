#include "cli/documents_ask.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/ask_text.hpp"
#include "cli/documents_tried.hpp"
#include "engine/model/clients.hpp"
#include "engine/types/json.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(valid_utf8(text));
}

json all_of(const std::vector<std::string>& texts) {
  json all = json::array();
  for (const std::string& text : texts) all.push_back(valid_utf8(text));
  return all;
}

json usage_json(const model::Usage& usage) {
  return {{"input", usage.input},
          {"cached", usage.cached},
          {"written", usage.written},
          {"output", usage.output}};
}

json spent_json(const model::Spent& spent) {
  return {{"questions", spent.questions},
          {"usage", usage_json(spent.usage)},
          {"dollars", spent.dollars}};
}

json budget_json(const model::Budget& budget) {
  return {{"dollars", budget.dollars > 0 ? json(budget.dollars) : json(nullptr)},
          {"tokens", budget.tokens > 0 ? json(budget.tokens) : json(nullptr)}};
}

json attempt_json(const automod::Attempt& attempt) {
  return {
      {"question", or_null(attempt.digest)},
      {"line_of_thought", attempt.line_of_thought},
      {"number", attempt.number},
      {"outcome", attempt.outcome},
      {"why", valid_utf8(attempt.why)},
      {"from_book", attempt.from_book},
      {"modification_id", attempt.modification ? json(attempt.modification->text) : json(nullptr)},
      {"tried", attempt.tried ? tried_json(*attempt.tried) : json(nullptr)}};
}

json part_json(const ContextPart& part) {
  const bool has_lines = part.line != 0;
  return {{"kind", name(part.kind)},
          {"path", or_null(part.path)},
          {"line", has_lines ? json(part.line) : json(nullptr)},
          {"last_line", has_lines ? json(part.last_line) : json(nullptr)},
          {"symbol", or_null(part.symbol)},
          {"why", valid_utf8(part.why)},
          {"tokens", part.tokens}};
}

json price_json(const model::Price& price) {
  return {{"input", price.input},
          {"cached", price.cached},
          {"written", price.written},
          {"output", price.output}};
}

json row_json(const ModelRow& row) {
  const model::ModelSettings& settings = row.settings;
  // Of a command only the program: its arguments may be nobody's business.
  const std::string program = settings.command.empty() ? "" : settings.command.front();
  return {{"name", valid_utf8(settings.name)},
          {"kind", name(settings.kind)},
          {"model", or_null(settings.model)},
          {"host", or_null(row.host)},
          {"program", or_null(program)},
          {"answers", or_null(settings.answers.string())},
          {"key",
           {{"state", name(row.key)},
            {"from", or_null(row.key_from)},
            {"problem", or_null(row.key_problem)}}},
          {"price", settings.price ? price_json(*settings.price) : json(nullptr)},
          {"context_tokens", settings.context_tokens},
          {"most_tokens", settings.most_tokens},
          {"default", row.is_default},
          {"review", row.is_review}};
}

json check_json(const ModelCheck& check) {
  return {{"name", valid_utf8(check.name)},
          {"calls_itself", or_null(check.calls_itself)},
          {"answer", valid_utf8(check.answer)},
          {"latency_ms", check.latency.count()},
          {"usage", usage_json(check.usage)},
          {"usage_known", check.usage_known},
          {"dollars", check.dollars ? json(*check.dollars) : json(nullptr)}};
}

}  // namespace

std::string_view name(KeyState state) {
  switch (state) {
    case KeyState::kNoneNeeded:
      return "none_needed";
    case KeyState::kThere:
      return "there";
    case KeyState::kMissing:
      return "missing";
    case KeyState::kUnusable:
      return "unusable";
  }
  return "";
}

json ask_document(const AskReport& report, AskKind kind, int exit_code) {
  json attempts = json::array();
  for (const automod::Attempt& attempt : report.attempts) attempts.push_back(attempt_json(attempt));
  return {{"schema", "automod.ask/1"},
          {"command", name(kind)},
          {"session", to_json(report.session)},
          {"base_commit", report.target.commit.text},
          {"model", or_null(report.model)},
          {"attempts", std::move(attempts)},
          {"best", report.best ? json(*report.best) : json(nullptr)},
          {"spent", spent_json(report.spent)},
          {"stopped", or_null(report.stopped)},
          {"stop_hint", or_null(report.stop_hint)},
          {"notes", all_of(report.notes)},
          {"exit_code", exit_code}};
}

json question_document(const FirstQuestion& first) {
  json parts = json::array();
  for (const ContextPart& part : first.context.parts) parts.push_back(part_json(part));
  const model::Question& question = first.question;
  return {{"schema", "automod.question/1"},
          {"digest", or_null(first.digest)},
          {"instructions", valid_utf8(question.instructions)},
          {"material", valid_utf8(question.material)},
          {"tokens", model::estimated_tokens(question)},
          {"most_tokens", question.most_tokens},
          {"temperature", question.temperature ? json(*question.temperature) : json(nullptr)},
          {"template",
           {{"purpose", name(first.text.purpose)},
            {"digest", first.text.digest},
            {"own", all_of(first.text.own)}}},
          {"parts", std::move(parts)},
          {"left_out", first.context.left_out},
          {"notes", all_of(first.context.notes)}};
}

json models_document(const ModelsView& view) {
  json rows = json::array();
  for (const ModelRow& row : view.rows) rows.push_back(row_json(row));
  return {{"schema", "automod.models/1"},
          {"file", valid_utf8(view.file.string())},
          {"models", std::move(rows)},
          {"attempts", view.attempts},
          {"candidates", view.candidates},
          {"budgets", {{"session", budget_json(view.session)}, {"day", budget_json(view.day)}}},
          {"today", spent_json(view.today)},
          {"check", view.checked ? check_json(*view.checked) : json(nullptr)}};
}

}  // namespace automod::cli
