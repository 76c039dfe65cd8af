#include "sandbox/select.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sandbox/backend.hpp"
#include "sandbox/doctor.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/probe.hpp"
#include "sandbox/settings.hpp"

namespace automod::sandbox {

namespace {

/// Those that are tried unasked, in this order.
constexpr const char* kUnasked[] = {"native", "bwrap", "oci"};

Result<void> check_selection(const Selection& selection) {
  const auto& known = backend_names();
  if (std::find(known.begin(), known.end(), selection.backend) == known.end()) {
    return fail(ErrorKind::kUsage,
                fmt::format("there is no sandbox backend '{}'{}", printable_line(selection.backend),
                            suggestion(selection.backend, known)),
                "auto, native, bwrap, oci, podman or docker");
  }
  if (const auto bad = problem_of(selection)) return fail(ErrorKind::kUsage, *bad);
  return {};
}

Result<std::unique_ptr<Backend>> make_backend(const Selection& selection) {
  if (selection.backend == "bwrap") return make_bwrap();
  if (selection.backend == "oci") return make_oci(selection.runtime);
  if (runs_images(selection.backend)) {
    return make_image_engine(selection.backend, selection.image);
  }
  return nullptr;
}

/// The runner that `selection` names, once it has proven itself.
Result<std::unique_ptr<Runner>> proven(const Selection& selection) {
  auto runner = make_runner(selection);
  if (!runner) return fail(runner.error());
  const auto fingerprint = (*runner)->fingerprint();
  if (!fingerprint) return fail(fingerprint.error());
  if (const auto passed = probe_once(**runner, *fingerprint); !passed) return fail(passed.error());
  return std::unique_ptr<Runner>(std::move(*runner));
}

Error with_cause(Error error) {
  const std::vector<Condition> causes = usual_causes();
  if (!causes.empty()) {
    error.hint = fmt::format("{}: {}; {}", causes[0].name, causes[0].detail, causes[0].remedy);
  } else if (error.hint.empty()) {
    error.hint = "run 'automod doctor'";
  }
  error.kind = ErrorKind::kUnavailable;
  return error;
}

}  // namespace

const std::vector<std::string>& all_backends() {
  static const std::vector<std::string> all(backend_names().begin() + 1, backend_names().end());
  return all;
}

Result<std::unique_ptr<ContainerRunner>> make_runner(const Selection& selection) {
  if (auto ok = check_selection(selection); !ok) return fail(ok.error());
  if (selection.backend == "auto") {
    return fail(ErrorKind::kUsage, "found backend 'auto', wanted the name of one");
  }
  auto launcher = find_launcher();
  if (!launcher) return fail(launcher.error());
  auto backend = make_backend(selection);
  if (!backend) return fail(backend.error());
  return ContainerRunner::create(std::move(*launcher), GroupMaker::detect(), std::move(*backend));
}

Result<std::unique_ptr<Runner>> open_runner(const Selection& selection) {
  if (auto ok = check_selection(selection); !ok) return fail(ok.error());
  if (selection.backend != "auto") {
    auto runner = proven(selection);
    if (runner || runner.error().kind == ErrorKind::kUsage) return runner;
    return fail(with_cause(runner.error()));
  }
  Error first;
  for (const char* backend : kUnasked) {
    auto runner = proven({.backend = backend, .runtime = {}, .image = {}});
    if (runner) return runner;
    if (first.message.empty()) first = runner.error();
  }
  return fail(with_cause(first));  // why the strongest does not work
}

}  // namespace automod::sandbox
