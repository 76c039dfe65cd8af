#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

/// Asks a language model for changes. What it answers is as hostile as any patch.
namespace automod::propose {

/// One of the three things a test may fake.
class ModelClient {
 public:
  virtual ~ModelClient() = default;
  virtual Result<std::string> complete(std::string_view prompt, const CancelToken& cancel) = 0;
  virtual std::string name() const = 0;
};

/// The model of the user's own settings, config.toml in the configuration folder:
///   [model]
///   name = "what to call it in records"
///   command = ["program", "argument"]   # reads the prompt on stdin, answers on stdout
///   timeout_seconds = 300
/// kUnavailable, saying where to write it, when there is none. A target's own configuration is
/// never asked: it must not choose what runs outside the sandbox.
Result<std::unique_ptr<ModelClient>> configured_model();

/// What is sent for a finding.
std::string prompt_for(const Finding& finding, std::string_view content);

/// Asks for a repair of the finding. kRefused when the answer cannot be used as it is.
Result<Candidate> ask_model(ModelClient& model, const repo::Repository& repo, const TreeId& tree,
                            const Finding& finding, const CancelToken& cancel);

}  // namespace automod::propose
