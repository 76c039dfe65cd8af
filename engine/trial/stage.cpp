#include "engine/trial/stage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/trial/variant.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kTail = 3000;  // of each stream

std::int64_t whole_mb(std::uint64_t bytes) {
  return static_cast<std::int64_t>((bytes + (1 << 20) - 1) >> 20);
}

std::string tail_of(const sandbox::Execution& execution) {
  std::string text(tail(execution.out, kTail));
  if (!text.empty() && !text.ends_with('\n') && !execution.err.empty()) text += '\n';
  text += tail(execution.err, kTail);
  return valid_utf8(text);
}

}  // namespace

std::string expand(std::string_view command, const Config& config, unsigned jobs) {
  std::string text;
  std::size_t done = 0;
  for (const auto& found : placeholders(command)) {
    text += command.substr(done, found.at - done);
    done = found.at + found.length;
    if (found.word == "build") {
      text += config.build_dir;
    } else if (found.word == "jobs") {
      text += fmt::format("{}", std::max(jobs, 1u));
    } else {
      text += command.substr(found.at, found.length);
    }
  }
  text += command.substr(done);
  return text;
}

sandbox::Policy policy_for(const Config& config, const std::filesystem::path& folder) {
  sandbox::Policy policy = sandbox::policy_of(config.sandbox);
  policy.work = folder;
  policy.limits.wall = std::chrono::seconds(config.build_seconds);
  return policy;
}

Result<sandbox::Policy> policy_at(const Site& site) {
  sandbox::Policy policy = policy_for(site.config, site.folder);
  if (!site.changes.empty()) {
    policy.mount = sandbox::Mount::kOverlay;
    policy.changes = site.changes;
  }
  auto added = add_variant(site.world, site.config, site.variant, policy);
  if (!added) return fail(added.error());
  return policy;
}

Result<ExecutionRecord> run_command(const Site& site, ExecutionType type,
                                    const std::string& command, std::int64_t seconds,
                                    const Extras& extras) {
  if (auto on = go_on(site.world); !on) return fail(on.error());
  ExecutionRecord record;
  record.type = type;
  record.command = expand(command, site.config, site.world.jobs);
  auto policy = policy_at(site);
  if (!policy) return fail(policy.error());
  policy->limits.wall = std::chrono::seconds(seconds) * slowness(site.variant);
  if (extras.output_kb > 0) {
    policy->limits.output_bytes = static_cast<std::uint64_t>(extras.output_kb) << 10;
  }
  for (const auto& [name, value] : extras.environment) policy->environment[name] = value;
  for (const auto& folder : extras.read_only) policy->read_only.push_back(folder);
  auto execution = site.world.runner.run(*policy,
                                         {.argv = {"/bin/sh", "-c", record.command},
                                          .collect = extras.collect,
                                          .collect_bytes = extras.collect_bytes},
                                         site.world.cancel);
  if (!execution)
    return fail(std::move(execution.error()).within("running the " + std::string(name(type))));
  record.execution = std::move(*execution);
  if (record.execution.outcome == sandbox::Outcome::kInterrupted) {
    return fail(ErrorKind::kInterrupted, "stopped on request");
  }
  return record;
}

StageEvidence evidence_of(const ExecutionRecord& record) {
  const auto& execution = record.execution;
  StageEvidence evidence;
  evidence.type = record.type;
  evidence.command = valid_utf8(record.command);
  evidence.outcome = sandbox::name(execution.outcome);
  evidence.status = execution.status;
  evidence.wall_ms = execution.wall.count();
  evidence.cpu_ms = execution.cpu.count();
  evidence.memory_mb = whole_mb(execution.peak_memory_bytes);
  evidence.output_digest = sha256(sha256(execution.out) + sha256(execution.err));
  evidence.output_tail = tail_of(execution);
  return evidence;
}

Result<void> go_on(const World& world) {
  if (world.cancel.requested()) return fail(ErrorKind::kInterrupted, "stopped on request");
  return {};
}

void tell(const World& world, std::string_view what) {
  if (world.progress) world.progress(what);
}

}  // namespace automod::trial
