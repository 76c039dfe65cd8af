#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"

struct git_blob;
struct git_commit;
struct git_config;
struct git_diff;
struct git_filter_list;
struct git_index;
struct git_index_conflict_iterator;
struct git_object;
struct git_odb;
struct git_odb_object;
struct git_oid;
struct git_patch;
struct git_reference;
struct git_reference_iterator;
struct git_repository;
struct git_revwalk;
struct git_signature;
struct git_tree;
struct git_treebuilder;

/// Owners of libgit2's handles, and the one place where its errors become ours.
namespace automod::repo {

struct FreeHandle {
  void operator()(git_blob* handle) const;
  void operator()(git_commit* handle) const;
  void operator()(git_config* handle) const;
  void operator()(git_diff* handle) const;
  void operator()(git_filter_list* handle) const;
  void operator()(git_index* handle) const;
  void operator()(git_index_conflict_iterator* handle) const;
  void operator()(git_object* handle) const;
  void operator()(git_odb* handle) const;
  void operator()(git_odb_object* handle) const;
  void operator()(git_patch* handle) const;
  void operator()(git_reference* handle) const;
  void operator()(git_reference_iterator* handle) const;
  void operator()(git_repository* handle) const;
  void operator()(git_revwalk* handle) const;
  void operator()(git_signature* handle) const;
  void operator()(git_tree* handle) const;
  void operator()(git_treebuilder* handle) const;
};

template <class T>
using Handle = std::unique_ptr<T, FreeHandle>;

/// Lets a libgit2 function fill a handle: `git_tree_lookup(Fill(tree), …)`. The handle owns what
/// it got from the end of that full expression on.
template <class T>
class Fill {
 public:
  explicit Fill(Handle<T>& owner) : owner_(owner) {}
  Fill(const Fill&) = delete;
  Fill& operator=(const Fill&) = delete;
  ~Fill() {
    if (raw_ != nullptr) owner_.reset(raw_);
  }
  operator T**() { return &raw_; }  // NOLINT(google-explicit-constructor): that is its purpose

 private:
  Handle<T>& owner_;
  T* raw_ = nullptr;
};

/// The return code of a failed libgit2 call as an Error: "doing: its words".
std::unexpected<Error> fail_git(std::string_view doing, int code);

/// Sets libgit2 up, once: no configuration but the repository's own.
Result<void> start_libgit2();

/// 40 lower-case hexadecimal digits, as all our ids are.
Result<git_oid> parse_id(std::string_view text);
std::string format_id(const git_oid& id);

}  // namespace automod::repo
