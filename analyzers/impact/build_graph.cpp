#include "analyzers/impact/build_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "analyzers/clang/paths.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = 64 * kMiB;
constexpr std::size_t kMostTargets = 50'000;
constexpr std::size_t kMostOutputs = 200'000;
constexpr std::size_t kMostNeeds = 20'000'000;  // of all targets or outputs together
constexpr std::size_t kDeepest = 16;

using Texts = std::map<std::string_view, std::string_view>;

std::unexpected<Error> reject(std::string_view what) {
  return fail(ErrorKind::kRefused, fmt::format("reading what CMake says of its targets: {}", what));
}

/// Each file by its name. Nothing of a name can lead anywhere: it is only looked up here.
Texts files_in(std::string_view replies) {
  Texts files;
  std::string_view name;
  std::size_t begin = 0;
  const auto finish = [&](std::size_t end) {
    if (!name.empty()) files[name] = replies.substr(begin, end - begin);
  };
  for (std::size_t at = 0; at < replies.size();) {
    const std::size_t end = std::min(replies.find('\n', at), replies.size());
    const std::string_view line = replies.substr(at, end - at);
    if (line.starts_with("==> ") && line.ends_with(" <==") && line.size() > 8) {
      finish(at);
      name = line.substr(4, line.size() - 8);
      begin = end;
    }
    at = end + 1;
  }
  finish(replies.size());
  return files;
}

/// Null where it is not there, or is something else.
const json& at(const json& object, const char* key) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text_at(const json& object, const char* key) {
  const json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// Of a list; empty of anything else.
const json::array_t& list_at(const json& object, const char* key) {
  static const json::array_t kNothing;
  const json& value = at(object, key);
  return value.is_array() ? value.get_ref<const json::array_t&>() : kNothing;
}

Result<json> reply(const Texts& files, std::string_view name) {
  const auto found = files.find(name);
  if (found == files.end()) {
    return reject(fmt::format("'{}' is named and not there", printable_line(name)));
  }
  auto parsed = parse_strictly(found->second, kDeepest);
  if (!parsed) return reject(fmt::format("'{}': {}", printable_line(name), parsed.error().message));
  if (!parsed->is_object()) {
    return reject(fmt::format("'{}' is no JSON object", printable_line(name)));
  }
  return parsed;
}

Result<json> codemodel_in(const Texts& files) {
  const auto after = files.lower_bound("index.");  // behind all that begin with "index-"
  if (after == files.begin() || !std::prev(after)->first.starts_with("index-")) {
    return reject("there is no index");
  }
  const auto index = reply(files, std::prev(after)->first);
  if (!index) return index;
  for (const json& object : list_at(*index, "objects")) {
    if (text_at(object, "kind") == "codemodel") return reply(files, text_at(object, "jsonFile"));
  }
  return reject("the index names no codemodel");
}

void make_set(std::vector<std::string>& all) {
  std::ranges::sort(all);
  const auto rest = std::ranges::unique(all);
  all.erase(rest.begin(), rest.end());
}

class CodemodelReader {
 public:
  CodemodelReader(const Texts& files, const PathResolver& resolve)
      : files_(files), resolve_(resolve) {}

  Result<BuildGraph> read() {
    const auto model = codemodel_in(files_);
    if (!model) return fail(model.error());
    const json& paths = at(*model, "paths");
    source_ = text_at(paths, "source");
    if (!source_.starts_with('/')) return reject("the codemodel has no source folder");
    constexpr std::string_view kRoot = "/tree/";
    const std::string build = text_at(paths, "build");
    if (build.starts_with(kRoot)) graph_.build_dir = build.substr(kRoot.size());
    const auto& configurations = list_at(*model, "configurations");
    if (configurations.empty()) return reject("the codemodel has no configuration");
    const auto& targets = list_at(configurations.front(), "targets");
    if (targets.size() > kMostTargets) {
      return reject(
          fmt::format("found {} targets, wanted {} at most", targets.size(), kMostTargets));
    }
    for (const json& target : targets) {
      if (auto done = add(target); !done) return fail(done.error());
    }
    return connected();
  }

 private:
  struct Draft {
    BuildTarget target;
    std::string id;
    std::vector<std::string> needs;  // ids
  };

  Result<void> add(const json& named) {
    const auto text = reply(files_, text_at(named, "jsonFile"));
    if (!text) return fail(text.error());
    Draft draft{.target = {.name = text_at(*text, "name"), .kind = text_at(*text, "type")},
                .id = text_at(*text, "id"),
                .needs = {}};
    if (draft.target.name.empty() || draft.id.empty()) return reject("a target has no name or id");
    std::string folder = text_at(at(*text, "paths"), "build");
    folder = folder.empty() || folder == "." ? "" : folder + "/";
    draft.target.objects = fmt::format("{}CMakeFiles/{}.dir/", folder, draft.target.name);
    for (const json& source : list_at(*text, "sources")) {
      if (auto path = path_in_tree(text_at(source, "path"), source_, resolve_)) {
        draft.target.sources.push_back(std::move(*path));
      }
    }
    for (const json& artifact : list_at(*text, "artifacts")) {
      draft.target.artifacts.push_back(text_at(artifact, "path"));
    }
    for (const json& need : list_at(*text, "dependencies")) {
      draft.needs.push_back(text_at(need, "id"));
    }
    needs_ += draft.needs.size();
    if (needs_ > kMostNeeds) return reject("the targets have too many dependencies");
    make_set(draft.target.sources);
    drafts_.push_back(std::move(draft));
    return {};
  }

  BuildGraph connected() {
    std::ranges::sort(drafts_, {}, [](const Draft& one) {
      return std::pair(std::string_view(one.target.name), std::string_view(one.id));
    });
    std::map<std::string_view, std::uint32_t> by_id;
    for (std::uint32_t i = 0; i < drafts_.size(); ++i) by_id.emplace(drafts_[i].id, i);
    for (Draft& draft : drafts_) {
      for (const std::string& need : draft.needs) {
        if (const auto found = by_id.find(need); found != by_id.end()) {
          draft.target.needs.push_back(found->second);
        }
      }
      graph_.targets.push_back(std::move(draft.target));
    }
    return std::move(graph_);
  }

  const Texts& files_;
  const PathResolver& resolve_;
  std::string source_;
  BuildGraph graph_;
  std::vector<Draft> drafts_;
  std::size_t needs_ = 0;
};

/// Collects outputs until there are too many.
class Outputs {
 public:
  Outputs(std::string_view directory, const PathResolver& resolve)
      : directory_(directory), resolve_(resolve) {}

  bool is_full() const { return all_.size() >= kMostOutputs || needs_ >= kMostNeeds; }

  void begin(std::string_view path) { all_.push_back({.path = std::string(path), .needs = {}}); }

  void add(std::string_view need) {
    auto path = path_in_tree(need, directory_, resolve_);
    if (!path || is_full()) return;
    all_.back().needs.push_back(std::move(*path));
    ++needs_;
  }

  std::vector<BuildOutput> take() {
    std::erase_if(all_, [](const BuildOutput& one) { return one.needs.empty(); });
    for (BuildOutput& one : all_) make_set(one.needs);
    std::ranges::sort(all_, {}, &BuildOutput::path);
    return std::move(all_);
  }

 private:
  const std::string_view directory_;
  const PathResolver& resolve_;
  std::vector<BuildOutput> all_;
  std::size_t needs_ = 0;
};

/// The words of a rule of make: broken at blanks, with "\ " for a blank and "$$" for a dollar.
std::vector<std::string> make_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ' || c == '\t' || c == '\r') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    const bool escapes =
        i + 1 < line.size() && ((c == '\\' && (line[i + 1] == ' ' || line[i + 1] == '#')) ||
                                (c == '$' && line[i + 1] == '$'));
    words.back() += escapes ? line[++i] : c;
  }
  return words;
}

}  // namespace

Result<BuildGraph> read_codemodel(std::string_view replies, const PathResolver& resolve) {
  if (replies.size() > kMostBytes) {
    return reject(fmt::format("found {} bytes, wanted {} at most", replies.size(), kMostBytes));
  }
  const Texts files = files_in(replies);
  return CodemodelReader(files, resolve).read();
}

std::vector<BuildOutput> read_ninja_deps(std::string_view text, std::string_view directory,
                                         const PathResolver& resolve) {
  Outputs outputs(directory, resolve);
  bool is_open = false;
  for (const std::string_view line : split_lines(text)) {
    if (outputs.is_full()) break;
    if (is_open && line.starts_with("    ")) {
      outputs.add(line.substr(4));
      continue;
    }
    const std::size_t mark = line.find(": #deps ");
    is_open = mark != std::string_view::npos && mark != 0 && line.ends_with("(VALID)");
    if (is_open) outputs.begin(line.substr(0, mark));
  }
  return outputs.take();
}

std::vector<BuildOutput> read_depfiles(std::string_view text, std::string_view directory,
                                       const PathResolver& resolve) {
  Outputs outputs(directory, resolve);
  bool goes_on = false;
  for (std::string_view line : split_lines(text)) {
    if (outputs.is_full()) break;
    const bool continues = line.ends_with('\\');
    if (continues) line.remove_suffix(1);
    std::vector<std::string> words = make_words(line);
    std::size_t first = 0;
    if (!goes_on) {
      const bool is_rule = !words.empty() && words[0].size() > 1 && words[0].ends_with(':');
      goes_on = is_rule && continues;
      if (!is_rule) continue;
      outputs.begin(std::string_view(words[0]).substr(0, words[0].size() - 1));
      first = 1;
    }
    for (std::size_t i = first; i < words.size(); ++i) outputs.add(words[i]);
    goes_on = continues;
  }
  return outputs.take();
}

}  // namespace automod::analyzers
