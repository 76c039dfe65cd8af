#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/documents_ask.hpp"
#include "cli/text.hpp"
#include "engine/ask.hpp"

/// What is said of models and of their answers. All that a model or a target wrote is escaped.
namespace automod::cli {

/// "1.2  rejected  0199c2d4-7f1a  2 tests fail", one line with its end. `id` is the shortened one
/// of the modification, empty where there is none; `width` as for tables.
std::string attempt_line(const automod::Attempt& attempt, const std::string& id, const Paint& paint,
                         std::size_t width);

/// "3 questions, 12345 tokens in (4000 cached), 900 out, $0.12".
std::string spent_text(const model::Spent& spent);

/// Who was asked and what that took, a line.
std::string spent_line(const AskReport& report);

/// The command line, without "automod", that goes on with a session.
std::string resume_line(const AskReport& report, AskKind kind);

/// How long a question is, and which it is.
std::string question_summary(const FirstQuestion& first);

/// The configured models, budgets, and what is spent of them.
std::string models_text(const ModelsView& view, const Paint& paint, std::size_t width);

}  // namespace automod::cli
