#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "engine/model/key.hpp"
#include "engine/model/model.hpp"
#include "engine/model/settings.hpp"

/// The clients, one for each kind.
namespace automod::model {

/// Reads the key, too; from then on a crash of this process leaves no core file. `asked` is how
/// many attempts this session has made before: kScripted goes on behind them. Nothing that the
/// client gives back holds the key, whatever the other side says; a key of fewer than 16 characters
/// is looked for in failures only.
Result<std::unique_ptr<Client>> open_client(const ModelSettings& settings, const Clock& clock,
                                            std::size_t asked = 0);

/// Roughly, for who does not count them: the most that `question` is likely to be.
inline constexpr std::int64_t kBytesPerToken = 3;  // source text has some more
std::int64_t estimated_tokens(const Question& question);
std::int64_t estimated_tokens(std::string_view text);

// Each of its own file.
std::unique_ptr<Client> anthropic_client(const ModelSettings& settings, Key key,
                                         const Clock& clock);
std::unique_ptr<Client> openai_chat_client(const ModelSettings& settings, Key key,
                                           const Clock& clock);
std::unique_ptr<Client> openai_responses_client(const ModelSettings& settings, Key key,
                                                const Clock& clock);
/// Runs as the user, outside the sandbox, in an empty folder: instructions and material on stdin.
std::unique_ptr<Client> command_client(const ModelSettings& settings);
/// Answers with the files of a folder in the order of their names, from number `asked` on, then no
/// more. A file that begins with "!fail KIND", perhaps with seconds behind it, is that failure
/// instead, and that Retry-After; the rest of it is the message. Hidden files do not count.
Result<std::unique_ptr<Client>> scripted_client(const ModelSettings& settings,
                                                std::size_t asked = 0);

}  // namespace automod::model
