#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

/// The conformance suite: programs that try to get out of a sandbox, each with what is to be
/// seen from outside when it fails, and a control that shows it working where nothing stops it.
namespace automod::sandbox::attacks {

enum class Verdict {
  kContained,
  kExposed,
  kSkipped,  // cannot be tried here; `detail` says why. Never counted as contained
};

enum class Control {
  kWorked,    // the attack does its harm in a throwaway namespace without the sandbox
  kRefused,   // this machine's kernel refuses it to everybody: the denial proves little
  kNeedless,  // what is observed needs no control; the attack's text says why
};

std::string_view name(Verdict verdict);
std::string_view name(Control control);

struct Attack {
  std::string name;   // "setid-by-openat2": stable, unique
  std::string group;  // "files", "privilege", "kernel", "processes", "network", "limits", …
  std::string about;  // one line: what is tried, and what proves that it was contained
  std::string tests;  // the launcher's promises and the known vulnerability it stands for
};

/// All of them, in the order in which they are run.
std::vector<Attack> all();

struct Row {
  Attack attack;
  Verdict verdict = Verdict::kSkipped;
  Control control = Control::kRefused;
  std::string detail;  // printable: what was seen
  double seconds = 0;
};

struct Report {
  Facts facts;
  bool as_root = false;
  std::vector<Row> rows;

  std::size_t count(Verdict verdict) const;
};

/// Runs the attacks whose name or group is in `only` (all when empty) against `runner`. Leaves
/// nothing behind. An Error only when the suite itself cannot work here: its program
/// (`automod-attack`, beside the launcher) is missing, say.
Result<Report> run(Runner& runner, const std::vector<std::string>& only,
                   const std::function<void(const Row&)>& each, const CancelToken& cancel);

}  // namespace automod::sandbox::attacks
