#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Control groups of one run; removed when the owner goes, by when they must be empty.
class Group {
 public:
  Group() = default;
  Group(Group&& other) noexcept;
  Group& operator=(Group&& other) noexcept;
  ~Group();

  /// v1: the `tasks` files to write oneself into; v2: the folder to clone into.
  const std::vector<Fd>& entrances() const { return entrances_; }
  bool is_v2() const { return is_v2_; }

  bool counts_memory() const { return !memory_.empty(); }
  bool counts_cpu() const { return !cpu_.empty(); }

  /// Memory of processes and in-memory files now, file cache not counted.
  std::uint64_t memory_in_use() const;
  /// Has the kernel killed somebody in here for want of memory?
  bool memory_exceeded() const;
  /// Cpu time of all that have ever been in here.
  std::chrono::nanoseconds cpu_used() const;

 private:
  friend class GroupMaker;
  std::vector<std::filesystem::path> folders_;
  std::vector<Fd> entrances_;
  std::filesystem::path memory_;
  std::filesystem::path cpu_;  // where cpu time is counted
  bool is_v2_ = false;
};

/// Knows where on this machine the caller may make control groups.
class GroupMaker {
 public:
  /// Looks, and removes what killed supervisors have left.
  static GroupMaker detect();

  bool limits_memory() const { return !memory_base_.empty(); }
  bool limits_processes() const { return !processes_base_.empty(); }
  bool limits_cpu() const { return !cpu_base_.empty(); }

  /// `own_processes`: room for those that are not the command's.
  Result<Group> make(Limits limits, std::uint32_t own_processes) const;

 private:
  Result<void> limit_cpu(const Limits& limits, const std::string& name, Group& group) const;
  Result<void> make_v1(const Limits& limits, const std::string& name, Group& group) const;
  Result<void> make_v2(const Limits& limits, const std::string& name, Group& group) const;

  std::filesystem::path memory_base_;
  std::filesystem::path processes_base_;
  std::filesystem::path cpu_base_;
  std::filesystem::path cpu_count_base_;  // v1 counts in a hierarchy of its own, or in the same
  bool is_v2_ = false;
};

}  // namespace automod::sandbox
