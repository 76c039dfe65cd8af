#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "engine/sign/key.hpp"

/// Where the user's keys and wishes are found. Nothing of it comes from a repository.
namespace automod::sign {

struct Settings {
  std::filesystem::path config;     // $XDG_CONFIG_HOME/automod
  std::filesystem::path directory;  // where git is asked for the user's set-up; empty: here
};

enum class Source { kAutomod, kGit };

/// "automod", "git"
std::string_view name(Source source);

/// What signing.toml says; without such a file, nothing.
struct Wishes {
  std::optional<Source> with;
  std::vector<std::string> openpgp;  // fingerprints of keys whose signatures count
};
Result<Wishes> read_wishes(const std::filesystem::path& config);

/// How the user's git signs: from global and system configuration only, as a repository's own
/// could name a program.
struct GitSetup {
  std::string format = "openpgp";  // or ssh, x509
  std::string key;                 // user.signingkey; empty: git would look for one itself
  std::string program;             // that signs: gpg, ssh-keygen, or what is configured
  std::string user;                // "Jane <jane@example.org>"; empty unless both are known
  std::string email;
  std::filesystem::path allowed_signers;  // gpg.ssh.allowedSignersFile, may be empty
  bool signs_commits = false;             // commit.gpgsign

  bool is_set_up() const { return !key.empty() || signs_commits; }
};
/// kUnavailable when there is no git to ask.
Result<GitSetup> read_git_setup(const std::filesystem::path& directory, const CancelToken& cancel);

/// Which of the two signs.
struct Choice {
  std::optional<Source> source;  // nullopt: neither is there
  std::string why;
};
Result<Choice> choose(const Settings& settings, const CancelToken& cancel);

/// The files of automod's own key.
struct OwnKey {
  std::filesystem::path file;     // keys/signing; the public part has .pub behind it
  std::filesystem::path signers;  // allowed_signers
};
OwnKey own_key(const Settings& settings);
bool exists(const OwnKey& own);

struct MadeKey {
  PublicKey key;
  bool completed = false;  // the key was there, and only what belongs to it was missing
};
/// Makes a key, its public part and the line that allows it to sign for `principal`. Killed at
/// any point it can be called again. kConflict when all is there already.
Result<MadeKey> make_own_key(const OwnKey& own, const std::string& principal);

}  // namespace automod::sign
