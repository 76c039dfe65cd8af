#pragma once

#include <string>
#include <string_view>

#include "engine/types/evidence.hpp"
#include "engine/types/words.hpp"

/// What the commits that automod makes say of themselves.
namespace automod::keep {

/// Of an application: subject, reasoning, verdict, trailers. `approver` may be empty.
std::string commit_message(const Modification& modification, const Verdict& verdict,
                           std::string_view approver);

/// Of a commit that takes `commit` back.
std::string revert_message(const Modification& modification, const CommitId& commit,
                           std::string_view reason);

/// Of a commit that brings the application's branch into another.
std::string merge_message(const Modification& modification, std::string_view branch);

}  // namespace automod::keep
