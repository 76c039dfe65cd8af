#pragma once

#include <memory>

#include "base/clock.hpp"
#include "engine/model/key.hpp"
#include "engine/model/model.hpp"
#include "engine/model/settings.hpp"

/// The clients, one for each kind.
namespace automod::model {

/// Reads the key, too.
Result<std::unique_ptr<Client>> open_client(const ModelSettings& settings, const Clock& clock);

// Each of its own file.
std::unique_ptr<Client> anthropic_client(const ModelSettings& settings, Key key,
                                         const Clock& clock);
std::unique_ptr<Client> openai_chat_client(const ModelSettings& settings, Key key,
                                           const Clock& clock);
std::unique_ptr<Client> openai_responses_client(const ModelSettings& settings, Key key,
                                                const Clock& clock);
/// Runs as the user, outside the sandbox, in an empty folder: instructions and material on stdin.
std::unique_ptr<Client> command_client(const ModelSettings& settings);
/// Answers with the files of a folder in the order of their names, then no more.
Result<std::unique_ptr<Client>> scripted_client(const ModelSettings& settings);

}  // namespace automod::model
