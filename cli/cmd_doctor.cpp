#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/documents.hpp"
#include "cli/handlers.hpp"
#include "cli/sandbox_options.hpp"
#include "engine/recovery.hpp"
#include "sandbox/doctor.hpp"

namespace automod::cli {

namespace fs = std::filesystem;

namespace {

using sandbox::Condition;

struct Tool {
  std::string_view program;
  std::string_view use;
  std::string_view package;
};

/// What is run inside the sandbox, where PATH is /usr/bin:/bin whatever the user's is.
constexpr std::array kTools{
    Tool{"clang-tidy-19", "the built-in rules", "clang-tidy-19"},
    Tool{"c++", "C++ targets", "g++"},
    Tool{"cc", "C targets", "gcc"},
    Tool{"cmake", "CMake targets", "cmake"},
    Tool{"make", "Make and CMake targets", "make"},
    Tool{"ninja", "Meson targets, CMake with Ninja", "ninja-build"},
    Tool{"meson", "Meson targets", "meson"},
    Tool{"python3", "Python targets", "python3"},
    Tool{"cargo", "Rust targets", "cargo"},
    Tool{"go", "Go targets", "golang"},
    Tool{"npm", "npm targets", "npm"},
};

std::string find_program(std::string_view program) {
  for (const std::string_view folder : {"/usr/bin/", "/bin/"}) {
    std::string path = std::string(folder).append(program);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

Condition look_for(const Tool& tool) {
  const std::string path = find_program(tool.program);
  return {.name = std::string(tool.program),
          .ok = !path.empty(),
          .vital = false,
          .detail = fmt::format("{}{}", path.empty() ? "needed for " : path + ", for ", tool.use),
          .remedy = path.empty() ? fmt::format("apt-get install {}", tool.package) : ""};
}

Condition look_at_folder(std::string name, const Result<fs::path>& folder, std::string_view use) {
  if (!folder) {
    return {.name = std::move(name),
            .ok = false,
            .vital = true,
            .detail = folder.error().message,
            .remedy = folder.error().hint};
  }
  return {.name = std::move(name),
          .ok = true,
          .vital = false,
          .detail = fmt::format("{}, {}", folder->string(), use),
          .remedy = ""};
}

/// Keys and settings of the user are for nobody else to read.
Condition look_at_settings(const Result<fs::path>& folder) {
  Condition found = look_at_folder("settings", folder, "keys and user settings");
  std::error_code code;
  if (!folder || !fs::exists(*folder, code)) {
    if (folder) found.detail += " (none yet)";
    return found;
  }
  const auto open = fs::perms::group_all | fs::perms::others_all;
  if ((fs::status(*folder, code).permissions() & open) == fs::perms::none) return found;
  found.ok = false;
  found.remedy = "chmod go= " + shell_word(folder->string());
  found.detail += "; others can read it";
  return found;
}

Condition look_at_space(const Result<fs::path>& folder) {
  Condition found{.name = "disk space", .ok = true, .vital = false, .detail = "", .remedy = ""};
  if (!folder) return found;
  std::error_code code;
  const fs::space_info space = fs::space(*folder, code);
  constexpr std::uintmax_t kEnough = 5ull << 30;
  const double free = static_cast<double>(space.available) / (1ull << 30);
  found.ok = !code && space.available >= kEnough;
  found.detail = code ? code.message() : fmt::format("{:.1f} GiB free in the cache", free);
  if (!found.ok) found.remedy = "make room, or point XDG_CACHE_HOME to a larger disk";
  return found;
}

/// A backend that does not work is no loss as long as another does.
std::vector<Condition> backend_conditions(const std::vector<sandbox::BackendState>& all) {
  std::vector<Condition> conditions;
  for (const sandbox::BackendState& state : all) {
    Condition condition{.name = state.name,
                        .ok = state.facts.has_value(),
                        .vital = false,
                        .detail = state.problem,
                        .remedy = state.remedy};
    if (state.facts) {
      condition.detail = state.facts->version.empty() ? "" : state.facts->version + ", ";
      condition.detail += facts_text(*state.facts);
    }
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

/// Of the repository that we are in; nothing where we are in none.
std::vector<DiagnosisGroup> look_at_repository(Context& context) {
  const auto database = diagnose_database(context.directory());
  if (!database) return {};
  Condition state{
      .name = "database",
      .ok = database->health == store::Health::kSound || database->health == store::Health::kNone,
      .vital = false,
      .detail = std::string(store::name(database->health)) +
                (database->what.empty() ? "" : ": " + database->what),
      .remedy = ""};
  if (!state.ok) state.remedy = "automod recover";
  std::vector<DiagnosisGroup> groups;
  groups.push_back({"repository", {std::move(state)}});
  if (database->health != store::Health::kSound) return groups;
  auto engine = context.open_engine();
  const auto limits = engine ? engine->limits("HEAD") : fail(engine.error());
  if (!limits) return groups;
  DiagnosisGroup used{"limits on what is applied without a person", {}};
  for (const keep::LimitUse& use : *limits) {
    used.conditions.push_back(
        {.name = std::string(use.key),
         .ok = !use.reached(),
         .vital = false,
         .detail = fmt::format("{} of {} used", use.used, use.allowed),
         .remedy = use.reached() ? use.why + "; the next one needs automod approve" : ""});
  }
  groups.push_back(std::move(used));
  return groups;
}

Diagnosis examine(Context& context) {
  Diagnosis diagnosis;
  utsname system{};
  uname(&system);
  diagnosis.system = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  const auto backends = sandbox::survey({});
  diagnosis.groups.push_back({"sandbox", sandbox::examine(backends)});
  diagnosis.groups.push_back({"backends", backend_conditions(backends)});
  DiagnosisGroup tools{"tools", {}};
  for (const Tool& tool : kTools) tools.conditions.push_back(look_for(tool));
  diagnosis.groups.push_back(std::move(tools));
  const auto cache = cache_dir();
  diagnosis.groups.push_back({"places",
                              {look_at_folder("cache", cache, "snapshots and builds"),
                               look_at_space(cache), look_at_settings(config_dir())}});
  for (auto& group : look_at_repository(context)) diagnosis.groups.push_back(std::move(group));
  for (const DiagnosisGroup& group : diagnosis.groups) {
    for (const Condition& condition : group.conditions) {
      if (!condition.ok && condition.vital) diagnosis.can_run_trials = false;
    }
  }
  return diagnosis;
}

Cell state_of(const Condition& condition) {
  if (condition.ok) return {"ok", Tone::kGood};
  return condition.vital ? Cell{"missing", Tone::kBad} : Cell{"limited", Tone::kWarn};
}

void print_text(Context& context, const Diagnosis& diagnosis) {
  const Paint& paint = context.paint();
  std::ostream& out = context.out();
  out << printable_line(diagnosis.system) << '\n';
  for (const DiagnosisGroup& group : diagnosis.groups) {
    Table table;
    std::vector<std::string> remedies;
    for (const Condition& condition : group.conditions) {
      Cell state = state_of(condition);
      const bool optional = group.name == "tools" || group.name == "backends";
      if (!condition.ok && !condition.vital && optional) state.text = "not here";
      table.add({std::move(state),
                 {printable_line(condition.name)},
                 {printable_line(condition.detail), Tone::kDim}});
      if (!condition.ok && !condition.remedy.empty()) {
        remedies.push_back(condition.name + ": " + condition.remedy);
      }
    }
    out << '\n'
        << paint(Tone::kTitle, group.name) << '\n'
        << table.text(paint, 2, context.table_width());
    for (const std::string& remedy : remedies) {
      out << "    " << paint(Tone::kWarn, "→") << ' '
          << paragraph(printable(remedy), 6, context.text_width()).substr(6);
    }
  }
  out << '\n'
      << (diagnosis.can_run_trials
              ? paint(Tone::kGood, "ready") + ": trials can run here\n"
              : paint(Tone::kBad, "not ready") + ": no trial can run on this machine\n");
}

}  // namespace

Result<int> run_doctor(Context& context, const Arguments&) {
  const Diagnosis diagnosis = examine(context);
  if (!diagnosis.system.starts_with("Linux")) {
    return fail(ErrorKind::kUnavailable,
                "automod runs trials on Linux only; this is " + diagnosis.system,
                "use a Linux machine, virtual machine or container");
  }
  if (context.json()) {
    context.print(doctor_document(diagnosis));
  } else {
    print_text(context, diagnosis);
  }
  return diagnosis.can_run_trials ? kDone : kUnavailable;
}

}  // namespace automod::cli
