#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/sandbox.hpp"

/// What makes the container differs; everything else is shared. Our launcher is always outside
/// (it joins control groups, gives up root, waits and kills) and always the first process inside
/// (it limits, drops privileges, filters calls, runs the command and reaps). Between the two
/// stands either the launcher itself (native) or another program.
namespace automod::sandbox {

/// Where a foreign container finds what it is to mount. Started by root, the launcher puts
/// everything below the stage, in a mount namespace of its own: the throwaway user may not be
/// able to walk to the originals. Otherwise these are the host's own paths.
struct Sources {
  std::filesystem::path work;                    // empty with Mount::kTmpfs, when not staged
  std::filesystem::path launcher;                // a file
  std::vector<std::filesystem::path> read_only;  // one for each of Policy::read_only
};

/// Below the stage, as root: what the launcher mounts where.
inline constexpr const char* kStagedWork = "work";
inline constexpr const char* kStagedLauncher = "launcher";
inline constexpr const char* kStagedReadOnly = "read-only-";  // and a number from 0

/// Where the launcher's second half is seen inside a foreign container.
inline constexpr const char* kLauncherInside = "/automod/launcher";

/// What there is to be run to make one container.
struct Container {
  std::vector<std::string> argv;  // ends with what runs `automod-sandbox inside`
  bool connected = false;         // descriptors do not reach the inside: see wire::kMeetingPlace
};

/// A way to make containers. Stateless: safe from several threads at once.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string name() const = 0;     // "bwrap"
  virtual std::string version() const = 0;  // "0.8.0"
  /// The program that is started, for the fingerprint: its change voids the probe.
  virtual std::filesystem::path program() const = 0;
  /// Must run as the caller, not as the throwaway user (a daemon's client).
  virtual bool keeps_user() const { return false; }

  /// An error that names the field when a policy cannot be enforced.
  virtual Result<void> accepts(const Policy& policy, const Identity& identity) const = 0;

  /// Writes whatever the program reads below `stage`, an empty folder that is removed after the
  /// run and belongs to whom the program will run as. `policy` has been checked and accepted.
  virtual Result<Container> prepare(const Policy& policy, const Identity& identity,
                                    const Sources& sources,
                                    const std::filesystem::path& stage) const = 0;
};

/// kUnavailable when the program is not installed, is not root's or is too old.
Result<std::unique_ptr<Backend>> make_bwrap();
Result<std::unique_ptr<Backend>> make_oci(const std::string& runtime);
Result<std::unique_ptr<Backend>> make_image_engine(const std::string& engine,
                                                   const std::string& image);

}  // namespace automod::sandbox
