#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sandbox/attacks/attacks.hpp"
#include "sandbox/attacks/scene.hpp"

/// How the suite describes an attack. Every one is made twice by the same code: against the
/// runner in question, and against one that stops nothing. What is harm is decided alike.
namespace automod::sandbox::attacks {

struct Finding {
  Verdict verdict = Verdict::kContained;
  std::string detail;
};

Finding contained(std::string detail);
Finding exposed(std::string detail);
Finding skipped(std::string detail);

/// Where the control is made.
enum class Ground {
  kThrowaway,  // as root of new namespaces
  kPlain,      // as the caller, with no walls at all: only for what harms nobody
  kNone,       // not at all: Control::kNeedless, for what the attack's text says
};

using Judge = Finding (*)(Scene& scene, const Execution& execution);

struct Case {
  Attack attack;
  /// Of automod-attack. In each, "{work}", "{outside}", "{canary}", "{secret}", "{marker}",
  /// "{pid}" and "{port}" stand for what the scene has.
  std::vector<std::string> arguments;
  Ground ground = Ground::kThrowaway;
  std::vector<std::string> soft;        // what the control covers with a tmpfs
  std::function<void(Scene&)> arrange;  // before it; may change policy and command
  Judge judge = nullptr;                // none: by what the program says
  /// For what takes more than one run.
  std::function<Finding(Scene&, Runner&, const CancelToken&)> perform;
  bool native_only = false;  // a layer that other containers do without; another holds there
};

std::vector<Case> privilege_cases();
std::vector<Case> file_cases();
std::vector<Case> kernel_cases();
std::vector<Case> process_cases();
std::vector<Case> network_cases();
std::vector<Case> limit_cases();
std::vector<Case> output_cases();
std::vector<Case> host_cases();
std::vector<Case> layer_cases();

/// One run of the scene's command as its policy says.
Result<Execution> run_once(Scene& scene, Runner& runner, const CancelToken& cancel);

/// The same with other arguments.
Result<Execution> run_once(Scene& scene, Runner& runner, const CancelToken& cancel,
                           const std::vector<std::string>& arguments);

/// By the last line of automod-attack.
Finding what_it_says(Scene& scene, const Execution& execution);

/// An attack that is killed for trying, or says that it was denied.
Finding killed_or_denied(Scene& scene, const Execution& execution);

}  // namespace automod::sandbox::attacks
