#include "engine/repo/reach.hpp"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <charconv>
#include <queue>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace automod::repo {

namespace {

using Index = std::size_t;

struct Node {
  std::string id;
  long long time = 0;
  bool is_read = false;
  bool below_wanted = false;  // the wanted commit, or what it descends from
  bool below_tips = false;
  bool queued = false;
  std::vector<Index> parents;
  std::vector<Index> children;  // of those looked at
};

/// When the commit was made, by its own account: good enough to choose where to look next.
long long time_in(std::string_view line) {
  const std::size_t end = line.rfind("> ");
  long long value = 0;
  if (end != line.npos) {
    line.remove_prefix(end + 2);
    std::from_chars(line.data(), line.data() + line.size(), value);
  }
  return value;
}

class Walk {
 public:
  explicit Walk(const Repository::Impl& impl)
      : impl_(impl), shallow_(impl.shallow.begin(), impl.shallow.end()) {}

  Result<std::vector<bool>> run(const CommitId& wanted, const std::vector<CommitId>& tips) {
    const Index goal = node(wanted.text);
    if (auto done = reach(goal, true); !done) return fail(done.error());
    std::vector<Index> starts;
    for (const CommitId& tip : tips) {
      starts.push_back(node(tip.text));
      if (auto done = reach(starts.back(), false); !done) return fail(done.error());
    }
    while (open_ > 0) {
      if (auto done = step(); !done) return fail(done.error());
    }
    const auto above = all_above(goal);
    std::vector<bool> found;
    for (const Index start : starts) found.push_back(above.contains(start));
    return found;
  }

 private:
  Index node(const std::string& id) {
    const auto [place, is_new] = known_.try_emplace(id, nodes_.size());
    if (is_new) nodes_.push_back({.id = id});
    return place->second;
  }

  static bool is_open(const Node& node) { return node.below_tips && !node.below_wanted; }

  /// Marks a commit; looks at it (again) when that says more than was known.
  Result<void> reach(Index index, bool from_wanted) {
    if (!nodes_[index].is_read) {
      if (auto done = read(index); !done) return done;
    }
    Node& node = nodes_[index];
    bool& mark = from_wanted ? node.below_wanted : node.below_tips;
    if (mark) return {};
    if (node.queued && is_open(node)) --open_;
    mark = true;
    if (!node.queued) queue_.emplace(node.time, index);
    node.queued = true;
    if (is_open(node)) ++open_;
    return {};
  }

  Result<void> step() {
    const Index index = queue_.top().second;
    queue_.pop();
    Node& node = nodes_[index];
    node.queued = false;
    if (is_open(node)) --open_;
    const bool from_wanted = node.below_wanted;
    const std::vector<Index> parents = node.parents;  // nodes_ grows below
    for (const Index parent : parents) {
      if (!from_wanted) nodes_[parent].children.push_back(index);
      if (auto done = reach(parent, from_wanted); !done) return done;
    }
    return {};
  }

  Result<void> read(Index index) {
    const std::string id = nodes_[index].id;
    const auto parsed = parse_id(id);
    if (!parsed) return fail(parsed.error());
    Handle<git_odb_object> object;
    int code = git_odb_read(Fill(object), impl_.disk.get(), &*parsed);
    if (code == 0 && git_odb_object_type(object.get()) != GIT_OBJECT_COMMIT) code = GIT_ENOTFOUND;
    if (code < 0) return impl_.fail_history(fmt::format("reading commit {}", id), code);
    const std::string_view text{static_cast<const char*>(git_odb_object_data(object.get())),
                                git_odb_object_size(object.get())};
    const bool is_end = shallow_.contains(id);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t newline = std::min(text.find('\n', begin), text.size());
      const std::string_view line = text.substr(begin, newline - begin);
      begin = newline + 1;
      if (line.empty()) break;
      if (line.starts_with("committer ")) nodes_[index].time = time_in(line);
      if (!line.starts_with("parent ") || is_end) continue;
      const Index parent = node(std::string(line.substr(7)));
      nodes_[index].parents.push_back(parent);
    }
    nodes_[index].is_read = true;
    return {};
  }

  std::unordered_set<Index> all_above(Index goal) const {
    std::unordered_set<Index> found{goal};
    std::vector<Index> left{goal};
    while (!left.empty()) {
      const Index index = left.back();
      left.pop_back();
      for (const Index child : nodes_[index].children) {
        if (found.insert(child).second) left.push_back(child);
      }
    }
    return found;
  }

  const Repository::Impl& impl_;
  std::unordered_set<std::string> shallow_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, Index> known_;
  std::priority_queue<std::pair<long long, Index>> queue_;
  std::size_t open_ = 0;  // queued, and it is not known where they lead
};

}  // namespace

Result<std::vector<bool>> reaching(const Repository::Impl& impl, const CommitId& wanted,
                                   const std::vector<CommitId>& tips) {
  return Walk(impl).run(wanted, tips);
}

}  // namespace automod::repo
