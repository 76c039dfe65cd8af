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

json map_document(const analyzers::CodeMap& map, const IndexedCode& indexed, std::size_t budget) {
  const analyzers::Codebase& code = indexed.code();
  json files = json::array();
  for (const auto& file : map.files) {
    json symbols = json::array();
    for (const auto& line : file.lines) {
      symbols.push_back({{"name", code.full_name(line.at)},
                         {"kind", analyzers::name(code.symbol(line.at).kind)},
                         {"line", code.symbol(line.at).line},
                         {"depth", line.depth},
                         {"signature", line.head},
                         {"rank", line.rank}});
    }
    files.push_back({{"path", code.files()[file.file].path},
                     {"rank", file.rank},
                     {"symbols", std::move(symbols)}});
  }
  return {{"schema", "automod.map/1"},
          {"commit", indexed.indexed().commit.text},
          {"budget", budget},
          {"tokens", map.tokens},
          {"symbols_in_map", map.symbols},
          {"symbols", map.all_symbols},
          {"files", std::move(files)}};
}

}  // namespace automod::cli
