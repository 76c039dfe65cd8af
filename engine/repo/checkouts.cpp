#include "engine/repo/checkouts.hpp"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <set>

#include "base/files.hpp"

namespace automod::repo {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kHeads = "refs/heads/";

/// The branch that a file such as HEAD names.
std::optional<std::string> branch_in(const fs::path& file) {
  const auto text = read_file(file, 4096);
  if (!text) return std::nullopt;
  std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  if (line.starts_with("ref:")) line.remove_prefix(4);
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (!line.starts_with(kHeads)) return std::nullopt;
  return std::string(line);
}

Checkout checkout_at(const fs::path& git_dir) {
  Checkout checkout{.git_dir = git_dir, .branch = branch_in(git_dir / "HEAD"), .rebasing = {}};
  for (const char* file : {"rebase-merge/head-name", "rebase-apply/head-name"}) {
    if (auto branch = branch_in(git_dir / file)) checkout.rebasing = std::move(branch);
  }
  return checkout;
}

}  // namespace

Result<std::vector<Checkout>> list_checkouts(const Repository::Impl& impl) {
  std::vector<Checkout> all;
  if (!impl.bare) all.push_back(checkout_at(impl.common_dir));
  std::vector<fs::path> linked;
  std::error_code code;
  const fs::path worktrees = impl.common_dir / "worktrees";
  for (fs::directory_iterator it(worktrees, code), end; !code && it != end; it.increment(code)) {
    linked.push_back(it->path());
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return fail_errno(fmt::format("reading {}", worktrees.string()), code.value());
  }
  std::ranges::sort(linked);
  for (const fs::path& git_dir : linked) all.push_back(checkout_at(git_dir));
  return all;
}

Result<std::optional<std::string>> Repository::head_branch() const {
  Handle<git_reference> head;
  if (const int code = git_reference_lookup(Fill(head), impl_->real.get(), "HEAD"); code < 0) {
    return fail_git("reading HEAD", code);
  }
  const char* target = git_reference_symbolic_target(head.get());
  if (target == nullptr) return std::nullopt;
  return std::string(target);
}

Result<std::vector<std::string>> Repository::checked_out_branches() const {
  const auto checkouts = list_checkouts(*impl_);
  if (!checkouts) return fail(checkouts.error());
  std::set<std::string> branches;
  for (const Checkout& checkout : *checkouts) {
    if (checkout.branch) branches.insert(*checkout.branch);
    if (checkout.rebasing) branches.insert(*checkout.rebasing);
  }
  return std::vector<std::string>(branches.begin(), branches.end());
}

}  // namespace automod::repo
