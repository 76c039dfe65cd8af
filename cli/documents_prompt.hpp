#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/context.hpp"
#include "engine/model/answer_book.hpp"
#include "prompts/prompts.hpp"

/// JSON documents of the commands that say what models are told.
namespace automod::cli {

nlohmann::json context_document(const PromptContext& made, const CommitId& commit,
                                std::size_t budget);

/// A goal's text, or a question that was asked.
struct PromptShown {
  std::optional<prompts::Template> text;
  std::optional<ModificationId> modification;  // whose question it is
  std::optional<model::Page> page;
};
nlohmann::json prompt_list_document(const std::vector<prompts::Template>& all);
nlohmann::json prompt_show_document(const PromptShown& shown);

}  // namespace automod::cli
