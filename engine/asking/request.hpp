#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "engine/ask.hpp"

/// A request as it is kept while it is worked on, so that it can be given again.
namespace automod::asking {

std::string text_of(const AskRequest& request);
/// kInternal when it is not what text_of() writes.
Result<AskRequest> request_of(std::string_view text);

/// One file for each session, in a folder that is made where it is missing.
/// Until what it returns is closed, find_kept takes the session for one that is still running.
Result<Fd> keep(const std::filesystem::path& folder, const SessionId& session,
                const AskRequest& request);
void forget(const std::filesystem::path& folder, const SessionId& session);
/// Of the session whose id begins so; of the latest where nothing is said. It says which session it
/// goes on with. kUsage when there is none, more than one, or it is still running.
Result<AskRequest> find_kept(const std::filesystem::path& folder, std::string_view session);

}  // namespace automod::asking
