#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/repo/impl.hpp"
#include "engine/repo/object_batch.hpp"

namespace automod::repo {

namespace {

constexpr std::string_view kSignature = "gpgsig ";
constexpr std::string_view kOtherSignature = "gpgsig-sha256 ";  // of the same commit elsewhere

/// "name <email> seconds +0000"
Result<std::string> identity(const std::string& name, const std::string& email, long long seconds) {
  Handle<git_signature> signature;
  const int code = git_signature_new(Fill(signature), name.c_str(), email.c_str(), seconds, 0);
  const std::string shown = fmt::format("{} <{}>", printable_line(name), printable_line(email));
  if (code < 0) {
    auto failed = fail_git(fmt::format("using '{}' as author", shown), code);
    failed.error().kind = ErrorKind::kUsage;
    return failed;
  }
  const std::string text = fmt::format("{} <{}>", signature->name, signature->email);
  if (text.find('\n') != std::string::npos) {
    return fail(ErrorKind::kUsage, fmt::format("the author '{}' has more than one line", shown));
  }
  return fmt::format("{} {} +0000", text, seconds);
}

/// Both identities, each as a header.
Result<std::string> people(const NewCommit& commit) {
  const auto author = identity(commit.author_name, commit.author_email, commit.seconds);
  if (!author) return author;
  const bool same = commit.committer_name.empty() && commit.committer_email.empty();
  const auto committer =
      same ? author : identity(commit.committer_name, commit.committer_email, commit.seconds);
  if (!committer) return committer;
  return fmt::format("author {}\ncommitter {}\n", *author, *committer);
}

/// The headers, without the empty line that ends them.
Result<std::string> headers(const Repository::Impl& impl, const NewCommit& commit) {
  std::string text = fmt::format("tree {}\n", commit.tree.text);
  for (const CommitId& id : commit.parents) {
    if (auto parent = impl.commit(id); !parent) return fail(parent.error());
    text += fmt::format("parent {}\n", id.text);
  }
  const auto both = people(commit);
  if (!both) return both;
  return text + *both;
}

/// The signature as git writes it into a commit: every further line begins with a space.
Result<std::string> signature_header(std::string_view armored) {
  while (armored.ends_with('\n')) armored.remove_suffix(1);
  const bool fits = armored.starts_with("-----BEGIN ") && std::ranges::all_of(armored, [](char c) {
                      return c == '\n' || (c >= ' ' && c <= '~');
                    });
  if (!fits) return fail(ErrorKind::kInternal, "the signer gave something that is no signature");
  std::string text;
  for (const std::string_view line : split_lines(armored)) {
    text += text.empty() ? std::string(kSignature) : " ";
    text += line;
    text += '\n';
  }
  return text;
}

Result<SignedCommit> split(std::string_view text, const CommitId& commit) {
  const std::size_t end = text.find("\n\n");
  const std::string_view head = text.substr(0, end == text.npos ? text.size() : end + 1);
  SignedCommit parts;
  std::string* into = &parts.payload;
  std::string ignored;
  for (std::size_t begin = 0; begin < head.size();) {
    const std::size_t newline = head.find('\n', begin);
    std::string_view line = head.substr(begin, newline - begin);
    begin = newline == head.npos ? head.size() : newline + 1;
    if (line.starts_with(' ')) {
      if (into != &parts.payload) line.remove_prefix(1);
    } else if (line.starts_with(kSignature)) {
      if (parts.signature) {
        return fail(ErrorKind::kRefused,
                    fmt::format("commit {} has more than one signature", commit.text));
      }
      into = &parts.signature.emplace();
      line.remove_prefix(kSignature.size());
    } else {
      into = line.starts_with(kOtherSignature) ? &ignored : &parts.payload;
    }
    *into += line;
    *into += '\n';
  }
  if (end != text.npos) parts.payload += text.substr(end + 1);
  return parts;
}

}  // namespace

Result<CommitId> add_commit(const Repository::Impl& impl, ObjectBatch& batch,
                            const NewCommit& commit) {
  if (commit.message.find('\0') != std::string::npos) {
    return fail(ErrorKind::kUsage, "a commit message holds a NUL character");
  }
  const auto head = headers(impl, commit);
  if (!head) return fail(head.error());
  const std::string rest = "\n" + commit.message;
  std::string header;
  if (commit.sign) {
    const auto armored = commit.sign(*head + rest);
    if (!armored) return fail(armored.error());
    auto made = signature_header(*armored);
    if (!made) return fail(made.error());
    header = std::move(*made);
  }
  auto id = batch.add("commit", *head + header + rest);
  if (!id) return fail(id.error());
  return CommitId{std::move(*id)};
}

Result<CommitId> Repository::commit(const NewCommit& commit) {
  const auto tree = parse_id(commit.tree.text);
  if (!tree) return fail(tree.error());
  if (git_odb_exists(impl_->disk.get(), &*tree) == 0) {
    return fail(ErrorKind::kInternal,
                fmt::format("tree {} is to be committed but is not stored", commit.tree.text));
  }
  ObjectBatch batch(*impl_);
  auto id = add_commit(*impl_, batch, commit);
  if (!id) return id;
  if (auto settled = batch.settle(); !settled) return fail(settled.error());
  return id;
}

Result<SignedCommit> Repository::signed_parts(const CommitId& commit) const {
  const auto id = parse_id(commit.text);
  if (!id) return fail(id.error());
  Handle<git_odb_object> object;
  const std::string doing = fmt::format("reading commit {}", commit.text);
  if (const int code = git_odb_read(Fill(object), impl_->odb.get(), &*id); code < 0) {
    return fail_git(doing, code);
  }
  if (git_odb_object_type(object.get()) != GIT_OBJECT_COMMIT) {
    return fail(ErrorKind::kUsage, doing + ": it is no commit");
  }
  return split({static_cast<const char*>(git_odb_object_data(object.get())),
                git_odb_object_size(object.get())},
               commit);
}

}  // namespace automod::repo
