#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/engine.hpp"
#include "engine/model/asker.hpp"
#include "engine/model/settings.hpp"
#include "prompts/prompts.hpp"

namespace automod {

struct ReviewUse {
  std::string model;                // the user's name for it
  std::filesystem::path book = {};  // a folder: what was asked and answered
  model::Budget budget = {};        // of each session; what is 0 is the settings'
  SessionId session = {};           // whose budget it is; empty: that of each modification
  bool fresh = false;               // what the book knows is asked again
  bool replay = false;              // nothing is asked that the book does not know
};

/// A model that is asked for a second opinion of what was tried. One thread's at a time.
class Reviewer {
 public:
  /// Reads settings and prompt. kUnavailable or kUsage where there is no such model, or where the
  /// user's own text for it cannot be used. What is not handed over is borrowed.
  static Result<Reviewer> open(ReviewUse use, const Clock& clock, const CancelToken& cancel,
                               Observer& observer);

  const std::string& model() const { return use_.model; }
  /// Finds out, before anything is tried, what would keep it from being asked: a missing key.
  Result<void> be_ready(const SessionId& session);

  /// Adds its opinion to `evidence`, which is of format 4 at least. Says whether it did: it is not
  /// asked twice, nor about what is rejected at this level without it. Where no answer is to be
  /// had, for whatever reason, that is its opinion, until an answer is: it is asked again then.
  bool look_at(const Modification& modification, SafetyLevel level, Evidence& evidence);

 private:
  Reviewer(ReviewUse use, model::Settings settings, model::ModelSettings chosen,
           prompts::Template text, const Clock& clock, const CancelToken& cancel,
           Observer& observer);
  bool is_own(const Opinion& opinion) const;
  Result<model::Asker*> asker_of(const SessionId& session);
  Opinion opinion_on(const Modification& modification, const Evidence& evidence,
                     std::string_view asked_before);
  Opinion answer_to(model::Question question, const Modification& modification,
                    std::string_view asked_before);
  Opinion without_answer(std::string_view why) const;

  ReviewUse use_;
  model::Settings settings_;
  model::ModelSettings chosen_;
  prompts::Template text_;
  const Clock& clock_;
  const CancelToken& cancel_;
  Observer& observer_;
  std::map<SessionId, model::Asker> askers_;  // by whose budget it is
};

}  // namespace automod
