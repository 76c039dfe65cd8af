#include "analyzers/index/index.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "analyzers/index/store.hpp"
#include "base/json.hpp"

namespace automod::analyzers {

namespace {

/// What is read at one time has at most so many bytes together, or is one file: a syntax tree
/// takes many times the room of its text.
constexpr std::size_t kBytesAtOnce = 8u << 20;
/// Facts that wait to be written, and those that are worth a transaction.
constexpr std::size_t kMostWaiting = 512;
constexpr std::size_t kMany = 128;
constexpr std::chrono::milliseconds kWhile{200};

/// A text that is not known, and the first file that has it.
struct Unknown {
  BlobKey key;
  const TreeFile* file = nullptr;
  std::size_t size = 0;
};

/// What became of one of them.
struct Outcome {
  const Unknown* of = nullptr;
  NewFacts facts;
  std::size_t bytes = 0;
  std::size_t lines = 0;
  std::string unreadable;  // why; empty: it was read
};

/// Threads that read texts and make facts of them, while the caller takes these away.
class Readers {
 public:
  Readers(const std::vector<Unknown>& all, const FileSource& source, const CancelToken& cancel)
      : all_(all), source_(source), cancel_(cancel) {}
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
  ~Readers() { stop(); }

  void start(unsigned jobs) {
    running_ = jobs;
    for (unsigned i = 0; i < jobs; ++i) threads_.emplace_back([this] { work(); });
  }

  /// Waits until some are ready, many or those of a while; empty when nothing will come any more.
  std::vector<Outcome> take() {
    std::unique_lock lock(mutex_);
    do {
      changed_.wait_for(lock, kWhile, [&] { return ready_.size() >= kMany || running_ == 0; });
    } while (ready_.empty() && running_ != 0);
    changed_.notify_all();
    return std::exchange(ready_, {});
  }

 private:
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    threads_.clear();
  }

  void work() {
    for (;;) {
      const std::size_t i = next_++;
      if (i >= all_.size() || cancel_.requested() || !enter(all_[i].size)) break;
      Outcome outcome = read_one(all_[i]);
      leave(all_[i].size, std::move(outcome));
    }
    const std::lock_guard lock(mutex_);
    --running_;
    changed_.notify_all();
  }

  bool enter(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      const bool has_room = in_work_ == 0 || in_work_ + bytes <= kBytesAtOnce;
      return stopped_ || (has_room && ready_.size() < kMostWaiting);
    });
    in_work_ += bytes;
    return !stopped_;
  }

  void leave(std::size_t bytes, Outcome outcome) {
    const std::lock_guard lock(mutex_);
    in_work_ -= bytes;
    ready_.push_back(std::move(outcome));
    changed_.notify_all();
  }

  Outcome read_one(const Unknown& one) const {
    Outcome outcome{.of = &one, .facts = {.key = one.key}};
    const auto text = source_.text(*one.file);
    if (!text) {
      outcome.unreadable = text.error().message;
      return outcome;
    }
    const FileFacts facts = facts_of(one.key.language, *text);
    outcome.bytes = facts.bytes;
    outcome.lines = facts.lines;
    outcome.facts.left_out = facts.left_out;
    outcome.facts.bytes = encode(facts);
    return outcome;
  }

  const std::vector<Unknown>& all_;
  const FileSource& source_;
  const CancelToken& cancel_;
  std::mutex mutex_;
  std::condition_variable changed_;  // anything below
  std::vector<Outcome> ready_;
  std::size_t in_work_ = 0;
  unsigned running_ = 0;
  bool stopped_ = false;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::jthread> threads_;
};

std::string to_text(const IndexRun& run) {
  auto left_out = nlohmann::json::array();
  for (const LeftOutFile& file : run.left_out) {
    left_out.push_back({file.path, static_cast<int>(file.why)});
  }
  const nlohmann::json all = {{"files", run.files}, {"others", run.others}, {"left_out", left_out}};
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// nullopt where it is nothing that to_text makes.
std::optional<IndexRun> run_from(std::string_view text) {
  constexpr std::size_t kDeepest = 3;
  const auto all = parse_strictly(text, kDeepest);
  if (!all) return std::nullopt;
  try {
    IndexRun run{.files = all->at("files"), .others = all->at("others")};
    for (const auto& one : all->at("left_out")) {
      const int why = one.at(1);
      if (why < 0 || why > static_cast<int>(LeftOut::kTooSlow)) return std::nullopt;
      run.left_out.push_back({.path = one.at(0), .why = static_cast<LeftOut>(why)});
    }
    return run;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

struct Index::Impl {
  FactsTable table;

  Result<void> read_all(const std::vector<Unknown>& unknown, const FileSource& source,
                        unsigned jobs, const Progress& progress, const CancelToken& cancel,
                        IndexRun& run);
};

Index::Index(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Result<Index> Index::open(const std::filesystem::path& file) {
  auto table = FactsTable::open(file);
  if (!table) return fail(std::move(table.error()));
  return Index(std::make_unique<Impl>(std::move(*table)));
}

Result<void> Index::remove(const std::filesystem::path& file) { return FactsTable::remove(file); }

Result<std::optional<IndexRun>> Index::known(std::string_view tree) const {
  if (tree.empty()) return std::nullopt;
  const auto text = impl_->table.tree(tree);
  if (!text) return fail(text.error());
  return *text ? run_from(**text) : std::nullopt;
}

Result<void> Index::Impl::read_all(const std::vector<Unknown>& unknown, const FileSource& source,
                                   unsigned jobs, const Progress& progress,
                                   const CancelToken& cancel, IndexRun& run) {
  Readers readers(unknown, source, cancel);
  readers.start(std::clamp<unsigned>(jobs, 1, static_cast<unsigned>(unknown.size())));
  std::size_t done = 0;
  for (auto ready = readers.take(); !ready.empty(); ready = readers.take()) {
    std::vector<NewFacts> facts;
    for (Outcome& outcome : ready) {
      const std::string& path = outcome.of->file->path;
      progress(++done, unknown.size(), path);
      if (!outcome.unreadable.empty()) {
        run.unreadable.push_back(path + ": " + outcome.unreadable);
        continue;
      }
      ++run.read;
      run.bytes += outcome.bytes;
      run.lines += outcome.lines;
      if (outcome.facts.left_out != LeftOut::kNothing) {
        run.left_out.push_back({.path = path, .why = outcome.facts.left_out});
      }
      facts.push_back(std::move(outcome.facts));
    }
    if (auto added = table.add(facts); !added) return added;
  }
  if (!cancel.requested()) return {};
  return fail(ErrorKind::kInterrupted, "interrupted while reading into the index",
              "what was read so far is kept");
}

Result<IndexRun> Index::update(std::string_view tree, const std::vector<TreeFile>& files,
                               const FileSource& source, unsigned jobs, const Progress& progress,
                               const CancelToken& cancel) {
  IndexRun run;
  std::map<BlobKey, const TreeFile*> texts;  // the same one may stand in many places
  for (const TreeFile& file : files) {
    const auto language = language_of(file.path);
    ++(language ? run.files : run.others);
    if (language) texts.try_emplace({.blob = file.blob, .language = *language}, &file);
  }
  std::vector<BlobKey> keys;
  for (const auto& [key, file] : texts) keys.push_back(key);
  const auto found = impl_->table.find(keys);
  if (!found) return fail(found.error());
  std::vector<Unknown> unknown;
  std::vector<std::int64_t> stale;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const TreeFile* file = texts.at(keys[i]);
    const auto& blob = (*found)[i];
    if (!blob) {
      const auto size = source.size(*file);
      if (!size) {
        run.unreadable.push_back(file->path + ": " + size.error().message);
      } else {
        unknown.push_back({.key = keys[i], .file = file, .size = *size});
      }
      continue;
    }
    if (!blob->is_fresh) stale.push_back(blob->row);
    if (blob->left_out != LeftOut::kNothing) {
      run.left_out.push_back({.path = file->path, .why = blob->left_out});
    }
  }
  if (auto touched = impl_->table.touch(stale); !touched) return fail(touched.error());
  // The longest first, so that no thread is left alone with one at the end.
  std::ranges::sort(unknown, std::ranges::greater(), &Unknown::size);
  if (!unknown.empty()) {
    auto done = impl_->read_all(unknown, source, jobs, progress, cancel, run);
    if (!done) return fail(std::move(done.error()));
  }
  std::ranges::sort(run.left_out, {}, &LeftOutFile::path);
  std::ranges::sort(run.unreadable);
  if (!tree.empty() && run.unreadable.empty()) {
    if (auto kept = impl_->table.add_tree(tree, to_text(run)); !kept) return fail(kept.error());
  }
  return run;
}

Result<std::vector<std::optional<FileFacts>>> Index::facts(const std::vector<TreeFile>& files,
                                                           unsigned jobs) const {
  const auto packed = packed_facts(files);
  if (!packed) return fail(packed.error());
  std::vector<std::optional<FileFacts>> all(files.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> damaged = false;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      if (!(*packed)[i]) continue;
      auto facts = decode(*(*packed)[i]);
      if (facts) all[i] = std::move(*facts);
      if (!facts) damaged = true;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < jobs; ++i) threads.emplace_back(work);
    work();
  }
  if (damaged) return fail(ErrorKind::kInternal, "the index is damaged: a row holds no facts");
  return all;
}

Result<std::vector<std::optional<std::string>>> Index::packed_facts(
    const std::vector<TreeFile>& files) const {
  std::vector<BlobKey> keys;
  std::vector<std::size_t> wanted;  // which file each key is of
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto language = language_of(files[i].path);
    if (!language) continue;
    keys.push_back({.blob = files[i].blob, .language = *language});
    wanted.push_back(i);
  }
  auto bytes = impl_->table.bytes(keys);
  if (!bytes) return fail(std::move(bytes.error()));
  std::vector<std::optional<std::string>> all(files.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) all[wanted[i]] = std::move((*bytes)[i]);
  return all;
}

Result<std::size_t> Index::size() const { return impl_->table.size(); }

Result<void> Index::shrink(std::size_t bytes) { return impl_->table.shrink(bytes); }

}  // namespace automod::analyzers
