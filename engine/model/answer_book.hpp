#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/model.hpp"

/// Every question that was asked and what came back, one file each, by the question's digest. A
/// folder of them is the record of a session; read back, it replays it.
namespace automod::model {

struct Page {
  std::string digest;
  std::string model;  // the user's name for it
  std::string asked_at;
  Question question;
  std::optional<Answer> answer = {};  // none yet, or the attempt failed
  // What else the digest is over:
  std::string kind = {};
  std::string provider_model = {};
  std::int64_t turn = 0;
};

/// Over the kind, the provider's model, the question and `turn`, which tells repeated questions
/// apart. The user's name for the model and its address are no part of it.
std::string question_digest(std::string_view kind, std::string_view model, const Question& question,
                            std::int64_t turn);

class AnswerBook {
 public:
  explicit AnswerBook(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// nullopt where there is no such page. A page that is damaged, or is not what its name says, is
  /// kInternal.
  Result<std::optional<Page>> find(std::string_view digest) const;
  /// Mode 0600; replaces what is there. The question's texts are valid UTF-8. kInternal when the
  /// digest is not the page's.
  Result<void> write(const Page& page) const;
  /// Says which page stands at a place that has a name of letters, digits and dots. When a session
  /// is replayed, outputs and figures are not what they were, nor are questions that hold them:
  /// what was answered at the same place counts then.
  Result<void> mark(std::string_view place, std::string_view digest) const;
  /// The answered page there; nullopt where there is none.
  std::optional<Page> marked(std::string_view place) const;
  /// By digest or a unique beginning of at least 4 digits. kUsage when none or several match.
  Result<Page> named(std::string_view digest_or_prefix) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace automod::model
