#include "analyzers/index/codebase.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "analyzers/index/imports.hpp"

namespace automod::analyzers {

namespace {

using Numbers = std::vector<std::uint32_t>;

/// Above that a name says nothing any more.
constexpr std::size_t kMostMeant = 8;

/// Lists of numbers, one for each of many things, in one piece.
class Lists {
 public:
  Lists() = default;
  explicit Lists(const std::vector<Numbers>& all) {
    begins_.reserve(all.size() + 1);
    for (const Numbers& one : all) {
      begins_.push_back(values_.size());
      values_.insert(values_.end(), one.begin(), one.end());
    }
    begins_.push_back(values_.size());
  }
  std::span<const std::uint32_t> of(std::uint32_t i) const {
    return std::span(values_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }

 private:
  std::vector<std::size_t> begins_;
  Numbers values_;
};

bool is_script(Language language) {
  return language == Language::kJavaScript || language == Language::kTypeScript ||
         language == Language::kTsx;
}

/// May code of one use what the other defines?
bool goes_with(Language a, Language b) {
  const auto is_c = [](Language one) { return one == Language::kC || one == Language::kCpp; };
  return a == b || (is_c(a) && is_c(b)) || (is_script(a) && is_script(b));
}

/// Is what the files of its folder define visible without an import?
bool sees_its_folder(Language language) {
  return language == Language::kGo || language == Language::kJava;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view separator(Language language) {
  const bool has_colons =
      language == Language::kC || language == Language::kCpp || language == Language::kRust;
  return has_colons ? "::" : ".";
}

}  // namespace

std::string full_name(const FileFacts& facts, std::uint32_t symbol) {
  const std::string_view between = separator(facts.language);
  std::string all;
  for (std::uint32_t i = symbol; i != kNone; i = facts.symbols[i].within) {
    const Symbol& one = facts.symbols[i];
    std::string own = facts.names[one.name];
    if (one.scope != kNone) own = fmt::format("{}{}{}", facts.names[one.scope], between, own);
    if (own.empty()) continue;  // an unnamed namespace
    all = all.empty() ? own : fmt::format("{}{}{}", own, between, all);
  }
  return all;
}

bool is_named(std::string_view full_name, std::string_view name) {
  if (!full_name.ends_with(name)) return false;
  const std::string_view before = full_name.substr(0, full_name.size() - name.size());
  return before.empty() || before.ends_with("::") || before.ends_with('.');
}

std::string_view last_name(std::string_view name) {
  const std::size_t end = name.find_last_of(":.");
  return end == std::string_view::npos ? name : name.substr(end + 1);
}

struct Codebase::Impl {
  std::vector<CodeFile> files;
  std::unordered_map<std::string_view, std::uint32_t> by_path;
  std::unordered_map<std::string_view, Numbers> folders;

  // Every name once, and for each file which of them its own are.
  std::unordered_map<std::string_view, std::uint32_t> names;
  std::vector<Numbers> names_of;
  std::vector<std::vector<SymbolAt>> definitions;  // by name
  std::vector<std::vector<SymbolAt>> declarations;

  Lists imports;
  Lists importers;
  std::vector<Link> links;
  Numbers by_target;          // numbers of links, by to and from
  std::vector<char> reaches;  // by file: does the one that is looked at reach it?

  void know_names();
  void know_imports();
  void know_links();
  Numbers reached_from(std::uint32_t file);
  void links_of(std::uint32_t file, bool has_imports);
  void join(std::size_t first);
  std::span<const std::uint32_t> beside(std::uint32_t file) const;
  std::vector<SymbolAt> meant(std::uint32_t file, std::uint32_t name, bool has_imports) const;
};

void Codebase::Impl::know_names() {
  names_of.resize(files.size());
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    by_path.emplace(files[i].path, i);
    folders[folder_of(files[i].path)].push_back(i);
    for (const std::string& name : files[i].facts.names) {
      const auto number = static_cast<std::uint32_t>(names.size());
      names_of[i].push_back(names.try_emplace(name, number).first->second);
    }
  }
  definitions.resize(names.size());
  declarations.resize(names.size());
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    const auto& symbols = files[i].facts.symbols;
    for (std::uint32_t s = 0; s < symbols.size(); ++s) {
      auto& known = symbols[s].is_definition ? definitions : declarations;
      known[names_of[i][symbols[s].name]].push_back({.file = i, .symbol = s});
    }
  }
}

void Codebase::Impl::know_imports() {
  const ImportResolver resolver(files);
  std::vector<Numbers> forth(files.size()), back(files.size());
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    for (const Import& import : files[i].facts.imports) {
      for (const std::uint32_t target : resolver.resolve(i, import)) {
        if (target != i) forth[i].push_back(target);
      }
    }
    std::ranges::sort(forth[i]);
    const auto rest = std::ranges::unique(forth[i]);
    forth[i].erase(rest.begin(), rest.end());
    for (const std::uint32_t target : forth[i]) back[target].push_back(i);
  }
  imports = Lists(forth);
  importers = Lists(back);
}

std::vector<SymbolAt> Codebase::Impl::meant(std::uint32_t file, std::uint32_t name,
                                            bool has_imports) const {
  const auto& all = definitions[name];
  std::vector<SymbolAt> some;
  std::ranges::copy_if(all, std::back_inserter(some),
                       [&](const SymbolAt& at) { return at.file == file; });
  if (!some.empty()) return some;
  const Language language = files[file].facts.language;
  std::ranges::copy_if(all, std::back_inserter(some), [&](const SymbolAt& at) {
    return reaches[at.file] != 0 && goes_with(language, files[at.file].facts.language);
  });
  if (!some.empty()) return some;
  // What is declared where the imports lead is defined in some other file.
  const bool is_declared = std::ranges::any_of(
      declarations[name], [&](const SymbolAt& at) { return reaches[at.file] != 0; });
  if (has_imports && !is_declared) return {};
  std::ranges::copy_if(all, std::back_inserter(some), [&](const SymbolAt& at) {
    return goes_with(language, files[at.file].facts.language) &&
           files[at.file].facts.symbols[at.symbol].visibility != Visibility::kFile;
  });
  return some;
}

/// The files that this one imports, directly or not, and itself; marked in `reaches`.
Numbers Codebase::Impl::reached_from(std::uint32_t file) {
  Numbers all = {file};
  reaches[file] = 1;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::uint32_t next : imports.of(all[i])) {
      if (std::exchange(reaches[next], 1) == 0) all.push_back(next);
    }
  }
  return all;
}

void Codebase::Impl::links_of(std::uint32_t file, bool has_imports) {
  const FileFacts& facts = files[file].facts;
  std::vector<std::optional<std::vector<SymbolAt>>> known(facts.names.size());
  for (const Reference& reference : facts.references) {
    auto& meaning = known[reference.name];
    if (!meaning) {
      meaning = meant(file, names_of[file][reference.name], has_imports);
      if (meaning->size() > kMostMeant) meaning->clear();
    }
    for (const SymbolAt& to : *meaning) {
      if (to.file == file && to.symbol == reference.within) continue;
      links.push_back({.from = {.file = file, .symbol = reference.within},
                       .to = to,
                       .use = reference.use,
                       .line = reference.line,
                       .meant = static_cast<std::uint32_t>(meaning->size())});
    }
  }
}

void Codebase::Impl::know_links() {
  reaches.resize(files.size());
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    Numbers reached = reached_from(i);
    const bool has_imports = reached.size() > 1;
    if (sees_its_folder(files[i].facts.language)) {
      for (const std::uint32_t one : beside(i)) {
        if (std::exchange(reaches[one], 1) == 0) reached.push_back(one);
      }
    }
    const std::size_t first = links.size();
    links_of(i, has_imports);
    for (const std::uint32_t one : reached) reaches[one] = 0;
    join(first);
  }
  by_target.resize(links.size());
  std::iota(by_target.begin(), by_target.end(), 0U);
  std::ranges::sort(by_target, {},
                    [&](std::uint32_t i) { return std::tuple(links[i].to, links[i].from); });
}

/// One link for each pair, from the link at `first` on.
void Codebase::Impl::join(std::size_t first) {
  const auto begin = links.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, links.end(), [](const Link& a, const Link& b) {
    return std::tie(a.from, a.to, a.line) < std::tie(b.from, b.to, b.line);
  });
  auto kept = begin;
  for (auto next = begin; next != links.end(); ++next) {
    if (kept != next && kept->from == next->from && kept->to == next->to) {
      ++kept->times;
      if (next->use == Use::kCall) kept->use = Use::kCall;
    } else if (next != begin) {
      *++kept = *next;
    }
  }
  if (begin != links.end()) links.erase(kept + 1, links.end());
}

/// The files of the same folder.
std::span<const std::uint32_t> Codebase::Impl::beside(std::uint32_t file) const {
  const auto found = folders.find(folder_of(files[file].path));
  return found == folders.end() ? std::span<const std::uint32_t>() : std::span(found->second);
}

Codebase::Codebase(std::vector<CodeFile> files) : impl_(std::make_unique<Impl>()) {
  std::ranges::sort(files, {}, &CodeFile::path);
  impl_->files = std::move(files);
  impl_->know_names();
  impl_->know_imports();
  impl_->know_links();
}
Codebase::Codebase(Codebase&&) noexcept = default;
Codebase& Codebase::operator=(Codebase&&) noexcept = default;
Codebase::~Codebase() = default;

const std::vector<CodeFile>& Codebase::files() const { return impl_->files; }

std::optional<std::uint32_t> Codebase::find(std::string_view path) const {
  const auto found = impl_->by_path.find(path);
  if (found == impl_->by_path.end()) return std::nullopt;
  return found->second;
}

const Symbol& Codebase::symbol(SymbolAt at) const {
  return impl_->files[at.file].facts.symbols[at.symbol];
}

std::string_view Codebase::name(SymbolAt at) const {
  const FileFacts& facts = impl_->files[at.file].facts;
  return facts.names[facts.symbols[at.symbol].name];
}

std::string Codebase::full_name(SymbolAt at) const {
  return analyzers::full_name(impl_->files[at.file].facts, at.symbol);
}

std::vector<SymbolAt> Codebase::named(std::string_view name) const {
  const auto found = impl_->names.find(last_name(name));
  if (found == impl_->names.end()) return {};
  std::vector<SymbolAt> all;
  for (const auto* known : {&impl_->definitions, &impl_->declarations}) {
    std::ranges::copy_if((*known)[found->second], std::back_inserter(all),
                         [&](SymbolAt at) { return is_named(full_name(at), name); });
  }
  return all;
}

std::span<const std::uint32_t> Codebase::imports(std::uint32_t file) const {
  return impl_->imports.of(file);
}

std::span<const std::uint32_t> Codebase::importers(std::uint32_t file) const {
  return impl_->importers.of(file);
}

const std::vector<Link>& Codebase::links() const { return impl_->links; }

std::span<const Link> Codebase::links_from(SymbolAt from) const {
  const auto [begin, end] = std::ranges::equal_range(impl_->links, from, {}, &Link::from);
  return {begin, end};
}

std::vector<Link> Codebase::links_to(SymbolAt to) const {
  const auto of = [&](std::uint32_t i) { return impl_->links[i].to; };
  std::vector<Link> all;
  for (const std::uint32_t i : std::ranges::equal_range(impl_->by_target, to, {}, of)) {
    all.push_back(impl_->links[i]);
  }
  return all;
}

}  // namespace automod::analyzers
