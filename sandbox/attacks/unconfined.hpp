#pragma once

#include <sys/types.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox::attacks {

/// The control: a Runner that stops nothing. It runs the command as root of namespaces that are
/// thrown away, or plainly; hands down environment and descriptors; takes its files as they come.
/// What a command leaves running stays until the runner goes.
class Unconfined final : public Runner {
 public:
  /// `program` is automod-attack.
  Unconfined(std::filesystem::path program, bool plain, std::vector<std::string> soft)
      : program_(std::move(program)), plain_(plain), soft_(std::move(soft)) {}
  ~Unconfined() override;
  Unconfined(const Unconfined&) = delete;
  Unconfined& operator=(const Unconfined&) = delete;

  Result<Execution> run(const Policy& policy, const Command& command,
                        const CancelToken& cancel) override;
  Facts facts() const override;

 private:
  struct Started {
    pid_t pid = -1;
    Fd control;
    Fd out;
    Fd err;
  };
  Result<Started> start(const Policy& policy, const Command& command);

  std::filesystem::path program_;
  bool plain_;
  std::vector<std::string> soft_;
  std::mutex mutex_;  // several commands may run at once
  std::vector<Started> started_;
};

}  // namespace automod::sandbox::attacks
