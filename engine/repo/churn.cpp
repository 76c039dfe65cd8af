#include "engine/repo/churn.hpp"

#include <git2.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/repo/impl.hpp"

namespace automod::repo {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTooMany = -1001;  // what git_diff_tree_to_tree hands back when told to stop

struct Moved {
  std::string path;
  std::string blob;
};

/// What one commit does to the names of files.
struct Touched {
  std::vector<std::string> changed;  // or added
  std::vector<Moved> added;
  std::vector<Moved> deleted;
};

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The file that was `added` before it got this name: one of the same content, or the only one of
/// the same file name in another folder.
const Moved* former(const Moved& added, const Touched& touched) {
  const Moved* alike = nullptr;
  std::size_t namesakes = 0;
  for (const Moved& gone : touched.deleted) {
    if (gone.blob == added.blob) return &gone;
    if (file_name(gone.path) != file_name(added.path)) continue;
    alike = &gone;
    ++namesakes;
  }
  const auto rivals = std::ranges::count_if(touched.added, [&](const Moved& other) {
    return file_name(other.path) == file_name(added.path);
  });
  return namesakes == 1 && rivals == 1 ? alike : nullptr;
}

class ChurnWalk {
 public:
  ChurnWalk(const Repository::Impl& impl, const ChurnLimits& limits, const CancelToken& cancel)
      : impl_(impl),
        limits_(limits),
        cancel_(cancel),
        shallow_(impl.shallow.begin(), impl.shallow.end()),
        end_(Clock::now() + limits.time) {}

  Result<Churn> run(const CommitId& from) {
    if (auto queued = queue(from); !queued) return fail(queued.error());
    while (!waiting_.empty()) {
      if (cancel_.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
      if (seen_commits_ == limits_.commits || Clock::now() >= end_) {
        is_whole_ = false;
        break;
      }
      const CommitId id = waiting_.top().second;
      waiting_.pop();
      if (auto done = read(id); !done) return fail(done.error());
    }
    return result();
  }

 private:
  struct Tally {
    std::uint32_t commits = 0;
    std::set<std::uint32_t> authors;
    long long last_change = 0;
  };

  Result<void> queue(const CommitId& id) {
    if (!known_.insert(id.text).second) return {};
    const auto commit = impl_.commit(id);
    if (!commit) return fail(commit.error());
    waiting_.emplace(git_commit_time(commit->get()), id);
    return {};
  }

  Result<void> read(const CommitId& id) {
    const auto commit = impl_.commit(id);
    if (!commit) return fail(commit.error());
    ++seen_commits_;
    if (shallow_.contains(id.text)) {  // what it changed is not known here
      is_whole_ = false;
      return {};
    }
    for (const CommitId& parent : impl_.parents_of(commit->get())) {
      if (auto queued = queue(parent); !queued) return queued;
    }
    if (git_commit_parentcount(commit->get()) > 1) return {};
    auto touched = compare(commit->get());
    if (!touched) return fail(touched.error());
    if (touched->changed.size() <= limits_.files) count(*touched, commit->get());
    return {};
  }

  /// Of a commit with one parent or none.
  Result<Touched> compare(const git_commit* commit) const {
    Handle<git_tree> before;
    Handle<git_commit> parent;
    if (git_commit_parentcount(commit) == 1) {
      int code = git_commit_parent(Fill(parent), commit, 0);
      if (code == 0) code = git_commit_tree(Fill(before), parent.get());
      if (code < 0) return impl_.fail_history("reading a commit", code);
    }
    Handle<git_tree> after;
    int code = git_commit_tree(Fill(after), commit);
    if (code < 0) return impl_.fail_history("reading a commit", code);
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.ignore_submodules = GIT_SUBMODULE_IGNORE_ALL;
    std::size_t left = limits_.files + 1;  // as many again may be deleted
    options.payload = &left;
    options.notify_cb = [](const git_diff*, const git_diff_delta* delta, const char*, void* known) {
      auto& more = *static_cast<std::size_t*>(known);
      if (delta->status == GIT_DELTA_DELETED) return 0;
      return more-- == 0 ? kTooMany : 0;
    };
    Handle<git_diff> diff;
    code = git_diff_tree_to_tree(Fill(diff), impl_.real.get(), before.get(), after.get(), &options);
    Touched touched;
    if (code == kTooMany) {
      touched.changed.resize(limits_.files + 1);
      return touched;
    }
    if (code < 0) return impl_.fail_history("comparing two commits", code);
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
      const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
      if (delta->status == GIT_DELTA_DELETED) {
        touched.deleted.push_back({delta->old_file.path, format_id(delta->old_file.id)});
        continue;
      }
      touched.changed.emplace_back(delta->new_file.path);
      if (delta->status == GIT_DELTA_ADDED) {
        touched.added.push_back({delta->new_file.path, format_id(delta->new_file.id)});
      }
    }
    return touched;
  }

  void count(const Touched& touched, const git_commit* commit) {
    const git_signature* author = git_commit_author(commit);
    const std::string address = author != nullptr ? author->email : "";
    const auto number = authors_.try_emplace(address, authors_.size()).first->second;
    for (const std::string& path : touched.changed) {
      Tally& tally = tallies_[today(path)];
      ++tally.commits;
      tally.authors.insert(number);
      if (author != nullptr) {
        tally.last_change = std::max<long long>(tally.last_change, author->when.time);
      }
    }
    if (touched.added.empty() || touched.deleted.size() > limits_.files) return;
    for (const Moved& added : touched.added) {
      if (const Moved* was = former(added, touched)) {
        later_names_.insert_or_assign(was->path, today(added.path));
      }
    }
  }

  /// What a file is called at the end of the history.
  const std::string& today(const std::string& path) const {
    const auto later = later_names_.find(path);
    return later == later_names_.end() ? path : later->second;
  }

  Churn result() {
    Churn churn{.paths = {}, .commits = seen_commits_, .is_whole = is_whole_};
    for (const auto& [path, tally] : tallies_) {
      churn.paths.push_back({.path = path,
                             .commits = tally.commits,
                             .authors = static_cast<std::uint32_t>(tally.authors.size()),
                             .last_change = tally.last_change});
    }
    return churn;
  }

  const Repository::Impl& impl_;
  const ChurnLimits& limits_;
  const CancelToken& cancel_;
  std::unordered_set<std::string> shallow_;
  Clock::time_point end_;
  std::size_t seen_commits_ = 0;
  bool is_whole_ = true;
  std::unordered_set<std::string> known_;
  std::priority_queue<std::pair<long long, CommitId>> waiting_;  // newest first
  std::unordered_map<std::string, std::uint32_t> authors_;
  std::unordered_map<std::string, std::string> later_names_;
  std::map<std::string, Tally> tallies_;
};

}  // namespace

Result<Churn> Repository::churn(const CommitId& from, const ChurnLimits& limits,
                                const CancelToken& cancel) const {
  return ChurnWalk(*impl_, limits, cancel).run(from);
}

}  // namespace automod::repo
