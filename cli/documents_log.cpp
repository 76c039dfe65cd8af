#include <nlohmann/json.hpp>

#include "cli/documents.hpp"
#include "engine/store/bundle.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json entry_json(const store::LedgerEntry& entry) {
  json payload = json::parse(entry.payload, nullptr, false);
  return {{"number", entry.number},
          {"at", entry.at},
          {"kind", entry.kind},
          {"subject", entry.subject},
          {"payload", payload.is_discarded() ? json(nullptr) : std::move(payload)},
          {"previous", entry.previous},
          {"hash", entry.hash},
          {"signature", or_null(entry.signature)},
          {"signer", or_null(entry.signer)}};
}

}  // namespace

json log_document(const LedgerView& view) {
  json entries = json::array();
  for (const store::LedgerEntry& entry : view.entries) entries.push_back(entry_json(entry));
  json problems = json::array();
  for (const store::LedgerProblem& problem : view.problems) {
    problems.push_back({{"number", problem.number == 0 ? json(nullptr) : json(problem.number)},
                        {"what", problem.what}});
  }
  return {{"schema", "automod.log/1"},
          {"entries", std::move(entries)},
          {"verified", view.verified},
          {"broken_at", problems.empty() ? json(nullptr) : problems.front()["number"]},
          {"problems", std::move(problems)}};
}

json log_entry_document(const store::LedgerEntry& entry) {
  return {{"schema", "automod.log_entry/1"}, {"entry", entry_json(entry)}};
}

json log_export_document(const Exported& exported) {
  const store::Bundle& bundle = exported.bundle;
  return {{"schema", "automod.log_export/1"},
          {"file", exported.file.string()},
          {"entries", bundle.ledger.size()},
          {"modifications", bundle.modifications.size()},
          {"head", {{"number", bundle.head.number}, {"hash", or_null(bundle.head.hash)}}}};
}

}  // namespace automod::cli
