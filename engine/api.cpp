#include "engine/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "analyzers/treesitter/syntax.hpp"
#include "base/text.hpp"
#include "engine/clang_site.hpp"
#include "engine/trial/review/api.hpp"
#include "engine/trial/review/review.hpp"

namespace automod {

namespace {

using analyzers::ApiEntry;
using analyzers::AstGap;

constexpr std::size_t kMostRead = 4ull << 20;  // a larger file is data
constexpr unsigned kKindOfFile = 0170000;
constexpr unsigned kPlainFile = 0100000;

/// The files of a tree that offer something.
struct Offered {
  std::vector<std::string> headers;  // C and C++, of the configured folders
  std::vector<std::string> modules;  // of other languages
  std::vector<std::string> paths;    // all there are
};

Result<Offered> offered(const repo::Repository& repo, const TreeId& tree, const Config& config) {
  const auto entries = repo.list(tree);
  if (!entries) return fail(entries.error());
  Offered found;
  for (const repo::Entry& entry : *entries) {
    const std::string& path = entry.path;
    found.paths.push_back(path);
    const bool is_plain = (entry.mode & kKindOfFile) == kPlainFile && entry.size <= kMostRead;
    if (!is_plain || !analyzers::language_of(path)) continue;
    if (!analyzers::is_c_family(path)) {
      if (trial::role_of(config, path) == FileRole::kSource) found.modules.push_back(path);
    } else if (trial::is_public_header(config, path)) {
      found.headers.push_back(path);
    }
  }
  return found;
}

/// As what headers are read where no compile database says it.
std::vector<std::string> flags_without_database(const std::vector<std::string>& paths) {
  const auto is_source_of = [&](bool is_c) {
    return std::ranges::any_of(paths, [&](const std::string& path) {
      return analyzers::is_c_family(path) && !analyzers::is_header(path) &&
             path.ends_with(".c") == is_c;
    });
  };
  std::vector<std::string> flags = {"-x", "c++", "-std=gnu++23"};
  if (is_source_of(true) && !is_source_of(false)) flags = {"-x", "c"};
  std::ranges::move(analyzers::guessed_flags(paths), std::back_inserter(flags));
  return flags;
}

class SurfaceReader {
 public:
  SurfaceReader(Engine::Impl& engine, const Target& target) : engine_(engine), target_(target) {}

  /// What clang says of the headers of a tree.
  Result<analyzers::AstReport> by_clang(const ApiSide& side, const Offered& found) {
    if (found.headers.empty()) return analyzers::AstReport{};
    Target at = target_;
    at.commit = side.commit;
    at.tree = side.tree;
    const auto site = ClangSite::open(engine_, at, ExecutionType::kConfigure);
    if (!site) return fail(site.error());
    const analyzers::AstJob job{.policy = site->policy(),
                                .files = found.headers,
                                .compile_commands = site->database(),
                                .fallback_flags = flags_without_database(found.paths),
                                .jobs = engine_.world.jobs};
    Observer& observer = engine_.world.observer;
    observer.begin(fmt::format("reading the headers of {}", printable_line(side.name)));
    return analyzers::read_headers(
        site->runner(), job, site->resolve(),
        [&](std::size_t done, std::size_t total, std::string_view file) {
          observer.progress(done, total, printable_line(file));
        },
        engine_.world.cancel);
  }

  /// What the syntax of one file says.
  Result<std::vector<ApiEntry>> by_syntax(const ApiSide& side, const std::string& path) const {
    const auto language = analyzers::language_of(path);
    const auto text = engine_.repo.read(side.tree, path, kMostRead);
    if (!text) return fail(text.error());
    if (!language || !*text) return std::vector<ApiEntry>{};
    return trial::api_entries(path, *language, **text);
  }

 private:
  Engine::Impl& engine_;
  const Target& target_;
};

/// One side of a report while it is read.
struct Half {
  ApiSide& side;
  Offered found;
  analyzers::AstReport read;
};

Result<Half> begin_half(SurfaceReader& reader, const repo::Repository& repo, const Config& config,
                        ApiSide& side) {
  auto found = offered(repo, side.tree, config);
  if (!found) return fail(found.error());
  auto read = reader.by_clang(side, *found);
  if (!read) return fail(read.error());
  return Half{side, std::move(*found), std::move(*read)};
}

/// `doubtful`: headers whose syntax counts on every side, since clang could not read one of them.
Result<void> finish_half(const SurfaceReader& reader, const std::set<std::string>& doubtful,
                         Half& half) {
  std::vector<std::string> sound = half.found.headers;
  std::erase_if(sound, [&](const std::string& path) { return doubtful.contains(path); });
  half.side.surface = analyzers::surface_of(half.read.facts, sound);
  std::vector<std::string> by_syntax = half.found.modules;
  std::ranges::copy_if(half.found.headers, std::back_inserter(by_syntax),
                       [&](const std::string& path) { return doubtful.contains(path); });
  for (const std::string& path : by_syntax) {
    auto entries = reader.by_syntax(half.side, path);
    if (!entries) return fail(entries.error());
    std::ranges::move(*entries, std::back_inserter(half.side.surface.entries));
  }
  analyzers::settle(half.side.surface);
  return {};
}

Result<ApiSide> find_side(const repo::Repository& repo, const std::string& named) {
  const auto info = repo.resolve(named);
  if (!info) return fail(info.error());
  return ApiSide{.name = named, .commit = info->commit, .tree = info->tree};
}

}  // namespace

Result<ApiReport> Engine::api(const ApiRequest& request) {
  auto subject = find_side(impl_->repo, request.revision);
  if (!subject) return fail(subject.error());
  ApiReport report{.subject = std::move(*subject)};
  if (request.against) {
    auto against = find_side(impl_->repo, *request.against);
    if (!against) return fail(against.error());
    report.against = std::move(*against);
  }
  const ApiSide& decides = report.against ? *report.against : report.subject;
  auto aimed = target(decides.commit.text);
  if (!aimed) return fail(aimed.error());
  report.target = std::move(*aimed);
  for (const std::string& note : report.target.notes) impl_->world.observer.note(note);
  SurfaceReader reader(*impl_, report.target);
  std::vector<Half> halves;
  std::set<std::string> doubtful;
  for (ApiSide* side : {report.against ? &*report.against : nullptr, &report.subject}) {
    if (side == nullptr) continue;
    auto half = begin_half(reader, impl_->repo, report.target.config, *side);
    if (!half) return fail(half.error());
    for (const AstGap& gap : half->read.gaps) {
      if (doubtful.insert(gap.path).second) report.gaps.push_back(gap);
    }
    halves.push_back(std::move(*half));
  }
  for (Half& half : halves) {
    if (auto done = finish_half(reader, doubtful, half); !done) return fail(done.error());
  }
  std::ranges::sort(report.gaps);
  if (report.against) {
    report.changes = analyzers::diff(report.against->surface, report.subject.surface);
  }
  return report;
}

}  // namespace automod
