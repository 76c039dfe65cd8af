#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "engine/store/records.hpp"

/// What a ledger entry says of the record that it came with. Made from the same record again, by
/// a check, it is the same: what is empty is left out, so that it does not matter which schema the
/// record was written by.
namespace automod::store {

nlohmann::json payload_of(const Session& session);
nlohmann::json payload_of(const Modification& modification);
nlohmann::json payload_of(const TrialRow& trial, const Verdict& verdict,
                          std::string_view verdict_text);
nlohmann::json payload_of(const Approval& approval);
nlohmann::json payload_of(const Application& application);
nlohmann::json payload_of(const Rollback& rollback);
nlohmann::json payload_of(const Merge& merge);
nlohmann::json payload_of(const Undo& undo);
nlohmann::json payload_of(const Feedback& feedback);
nlohmann::json payload_of(const Failure& failure);
nlohmann::json begin_payload_of(const Watch& watch);
nlohmann::json end_payload_of(const Watch& watch);

/// Of everything about a modification that no other field of its payload covers, the contents of
/// its files among it.
std::string record_digest(const Modification& modification);

}  // namespace automod::store
