// What programs import says what they can do, however the source spells it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.hpp"
#include "engine/trial/variant_side.hpp"

namespace automod::trial {

namespace {

constexpr std::string_view kStage = "imports";
constexpr std::int64_t kSeconds = 120;
constexpr std::int64_t kMostOutputKb = 64 * 1024;
constexpr std::size_t kMostFacts = 100;
constexpr std::size_t kMostPrograms = 2000;

struct Capability {
  std::string_view symbol;  // one that ends in '*' stands for all that begin so
  FactKind kind;
};

constexpr auto kCapabilities = std::to_array<Capability>({
    {"fork", FactKind::kCapabilityProcess},
    {"vfork", FactKind::kCapabilityProcess},
    {"clone", FactKind::kCapabilityProcess},
    {"exec*", FactKind::kCapabilityProcess},
    {"fexecve", FactKind::kCapabilityProcess},
    {"posix_spawn*", FactKind::kCapabilityProcess},
    {"system", FactKind::kCapabilityProcess},
    {"popen", FactKind::kCapabilityProcess},
    {"ptrace", FactKind::kCapabilityProcess},
    {"prctl", FactKind::kCapabilityProcess},
    {"syscall", FactKind::kCapabilityProcess},
    {"wordexp", FactKind::kCapabilityProcess},
    {"socket", FactKind::kCapabilityNetwork},
    {"connect", FactKind::kCapabilityNetwork},
    {"bind", FactKind::kCapabilityNetwork},
    {"listen", FactKind::kCapabilityNetwork},
    {"accept", FactKind::kCapabilityNetwork},
    {"accept4", FactKind::kCapabilityNetwork},
    {"send", FactKind::kCapabilityNetwork},
    {"sendto", FactKind::kCapabilityNetwork},
    {"sendmsg", FactKind::kCapabilityNetwork},
    {"recv", FactKind::kCapabilityNetwork},
    {"recvfrom", FactKind::kCapabilityNetwork},
    {"recvmsg", FactKind::kCapabilityNetwork},
    {"getaddrinfo", FactKind::kCapabilityNetwork},
    {"gethostby*", FactKind::kCapabilityNetwork},
    {"res_query", FactKind::kCapabilityNetwork},
    {"open", FactKind::kCapabilityFile},
    {"open64", FactKind::kCapabilityFile},
    {"__open*", FactKind::kCapabilityFile},
    {"openat*", FactKind::kCapabilityFile},
    {"creat*", FactKind::kCapabilityFile},
    {"fopen*", FactKind::kCapabilityFile},
    {"freopen*", FactKind::kCapabilityFile},
    {"opendir", FactKind::kCapabilityFile},
    {"scandir*", FactKind::kCapabilityFile},
    {"nftw*", FactKind::kCapabilityFile},
    {"unlink*", FactKind::kCapabilityFile},
    {"remove", FactKind::kCapabilityFile},
    {"rename*", FactKind::kCapabilityFile},
    {"rmdir", FactKind::kCapabilityFile},
    {"mkdir*", FactKind::kCapabilityFile},
    {"truncate*", FactKind::kCapabilityFile},
    {"chmod", FactKind::kCapabilityFile},
    {"fchmod*", FactKind::kCapabilityFile},
    {"chown", FactKind::kCapabilityFile},
    {"symlink*", FactKind::kCapabilityFile},
    {"link", FactKind::kCapabilityFile},
    {"mkstemp*", FactKind::kCapabilityFile},
    {"tmpfile*", FactKind::kCapabilityFile},
    {"_ZNSt14basic_ofstream*", FactKind::kCapabilityFile},
    {"_ZNSt14basic_ifstream*", FactKind::kCapabilityFile},
    {"_ZNSt13basic_fstream*", FactKind::kCapabilityFile},
    {"_ZNSt13basic_filebuf*", FactKind::kCapabilityFile},
    {"_ZNSt10filesystem6remove*", FactKind::kCapabilityFile},
    {"_ZNSt10filesystem10remove_all*", FactKind::kCapabilityFile},
    {"_ZNSt10filesystem6rename*", FactKind::kCapabilityFile},
    {"getenv", FactKind::kCapabilityEnvironment},
    {"secure_getenv", FactKind::kCapabilityEnvironment},
    {"setenv", FactKind::kCapabilityEnvironment},
    {"putenv", FactKind::kCapabilityEnvironment},
    {"unsetenv", FactKind::kCapabilityEnvironment},
    {"clearenv", FactKind::kCapabilityEnvironment},
    {"environ", FactKind::kCapabilityEnvironment},
    {"__environ", FactKind::kCapabilityEnvironment},
    {"dlopen", FactKind::kCapabilityLoading},
    {"dlmopen", FactKind::kCapabilityLoading},
    {"dlsym", FactKind::kCapabilityLoading},
    {"dlvsym", FactKind::kCapabilityLoading},
    {"memfd_create", FactKind::kCapabilityLoading},
    {"mprotect", FactKind::kCapabilityAssembly},  // makes data into code
    {"pthread_create", FactKind::kCapabilityThread},
    {"thrd_create", FactKind::kCapabilityThread},
    {"_ZNSt6thread15_M_start_thread*", FactKind::kCapabilityThread},
    {"signal", FactKind::kCapabilitySignal},
    {"__sysv_signal", FactKind::kCapabilitySignal},
    {"bsd_signal", FactKind::kCapabilitySignal},
    {"sigaction", FactKind::kCapabilitySignal},
    {"sigprocmask", FactKind::kCapabilitySignal},
    {"signalfd", FactKind::kCapabilitySignal},
    {"kill", FactKind::kCapabilitySignal},
    {"raise", FactKind::kCapabilitySignal},
    {"setitimer", FactKind::kCapabilitySignal},
    {"exit", FactKind::kCapabilityExit},
    {"_exit", FactKind::kCapabilityExit},
    {"_Exit", FactKind::kCapabilityExit},
    {"quick_exit", FactKind::kCapabilityExit},
    {"__gcov_*", FactKind::kSuppression},
    {"__asan_*", FactKind::kSuppression},
    {"__lsan_*", FactKind::kSuppression},
    {"__sanitizer_*", FactKind::kSuppression},
});

std::optional<FactKind> kind_of(std::string_view symbol) {
  for (const auto& capability : kCapabilities) {
    const bool is_prefix = capability.symbol.ends_with('*');
    const auto wanted = capability.symbol.substr(0, capability.symbol.size() - is_prefix);
    if (is_prefix ? symbol.starts_with(wanted) : symbol == wanted) return capability.kind;
  }
  return std::nullopt;
}

/// Symbol: the first program, by name, that imports it.
using Imports = std::map<std::string, std::string>;

/// Lines of `nm -A`: "./build/prog:                 U connect@GLIBC_2.2.5".
Imports read_nm(std::string_view text) {
  Imports imports;
  for (const std::string_view line : split_lines(text)) {
    const std::size_t space = line.rfind(' ');
    const std::size_t colon = line.find(": ");
    if (space == line.npos || colon == line.npos || colon > space) continue;
    std::string_view symbol = line.substr(space + 1);
    symbol = symbol.substr(0, symbol.find('@'));
    if (!kind_of(symbol)) continue;
    std::string_view program = line.substr(0, colon);
    if (program.starts_with("./")) program.remove_prefix(2);
    imports.emplace(std::string(symbol), valid_utf8(program));
  }
  return imports;
}

/// Of finished programs and libraries what the loader will look for, of objects what is missing.
Result<std::optional<Imports>> imports_of(const Side& side, const std::string& find) {
  const std::string command = fmt::format(
      "command -v nm >/dev/null || exit 99\n"
      "{0} \\( -name '*.so*' -o -perm -100 \\) -exec nm -A -D -u {{}} + 2>/dev/null\n"
      "{0} \\( -name '*.o' -o -name '*.obj' \\) -exec nm -A -u {{}} + 2>/dev/null\nexit 0",
      find);
  auto record = run_command(side.site(), ExecutionType::kStaticAnalysis, command, kSeconds,
                            {.output_kb = kMostOutputKb});
  if (!record) return fail(record.error());
  if (!record->execution.ok()) return std::optional<Imports>();
  return std::optional(read_nm(record->execution.out));
}

Result<std::optional<Imports>> of_base(const TrialContext& context) {
  using nlohmann::json;
  const auto text = noted(context.world, context.base, kStage, [&]() -> Result<std::string> {
    const auto side = Side::open(context.world, context.base);
    if (!side) return fail(side.error());
    const auto imports = imports_of(*side, "find . -type f");
    if (!imports) return fail(imports.error());
    return *imports ? json(**imports).dump() : std::string("null");
  });
  if (!text) return fail(text.error());
  const json document = json::parse(*text, nullptr, false);
  std::optional<Imports> known;
  if (document.is_object()) {
    known.emplace();
    for (const auto& [symbol, program] : document.items()) {
      known->emplace(symbol, program.is_string() ? program.get<std::string>() : "");
    }
  }
  return known;
}

bool is_program(std::string_view content) {
  return content.starts_with(
      "\x7f"
      "ELF");
}

/// `find` over what the candidate's build has made: nothing else can import what is new.
std::optional<std::string> find_changed(const Side& side) {
  constexpr std::size_t kMostProgram = 256 * kMiB;
  std::string find = "find";
  std::size_t count = 0;
  for (const auto& path : side.changed()) {
    const bool is_plain = path.find_first_of("'\n") == path.npos;
    if (!is_plain || count == kMostPrograms) continue;
    const auto content = side.read(path, kMostProgram);
    if (!content || !is_program(*content)) continue;
    find += fmt::format(" './{}'", path);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return find + " -type f";
}

}  // namespace

Result<void> run_imports(const TrialContext& context, Evidence& into, StageOutput& out) {
  if (!changes_c_family(context.spec) || !context.base.built) return {};
  const auto find = find_changed(context.candidate);
  if (!find) return {};
  const auto before = of_base(context);
  if (!before) return fail(before.error());
  const auto after = imports_of(context.candidate, *find);
  if (!after) return fail(after.error());
  if (!*before || !*after) {
    out.left_out.push_back({std::string(kStage), "there is no nm here", false});
    return {};
  }
  std::size_t count = 0;
  for (const auto& [symbol, program] : **after) {
    if ((*before)->contains(symbol) || count == kMostFacts) continue;
    ++count;
    into.facts.push_back({.kind = *kind_of(symbol),
                          .path = program,
                          .what = valid_utf8(symbol),
                          .after = "imported by what is built"});
  }
  return {};
}

}  // namespace automod::trial
