#include "cli/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "cli/edits.hpp"
#include "cli/remarks.hpp"
#include "cli/versions.hpp"
#include "engine/judge/judge.hpp"
#include "engine/types/json.hpp"

namespace automod::cli {

using nlohmann::json;

namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

json message(std::string_view text) { return {{"text", valid_utf8(text)}}; }

json artifact(std::string_view path) { return {{"uri", uri_of(path)}, {"uriBaseId", "SRCROOT"}}; }

json location(const Place& place) {
  json physical = {{"artifactLocation", artifact(place.path)}};
  if (place.line != 0) {
    physical["region"] = {{"startLine", place.line}};
    if (place.column != 0) physical["region"]["startColumn"] = place.column;
  }
  json all = {{"physicalLocation", physical}};
  if (!place.symbol.empty()) {
    all["logicalLocations"] = json::array({{{"name", valid_utf8(place.symbol)}}});
  }
  return all;
}

/// Whole lines, so that what counts as a column does not matter.
json region(const Edit& edit) {
  json deleted = {{"startLine", edit.line}, {"startColumn", 1}};
  if (edit.removed_ends_open) {
    deleted["endLine"] = edit.line + edit.removed - 1;
    deleted["endColumn"] = edit.last_width + 1;
  } else {
    deleted["endLine"] = edit.line + edit.removed;
    deleted["endColumn"] = 1;
  }
  return deleted;
}

/// null where the patch has no place in a report.
json fix(const Modification& modification) {
  if (modification.patch.size() > kMostOfPatch) return nullptr;
  json changes = json::array();
  for (const FileEdits& file : edits_of(modification.patch)) {
    json replacements = json::array();
    for (const Edit& edit : file.edits) {
      json replacement = {{"deletedRegion", region(edit)}};
      if (!edit.inserted.empty()) {
        replacement["insertedContent"] = {{"text", valid_utf8(edit.inserted)}};
      }
      replacements.push_back(std::move(replacement));
    }
    if (replacements.empty()) continue;
    changes.push_back(
        {{"artifactLocation", artifact(file.path)}, {"replacements", std::move(replacements)}});
  }
  if (changes.empty()) return nullptr;
  return {{"description", message(modification.candidate.summary)}, {"artifactChanges", changes}};
}

json properties(const store::ListedModification& listed) {
  json all = {{"modification", listed.modification.id.text}, {"status", name(listed.status)}};
  if (listed.verdict) {
    const Verdict& verdict = listed.verdict->verdict;
    all["verdict"] = name(verdict.decision);
    all["safetyScore"] = verdict.safety_score;
    all["evidence"] = verdict.evidence_digest;
    if (verdict.performance_impact) all["performanceImpact"] = *verdict.performance_impact;
  }
  return all;
}

/// The same finding keeps its fingerprint when lines above it move: the line is not part of it,
/// the number of its kind in the file is.
std::string fingerprint(const Finding& finding, std::map<std::string, int>& seen) {
  const std::string key = fmt::format("{}\n{}\n{}\n{}", finding.rule, finding.place.path,
                                      finding.place.symbol, finding.message);
  return sha256(fmt::format("{}\n{}", key, seen[key]++));
}

std::string_view level(Severity severity) { return name(severity); }

struct Rules {
  json rows = json::array();
  std::map<std::string, std::size_t, std::less<>> index;

  std::size_t of(const std::string& id, const std::string& summary) {
    const auto [place, is_new] = index.try_emplace(id, rows.size());
    if (is_new) rows.push_back({{"id", valid_utf8(id)}, {"shortDescription", message(summary)}});
    return place->second;
  }

  std::size_t of(const Finding& finding) {
    const std::size_t row = of(finding.rule, finding.why.empty() ? finding.rule : finding.why);
    rows[row]["properties"] = {{"precision", name(finding.confidence)}};
    return row;
  }
};

json document(Rules rules, json results) {
  json driver = {{"name", "automod"},
                 {"version", own_version()},
                 {"semanticVersion", own_version()},
                 {"rules", std::move(rules.rows)}};
  json base = {{"SRCROOT", {{"description", message("the root of the target's tree")}}}};
  json run = {{"tool", {{"driver", std::move(driver)}}},
              {"columnKind", "unicodeCodePoints"},
              {"originalUriBaseIds", std::move(base)},
              {"results", std::move(results)}};
  return {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", json::array({std::move(run)})}};
}

std::string check_summary(std::string_view code) {
  const auto& known = judge::all_checks();
  const auto info = std::ranges::find(known, code, &judge::CheckInfo::code);
  return std::string(info == known.end() ? code : info->summary);
}

json location(const Remark& remark) {
  json place = location(Place{.path = remark.path, .line = remark.line, .column = 0, .symbol = {}});
  if (remark.last_line > remark.line) {
    place["physicalLocation"]["region"]["endLine"] = remark.last_line;
  }
  return place;
}

/// Of a change that was judged. The fingerprint outlives moves of lines, as that of findings does.
json result_of(const Remark& remark, Rules& rules, std::map<std::string, int>& seen) {
  const store::ListedModification& listed = remark.gated->tried->listed;
  std::string key = fmt::format("{}\n{}", remark.code(), listed.modification.patch_digest);
  if (remark.has_spot) key = fmt::format("{}\n{}\n{}", remark.code(), remark.path, remark.message);
  if (const int number = seen[key]++; number > 0) key += fmt::format("\n{}", number);
  json result = {{"ruleId", valid_utf8(remark.code())},
                 {"ruleIndex", rules.of(std::string(remark.code()), check_summary(remark.code()))},
                 {"level", remark.is_error() ? "error" : "warning"},
                 {"message", message(remark.message)},
                 {"locations", json::array()},
                 {"partialFingerprints", {{"automodCheck/v1", sha256(key)}}},
                 {"properties", properties(listed)}};
  if (remark.gated->commit) result["properties"]["commit"] = remark.gated->commit->text;
  if (!remark.path.empty()) result["locations"].push_back(location(remark));
  return result;
}

}  // namespace

std::string uri_of(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/!$&'()*+,;=@").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

const store::ListedModification* fix_of(
    const Finding& finding, const std::vector<store::ListedModification>& modifications) {
  std::vector<const store::ListedModification*> near;  // read only where none is of this very place
  for (const store::ListedModification& listed : modifications) {
    const Candidate& candidate = listed.modification.candidate;
    if (candidate.origin.name != finding.rule || candidate.place.path != finding.place.path) {
      continue;
    }
    if (candidate.place.line == finding.place.line &&
        candidate.place.column == finding.place.column) {
      return &listed;
    }
    if (listed.modification.patch.size() <= kMostOfPatch) near.push_back(&listed);
  }
  for (const store::ListedModification* listed : near) {
    for (const FileEdits& file : edits_of(listed->modification.patch)) {
      if (file.path == finding.place.path && touches(file, finding.place.line)) return listed;
    }
  }
  return nullptr;
}

json sarif_of(const Analysis& analysis) {
  Rules rules;
  json results = json::array();
  std::map<std::string, int> seen;
  for (const Finding& finding : analysis.findings) {
    json result = {{"ruleId", valid_utf8(finding.rule)},
                   {"ruleIndex", rules.of(finding)},
                   {"level", level(finding.severity)},
                   {"message", message(finding.message)},
                   {"locations", json::array()},
                   {"partialFingerprints", {{"automodFinding/v1", fingerprint(finding, seen)}}}};
    if (!finding.place.path.empty()) result["locations"].push_back(location(finding.place));
    if (const auto* listed = fix_of(finding, analysis.modifications)) {
      if (json one = fix(listed->modification); !one.is_null()) {
        result["fixes"] = json::array({std::move(one)});
      }
      result["properties"] = properties(*listed);
    }
    result["rank"] = finding.value();
    result["properties"]["confidence"] = name(finding.confidence);
    result["properties"]["weight"] = to_json(finding.weight);
    results.push_back(std::move(result));
  }
  return document(std::move(rules), std::move(results));
}

json sarif_of(const std::vector<Gated>& all) {
  Rules rules;
  json results = json::array();
  json notifications = json::array();
  std::map<std::string, int> seen;
  for (const Remark& remark : remarks_of(all)) {
    if (!remark.check) {
      notifications.push_back({{"level", "error"}, {"message", message(remark.message)}});
      continue;
    }
    results.push_back(result_of(remark, rules, seen));
  }
  json log = document(std::move(rules), std::move(results));
  if (!notifications.empty()) {
    log["runs"][0]["invocations"] = json::array(
        {{{"executionSuccessful", false}, {"toolExecutionNotifications", notifications}}});
  }
  return log;
}

}  // namespace automod::cli
