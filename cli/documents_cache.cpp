#include <chrono>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "cli/documents.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

json base_json(const trial::SnapshotInfo& base) {
  const Clock::Time used{std::chrono::seconds(base.used)};
  return {{"name", base.folder.filename().string()},
          {"tree", base.tree.text.empty() ? json(nullptr) : json(base.tree.text)},
          {"level", trial::name_of(base.level)},
          {"variant", name(base.variant)},
          {"bytes", base.bytes},
          {"used_at", iso_time(used)},
          {"in_use", base.is_in_use}};
}

json bases_json(const std::vector<trial::SnapshotInfo>& bases) {
  json all = json::array();
  for (const trial::SnapshotInfo& base : bases) all.push_back(base_json(base));
  return all;
}

json view_json(const CacheView& view) {
  return {{"folder", view.folder.string()},
          {"bases", bases_json(view.bases)},
          {"bytes", view.bytes},
          {"toolchains", view.toolchains},
          {"index_bytes", view.index_bytes}};
}

}  // namespace

json cache_show_document(const CacheView& view) {
  json fields = view_json(view);
  fields["schema"] = "automod.cache_show/1";
  return fields;
}

json cache_prune_document(const std::vector<trial::SnapshotInfo>& gone, const CacheView& left) {
  return {{"schema", "automod.cache_prune/1"},
          {"removed", bases_json(gone)},
          {"left", view_json(left)}};
}

}  // namespace automod::cli
