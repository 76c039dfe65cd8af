#include <nlohmann/json.hpp>

#include "cli/documents.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

}  // namespace

json key_init_document(const KeyInit& made) {
  return {{"schema", "automod.key_init/1"},
          {"key", sign::fingerprint(made.key)},
          {"line", sign::key_line(made.key)},
          {"principal", made.principal},
          {"completed", made.completed},
          {"file", made.files.file.string()},
          {"public_file", made.files.file.string() + ".pub"},
          {"signers_file", made.files.signers.string()}};
}

json key_list_document(const KeyList& list) {
  json rows = json::array();
  for (const KeyRow& row : list.rows) {
    rows.push_back({{"source", name(row.source)},
                    {"format", row.format},
                    {"key", or_null(row.key)},
                    {"place", row.place},
                    {"problem", row.problem ? json(row.problem->message) : json(nullptr)},
                    {"hint", row.problem ? or_null(row.problem->hint) : json(nullptr)}});
  }
  return {{"schema", "automod.key_list/1"},
          {"keys", std::move(rows)},
          {"signs", list.choice.source ? json(name(*list.choice.source)) : json(nullptr)},
          {"why", list.choice.why}};
}

json key_show_document(const KeyShow& shown) {
  return {{"schema", "automod.key_show/1"},
          {"source", name(shown.source)},
          {"key", sign::fingerprint(shown.key)},
          {"line", sign::key_line(shown.key)},
          {"principal", shown.principal},
          {"signers_line", sign::allowed_signer_line(shown.principal, shown.key)}};
}

}  // namespace automod::cli
