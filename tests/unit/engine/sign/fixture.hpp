#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "base/process.hpp"
#include "engine/sign/key.hpp"
#include "engine/sign/sshsig.hpp"
#include "engine/sign/verify.hpp"
#include "tests/unit/catch.hpp"

namespace automod::testing {

/// The value, or the error's words as an exception, which fails the test.
template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(std::string name, const std::string& content) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) {
      was_set_ = true;
      before_ = before;
    }
    setenv(name_.c_str(), content.c_str(), 1);
  }
  ~Variable() { was_set_ ? setenv(name_.c_str(), before_.c_str(), 1) : unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
  bool was_set_ = false;
  std::string before_;
};

inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'790'000'000)};

/// A folder, and the real ssh-keygen to hold everything against.
class SignTest {
 protected:
  SignTest() : dir_(value(TempDir::create(std::filesystem::temp_directory_path(), "sign-"))) {}

  std::filesystem::path path(const std::string& name) const { return dir_.path() / name; }
  std::filesystem::path file(const std::string& name, std::string_view content,
                             unsigned mode = 0600) const {
    value(write_file(path(name), content, mode));
    return path(name);
  }
  std::string text_of(const std::string& name) const { return value(read_file(path(name), kMiB)); }

  ProgramResult run(std::vector<std::string> argv, std::string input = {}) const {
    return value(run_program({.argv = std::move(argv),
                              .input = std::move(input),
                              .directory = dir_.path(),
                              .timeout = std::chrono::seconds(60)},
                             cancel));
  }
  /// The same; fails the test when the program fails.
  std::string must(std::vector<std::string> argv, std::string input = {}) const {
    const ProgramResult ran = run(std::move(argv), std::move(input));
    INFO(ran.err);
    REQUIRE(ran.exit_code == 0);
    return ran.out;
  }

  /// A key made by ssh-keygen, at path(name).
  sign::PublicKey make_key(const std::string& name, const std::string& type = "ed25519") const {
    std::vector<std::string> argv = {
        "ssh-keygen",       "-q", "-t", type, "-N", "", "-C", name + "@example.invalid", "-f",
        path(name).string()};
    if (type == "rsa") argv.insert(argv.end(), {"-b", "2048"});  // larger ones take long to find
    must(argv);
    return value(sign::read_public_key(path(name)));
  }

  static sign::Trust trust_in(const sign::PublicKey& key) {
    sign::Trust trust;
    trust.signers.push_back({.principals = "jane@example.invalid",
                             .namespaces = {},
                             .valid_after = {},
                             .valid_before = {},
                             .key = key,
                             .place = "signers:1"});
    return trust;
  }

  CancelToken cancel;

 private:
  TempDir dir_;
};

}  // namespace automod::testing
