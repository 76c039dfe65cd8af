#include "cli/documents_code.hpp"

#include <nlohmann/json.hpp>

namespace automod::cli {

using nlohmann::json;

json index_document(const Indexed& indexed, const std::filesystem::path& file) {
  json left_out = json::array();
  for (const auto& one : indexed.run.left_out) {
    left_out.push_back({{"path", one.path}, {"why", analyzers::name(one.why)}});
  }
  return {{"schema", "automod.index/1"},
          {"commit", indexed.commit.text},
          {"tree", indexed.tree.text},
          {"files", indexed.run.files},
          {"other_files", indexed.run.others},
          {"read", indexed.run.read},
          {"bytes_read", indexed.run.bytes},
          {"lines_read", indexed.run.lines},
          {"left_out", std::move(left_out)},
          {"unreadable", indexed.run.unreadable},
          {"index", {{"file", file.string()}, {"bytes", indexed.index_bytes}}}};
}

}  // namespace automod::cli
