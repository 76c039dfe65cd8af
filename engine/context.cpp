#include "engine/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "analyzers/conventions/conventions.hpp"
#include "analyzers/map/map.hpp"
#include "base/text.hpp"
#include "engine/context/fit.hpp"
#include "engine/context/focus.hpp"
#include "engine/context/near.hpp"
#include "engine/context/parts.hpp"

namespace automod {

namespace {

using analyzers::SymbolAt;
using context::Meant;
using context::Near;
using context::Offer;

/// Of all tokens: a file that is no longer is shown whole for a part of it.
constexpr std::size_t kSmallShare = 10;
constexpr std::size_t kMostSmall = 3000;
/// Habits are learnt from the nearest files alone: they are the ones to follow, and reading all of
/// them would take longer than all else.
constexpr std::size_t kHabitFiles = 12;
constexpr std::size_t kHabitBytes = 160 * 1024;
constexpr std::size_t kHabitShare = 16;
constexpr std::size_t kMostHabits = 1800;  // bytes
constexpr std::size_t kLeastMap = 60;      // tokens; less says nothing
/// Of a task that names nothing, so much of what matters most is shown.
constexpr std::size_t kMostGuessed = 6;

constexpr double kMoreWeight = 95;
constexpr double kHabitWeight = 90;
constexpr double kBehind = 0.001;

/// Offers of what the caller has, in his order.
std::vector<Offer> offers_of(const std::vector<ContextPart>& more, context::Showing& showing) {
  std::vector<Offer> all;
  for (const ContextPart& one : more) {
    Offer offer{.part = one, .weight = kMoreWeight - kBehind * static_cast<double>(all.size())};
    offer.part.text = showing.text(one.text, one.why.empty() ? name(one.kind) : one.why);
    all.push_back(std::move(offer));
  }
  return all;
}

/// Numbers of the files nearest to what is meant that habits are learnt from.
std::vector<std::uint32_t> files_for_habits(const Near& near) {
  std::set<std::uint32_t> meant(near.files.begin(), near.files.end());
  for (const SymbolAt at : near.symbols) meant.insert(at.file);
  const auto folder = [](std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
  };
  std::set<std::string_view> folders;
  for (const std::uint32_t file : meant) folders.insert(folder(near.code.files()[file].path));
  std::vector<std::uint32_t> order(meant.begin(), meant.end());
  for (std::uint32_t i = 0; i < near.code.files().size(); ++i) {
    const bool is_beside = folders.contains(folder(near.code.files()[i].path));
    if (!meant.contains(i) && (is_beside || folders.empty())) order.push_back(i);
  }
  std::vector<std::uint32_t> chosen;
  std::size_t bytes = 0;
  for (const std::uint32_t file : order) {
    const std::size_t size = near.code.files()[file].facts.bytes;
    if (bytes + size > kHabitBytes) continue;
    bytes += size;
    chosen.push_back(file);
    if (chosen.size() == kHabitFiles) break;
  }
  return chosen;
}

}  // namespace

struct ContextMaker::Impl {
  PackedTree tree;
  unsigned jobs = 1;
  const CancelToken& cancel;
  context::WholeTree whole = {};  // once a task has wanted it
};

namespace {

/// One task.
class Making {
 public:
  Making(const PackedTree& tree, context::WholeTree& whole, unsigned jobs,
         const CancelToken& cancel, const ContextTask& task)
      : shelf_(tree, whole),
        texts_(tree),
        showing_(texts_),
        jobs_(jobs),
        cancel_(cancel),
        task_(task) {}

  Result<PromptContext> run() {
    auto focus = find_meant(shelf_, task_.focus, task_.words, jobs_);
    if (!focus) return fail(std::move(focus.error()));
    meant_ = std::move(focus->meant);
    auto near = read_near(shelf_, meant_, jobs_);
    if (!near) return fail(std::move(near.error()));
    near_.emplace(std::move(*near));
    if (auto done = look_behind_tests(); !done) return fail(std::move(done.error()));
    const bool is_guessed = meant_.empty();
    if (is_guessed) guess();
    auto offers = make_offers();
    if (!offers) return fail(std::move(offers.error()));
    auto made = context::fit(std::move(*offers), task_.tokens,
                             [&](std::size_t tokens) { return map(tokens); });
    if (!made) return made;
    made->notes.insert(made->notes.begin(), focus->notes.begin(), focus->notes.end());
    if (is_guessed) {
      made->notes.push_back("nothing of the code is named: what most of it leans on is shown");
    }
    if (near_->code.files().size() < near_->all_files) {
      made->notes.push_back(
          fmt::format("{} of {} files were looked at: those that share names with "
                      "what is meant",
                      near_->code.files().size(), near_->all_files));
    }
    say_cuts(*made);
    for (std::string& note : showing_.notes()) made->notes.push_back(std::move(note));
    return made;
  }

 private:
  /// Where only tests are meant, what they test is meant as well.
  Result<void> look_behind_tests() {
    std::vector<Meant> tested = context::tested_by(meant_, *near_);
    if (tested.empty()) return {};
    for (Meant& one : tested) {
      one.file = shelf_.tree().code().find(one.path);
      meant_.push_back(std::move(one));
    }
    auto near = read_near(shelf_, meant_, jobs_);
    if (!near) return fail(std::move(near.error()));
    near_.emplace(std::move(*near));
    return {};
  }

  analyzers::Ranks ranks() const {
    return analyzers::rank(near_->code, {.files = near_->files, .symbols = near_->symbols});
  }

  /// The functions that matter most where nothing says what is meant.
  void guess() {
    const analyzers::Ranks all = ranks();
    std::vector<std::pair<double, SymbolAt>> best;
    for (std::uint32_t file = 0; file < near_->code.files().size(); ++file) {
      const auto& one = near_->code.files()[file];
      if (analyzers::kind_of_file(one.path) != analyzers::FileKind::kCode) continue;
      for (std::uint32_t i = 0; i < one.facts.symbols.size(); ++i) {
        const analyzers::Symbol& symbol = one.facts.symbols[i];
        const bool is_function = symbol.kind == analyzers::SymbolKind::kFunction ||
                                 symbol.kind == analyzers::SymbolKind::kMethod;
        if (!is_function || !symbol.is_definition) continue;
        best.emplace_back(-all.symbols[file][i], SymbolAt{.file = file, .symbol = i});
      }
    }
    const auto most = static_cast<std::ptrdiff_t>(std::min(best.size(), kMostGuessed));
    std::partial_sort(best.begin(), best.begin() + most, best.end());
    for (auto one = best.begin(); one != best.begin() + most; ++one) {
      const SymbolAt at = one->second;
      const std::string& path = near_->code.files()[at.file].path;
      meant_.push_back(
          {.path = path, .file = shelf_.tree().code().find(path), .symbol = at.symbol});
      near_->symbols.push_back(at);
    }
  }

  Result<std::vector<Offer>> make_offers() {
    const std::size_t small = std::min(task_.tokens / kSmallShare, kMostSmall);
    auto offers = context::focus_offers(meant_, *near_, small, showing_);
    if (!offers) return offers;
    auto around = context::offers_around(meant_, *near_, showing_);
    if (!around) return around;
    std::ranges::move(*around, std::back_inserter(*offers));
    std::ranges::move(offers_of(task_.more, showing_), std::back_inserter(*offers));
    auto habits = learn_habits();
    if (!habits) return fail(std::move(habits.error()));
    if (!habits->part.text.empty()) offers->push_back(std::move(*habits));
    return offers;
  }

  Result<Offer> learn_habits() {
    const auto read = shelf_.tree().code().read(in_packed(files_for_habits(*near_)), false, jobs_);
    if (!read) return fail(read.error());
    std::mutex mutex;
    const analyzers::ReadText text = [&](std::uint32_t file) -> Result<std::string> {
      const std::lock_guard lock(mutex);
      const auto lines = texts_.of(read->files()[file].path);
      if (!lines) return fail(lines.error());
      return (*lines)->text();
    };
    const auto learnt = analyzers::learn_conventions(*read, text, {}, jobs_, cancel_);
    if (!learnt) return fail(learnt.error());
    const std::size_t most = std::min(3 * task_.tokens / kHabitShare, kMostHabits);
    Offer offer{.part = {.kind = PartKind::kConventions}, .weight = kHabitWeight};
    offer.part.why = "habits of the code around, counted";
    offer.part.text = showing_.text(conventions_text(*learnt, most), "conventions");
    return offer;
  }

  std::vector<std::uint32_t> in_packed(const std::vector<std::uint32_t>& files) const {
    std::vector<std::uint32_t> all;
    for (const std::uint32_t file : files) {
      if (const auto found = shelf_.tree().code().find(near_->code.files()[file].path)) {
        all.push_back(*found);
      }
    }
    return all;
  }

  Result<std::vector<ContextPart>> map(std::size_t tokens) {
    if (tokens < kLeastMap) return std::vector<ContextPart>{};
    ContextPart part{.kind = PartKind::kMap};
    part.why = "map of the code around: files, and below each lines and signatures";
    part.text = "\n";
    const std::size_t frame = context::tokens_of(part);
    const auto drawn = analyzers::draw_map(near_->code, ranks(), tokens - std::min(tokens, frame),
                                           [&](std::uint32_t file) -> Result<std::string> {
                                             const auto lines =
                                                 texts_.of(near_->code.files()[file].path);
                                             if (!lines) return fail(lines.error());
                                             return (*lines)->text();
                                           });
    if (!drawn) return fail(drawn.error());
    part.text = showing_.text(text_of(*drawn, near_->code), "map");
    return std::vector{std::move(part)};
  }

  /// Says which focus is not shown as a whole.
  void say_cuts(PromptContext& made) const {
    for (const ContextPart& part : made.parts) {
      const bool is_cut = part.kind == PartKind::kFocus && part.text.contains(context::kCut);
      if (!is_cut) continue;
      made.notes.push_back(fmt::format("{}: there is room for lines {} to {} only",
                                       printable_line(part.path), part.line, part.last_line));
    }
  }

  context::Shelf shelf_;
  context::Texts texts_;
  context::Showing showing_;
  unsigned jobs_;
  const CancelToken& cancel_;
  const ContextTask& task_;
  std::vector<Meant> meant_;
  std::optional<Near> near_;
};

std::string title_of(const ContextPart& part) {
  std::string title = part.path;
  if (part.line != 0) {
    title += part.last_line > part.line ? fmt::format(", lines {} to {}", part.line, part.last_line)
                                        : fmt::format(", line {}", part.line);
  }
  for (const std::string& more : {part.symbol, part.why}) {
    if (more.empty()) continue;
    if (!title.empty()) title += ": ";
    title += more;
  }
  return title.empty() ? std::string(name(part.kind)) : title;
}

}  // namespace

std::string_view name(PartKind kind) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "focus", "caller", "callee", "type", "test", "conventions", "map", "figures", "evidence"};
  return kNames.at(static_cast<std::size_t>(kind));
}

ContextMaker::ContextMaker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ContextMaker::ContextMaker(ContextMaker&&) noexcept = default;
ContextMaker::~ContextMaker() = default;

Result<ContextMaker> ContextMaker::open(const std::filesystem::path& directory,
                                        const Target& target, const EngineWorld& world) {
  auto tree = read_packed(directory, target.commit.text, world);
  if (!tree) return fail(std::move(tree.error()));
  return ContextMaker(std::make_unique<Impl>(std::move(*tree), world.jobs, world.cancel));
}

Result<PromptContext> ContextMaker::make(const ContextTask& task) const {
  return Making(impl_->tree, impl_->whole, impl_->jobs, impl_->cancel, task).run();
}

std::vector<prompts::Section> sections_of(const PromptContext& context) {
  std::vector<prompts::Section> all;
  for (const ContextPart& part : context.parts) {
    all.push_back({.title = title_of(part), .text = part.text});
  }
  return all;
}

}  // namespace automod
