#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/types/evidence.hpp"

namespace automod {

/// The JSON of the words: the same in the database, in evidence and on stdout. Fields are
/// described in docs/formats/. Absent is null.
nlohmann::json to_json(const Place& place);
nlohmann::json to_json(const Weight& weight);
nlohmann::json to_json(const Finding& finding);
nlohmann::json to_json(const Modification& modification);  // without file contents
nlohmann::json to_json(const Session& session);
nlohmann::json to_json(const Evidence& evidence);
nlohmann::json to_json(const Verdict& verdict);

/// Strict: an unknown format, a missing field or a wrong type is an error that names the field.
Result<Evidence> evidence_from_json(std::string_view text);
Result<Verdict> verdict_from_json(std::string_view text);

/// One text for one value: keys sorted, no white space, UTF-8.
std::string canonical(const nlohmann::json& value);

/// SHA-256 of the canonical JSON.
std::string digest(const Evidence& evidence);

}  // namespace automod
