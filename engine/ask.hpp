#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/context.hpp"
#include "engine/engine.hpp"
#include "engine/model/asker.hpp"
#include "prompts/prompts.hpp"

/// Changes asked of a language model: proposed, tried, shown what went wrong, proposed anew.
namespace automod {

enum class AskKind { kWords, kFix, kOptimize };
std::string_view name(AskKind kind);  // of the command: "ask", "fix", "optimize"

struct AskRequest {
  AskKind kind = AskKind::kWords;
  std::string words;               // kWords: the request; else what is added to it, may be empty
  std::vector<std::string> focus;  // paths, symbols, path:symbol, path:line; empty: found
  std::vector<std::string> only;   // globs: an answer that changes another file is not used
  std::string test;                // kFix: its name; empty: all that fail
  std::string bench;               // kOptimize: its name; empty: all
  std::filesystem::path profile;   // kOptimize: where the time goes; empty: measured by none
  std::optional<ModificationType> type;  // kWords: default feature_add, or by its first verb
  std::string base = "HEAD";
  std::optional<SafetyLevel> level;
  model::Asking asking;
  std::optional<SessionId> resumes;  // the session that this goes on with
  std::optional<SessionId> spends;   // whose budget counts; absent: its own
};

/// What became of one answer.
struct Attempt {
  std::string digest;                          // of the question
  std::size_t line_of_thought = 0;             // from 1
  std::size_t number = 0;                      // in it, from 1
  std::optional<ModificationId> modification;  // nullopt: the answer could not be used
  std::optional<Tried> tried;  // nullopt: it could not, or was the same as another's
  std::string outcome;         // "approved", "needs_approval", "rejected", "unusable", "declined",
                               // "duplicate", "unanswered"
  std::string why;             // one line; empty when it is approved
  bool from_book = false;
};

struct AskReport {
  Session session;
  Target target;
  std::string model;
  std::vector<Attempt> attempts;
  std::optional<std::size_t> best;  // in attempts: the best verdict, then the best effect
  model::Spent spent;
  std::string stopped;  // why before the end: "budget: …", a model's failure; empty: it came to it
  std::string stop_hint;  // what helps against that; may be empty
  std::vector<std::string> notes;
};

/// Told of every attempt as it ends.
using AttemptObserver = std::function<void(const Attempt&)>;

/// The question that a request would ask first.
struct FirstQuestion {
  prompts::Template text;
  PromptContext context;
  model::Question question;
  std::string digest;  // empty where no model is configured
};

}  // namespace automod
