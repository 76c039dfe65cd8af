#include "cli/documents_prompt.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json text_or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(valid_utf8(text));
}

json part_json(const ContextPart& part) {
  const bool has_lines = part.line != 0;
  return {{"kind", name(part.kind)},
          {"path", text_or_null(part.path)},
          {"line", has_lines ? json(part.line) : json(nullptr)},
          {"last_line", has_lines ? json(part.last_line) : json(nullptr)},
          {"symbol", text_or_null(part.symbol)},
          {"why", text_or_null(part.why)},
          {"tokens", part.tokens},
          {"text", valid_utf8(part.text)}};
}

json answer_json(const std::optional<model::Answer>& answer) {
  if (!answer) return nullptr;
  return {{"text", valid_utf8(answer->text)},
          {"model", text_or_null(answer->model)},
          {"cut", answer->is_cut},
          {"tokens",
           {{"input", answer->usage.input},
            {"cached", answer->usage.cached},
            {"written", answer->usage.written},
            {"output", answer->usage.output},
            {"estimated", !answer->usage_known}}}};
}

}  // namespace

json context_document(const PromptContext& made, const CommitId& commit, std::size_t budget) {
  json parts = json::array();
  for (const ContextPart& part : made.parts) parts.push_back(part_json(part));
  json notes = json::array();
  for (const std::string& note : made.notes) notes.push_back(valid_utf8(note));
  return {{"schema", "automod.context/1"}, {"commit", commit.text},     {"budget", budget},
          {"tokens", made.tokens},         {"left_out", made.left_out}, {"parts", std::move(parts)},
          {"notes", std::move(notes)}};
}

json prompt_list_document(const std::vector<prompts::Template>& all) {
  json rows = json::array();
  for (const prompts::Template& text : all) {
    json own = json::array();
    for (const std::string& file : text.own) own.push_back(valid_utf8(file));
    rows.push_back(
        {{"goal", name(text.purpose)}, {"digest", text.digest}, {"own_files", std::move(own)}});
  }
  return {{"schema", "automod.prompt_list/1"}, {"prompts", std::move(rows)}};
}

json prompt_show_document(const PromptShown& shown) {
  json document = {{"schema", "automod.prompt_show/1"},
                   {"goal", nullptr},
                   {"modification", nullptr},
                   {"digest", nullptr},
                   {"own_files", json::array()},
                   {"model", nullptr},
                   {"asked_at", nullptr},
                   {"instructions", nullptr},
                   {"material", nullptr},
                   {"most_tokens", nullptr},
                   {"temperature", nullptr},
                   {"answer", nullptr}};
  if (shown.modification) document["modification"] = shown.modification->text;
  if (shown.text) {
    document["goal"] = name(shown.text->purpose);
    document["digest"] = shown.text->digest;
    for (const std::string& file : shown.text->own) {
      document["own_files"].push_back(valid_utf8(file));
    }
    document["instructions"] = valid_utf8(shown.text->instructions);
    document["material"] = valid_utf8(shown.text->frame);
  }
  if (shown.page) {
    const model::Page& page = *shown.page;
    document["digest"] = page.digest;
    document["model"] = text_or_null(page.model);
    document["asked_at"] = text_or_null(page.asked_at);
    document["instructions"] = valid_utf8(page.question.instructions);
    document["material"] = valid_utf8(page.question.material);
    document["most_tokens"] = page.question.most_tokens;
    if (page.question.temperature) document["temperature"] = *page.question.temperature;
    document["answer"] = answer_json(page.answer);
  }
  return document;
}

}  // namespace automod::cli
