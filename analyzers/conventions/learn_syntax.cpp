#include <array>
#include <span>
#include <unordered_map>

#include "analyzers/conventions/tally.hpp"
#include "analyzers/structure/words.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

using enum HabitTopic;

enum class Speech { kC, kCpp, kPython, kScript, kGo, kRust, kJava };

Speech speech_of(Language language) {
  switch (language) {
    case Language::kC:
      return Speech::kC;
    case Language::kCpp:
      return Speech::kCpp;
    case Language::kPython:
      return Speech::kPython;
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx:
      return Speech::kScript;
    case Language::kGo:
      return Speech::kGo;
    case Language::kRust:
      return Speech::kRust;
    case Language::kJava:
      break;
  }
  return Speech::kJava;
}

/// A kind of node, or a word, that tells of a habit.
struct Sign {
  Speech speech;
  std::string_view sign;
  HabitTopic topic;
  std::string_view what;
  std::string_view value;
};

constexpr std::string_view kReported = "failures are reported by";
constexpr std::string_view kHandled = "failures are handled by";
constexpr std::string_view kPassedOn = "failures are passed on by";
constexpr std::string_view kMade = "objects on the heap are made by";
constexpr std::string_view kFreed = "memory is given back by";
constexpr std::string_view kOwners = "owning pointers";
constexpr std::string_view kAtOnce = "work at the same time by";
constexpr std::string_view kGuarded = "what is shared is guarded by";

constexpr auto kNodeSigns = std::to_array<Sign>({
    {Speech::kCpp, "throw_statement", kErrors, kReported, "throw"},
    {Speech::kCpp, "new_expression", kOwnership, kMade, "new"},
    {Speech::kCpp, "delete_expression", kOwnership, kFreed, "delete"},
    {Speech::kCpp, "co_await_expression", kConcurrency, kAtOnce, "coroutines"},
    {Speech::kCpp, "co_return_statement", kConcurrency, kAtOnce, "coroutines"},
    {Speech::kPython, "raise_statement", kErrors, kReported, "raise"},
    {Speech::kPython, "await", kConcurrency, kAtOnce, "async and await"},
    {Speech::kScript, "throw_statement", kErrors, kReported, "throw"},
    {Speech::kScript, "catch_clause", kErrors, kHandled, "try and catch"},
    {Speech::kScript, "await_expression", kConcurrency, kAtOnce, "async and await"},
    {Speech::kGo, "go_statement", kConcurrency, kAtOnce, "goroutines"},
    {Speech::kGo, "channel_type", kConcurrency, kGuarded, "channels"},
    {Speech::kRust, "try_expression", kErrors, kPassedOn, "?"},
    {Speech::kRust, "await_expression", kConcurrency, kAtOnce, "async and await"},
    {Speech::kJava, "throw_statement", kErrors, kReported, "throw"},
    {Speech::kJava, "synchronized_statement", kConcurrency, kGuarded, "synchronized"},
});

/// Words count as names of functions and types only; of C++ only behind "std::".
constexpr auto kWordSigns = std::to_array<Sign>({
    {Speech::kC, "malloc", kOwnership, kMade, "malloc"},
    {Speech::kC, "calloc", kOwnership, kMade, "malloc"},
    {Speech::kC, "free", kOwnership, kFreed, "free"},
    {Speech::kC, "errno", kErrors, kHandled, "errno"},
    {Speech::kC, "pthread_create", kConcurrency, kAtOnce, "pthread"},
    {Speech::kC, "thrd_create", kConcurrency, kAtOnce, "threads.h"},
    {Speech::kC, "pthread_mutex_lock", kConcurrency, kGuarded, "mutex"},
    {Speech::kCpp, "make_unique", kOwnership, kMade, "std::make_unique"},
    {Speech::kCpp, "make_shared", kOwnership, kMade, "std::make_shared"},
    {Speech::kCpp, "unique_ptr", kOwnership, kOwners, "std::unique_ptr"},
    {Speech::kCpp, "shared_ptr", kOwnership, kOwners, "std::shared_ptr"},
    {Speech::kCpp, "auto_ptr", kOwnership, kOwners, "std::auto_ptr"},
    {Speech::kCpp, "thread", kConcurrency, kAtOnce, "std::thread"},
    {Speech::kCpp, "jthread", kConcurrency, kAtOnce, "std::jthread"},
    {Speech::kCpp, "async", kConcurrency, kAtOnce, "std::async"},
    {Speech::kCpp, "lock_guard", kConcurrency, kGuarded, "locks of a scope"},
    {Speech::kCpp, "scoped_lock", kConcurrency, kGuarded, "locks of a scope"},
    {Speech::kCpp, "unique_lock", kConcurrency, kGuarded, "locks of a scope"},
    {Speech::kCpp, "shared_lock", kConcurrency, kGuarded, "locks of a scope"},
    {Speech::kCpp, "atomic", kConcurrency, kGuarded, "atomics"},
    {Speech::kPython, "Thread", kConcurrency, kAtOnce, "threads"},
    {Speech::kPython, "ThreadPoolExecutor", kConcurrency, kAtOnce, "executors"},
    {Speech::kPython, "ProcessPoolExecutor", kConcurrency, kAtOnce, "executors"},
    {Speech::kPython, "multiprocessing", kConcurrency, kAtOnce, "processes"},
    {Speech::kScript, "reject", kErrors, kReported, "rejected promises"},
    {Speech::kScript, "catch", kErrors, kHandled, ".catch()"},
    {Speech::kScript, "then", kConcurrency, kAtOnce, ".then()"},
    {Speech::kGo, "panic", kErrors, kReported, "panic"},
    {Speech::kGo, "Mutex", kConcurrency, kGuarded, "mutexes"},
    {Speech::kGo, "RWMutex", kConcurrency, kGuarded, "mutexes"},
    {Speech::kRust, "unwrap", kErrors, kPassedOn, "unwrap and expect"},
    {Speech::kRust, "expect", kErrors, kPassedOn, "unwrap and expect"},
    {Speech::kRust, "panic", kErrors, kReported, "panic"},
    {Speech::kRust, "Box", kOwnership, kOwners, "Box"},
    {Speech::kRust, "Rc", kOwnership, kOwners, "Rc"},
    {Speech::kRust, "Arc", kOwnership, kOwners, "Arc"},
    {Speech::kRust, "Mutex", kConcurrency, kGuarded, "mutexes"},
    {Speech::kJava, "CompletableFuture", kConcurrency, kAtOnce, "CompletableFuture"},
    {Speech::kJava, "ExecutorService", kConcurrency, kAtOnce, "executors"},
    {Speech::kJava, "Thread", kConcurrency, kAtOnce, "threads"},
    {Speech::kJava, "ReentrantLock", kConcurrency, kGuarded, "locks"},
});

/// Words of what a function gives back.
constexpr auto kResultSigns = std::to_array<Sign>({
    {Speech::kCpp, "expected", kErrors, kReported, "expected or Result"},
    {Speech::kCpp, "Expected", kErrors, kReported, "expected or Result"},
    {Speech::kCpp, "Result", kErrors, kReported, "expected or Result"},
    {Speech::kCpp, "StatusOr", kErrors, kReported, "Status or StatusOr"},
    {Speech::kCpp, "Status", kErrors, kReported, "Status or StatusOr"},
    {Speech::kCpp, "optional", kErrors, kReported, "optional"},
    {Speech::kCpp, "error_code", kErrors, kReported, "error_code"},
    {Speech::kGo, "error", kErrors, kReported, "error as a result"},
    {Speech::kRust, "Result", kErrors, kReported, "Result"},
    {Speech::kRust, "Option", kErrors, kReported, "Option"},
    {Speech::kJava, "Optional", kErrors, kReported, "Optional"},
});

using Signs = std::unordered_map<std::string_view, const Sign*>;

Signs signs_for(Speech speech, std::span<const Sign> table) {
  Signs found;
  for (const Sign& sign : table) {
    if (sign.speech == speech) found.emplace(sign.sign, &sign);
  }
  return found;
}

void count(const Sign& sign, std::size_t line, Tally& into) {
  into.add(sign.topic, sign.what, sign.value, line);
}

/// What a handler catches.
void learn_handler(const HabitSource& source, const SyntaxNode& node, Speech speech, Tally& into) {
  const std::string_view text = source.text_of(node);
  if (speech == Speech::kCpp && node.type == "catch_clause") {
    const std::string_view caught = text.substr(0, text.find('{'));
    const std::string_view how = caught.contains("...") ? "anything"
                                 : caught.contains('&') ? "reference"
                                                        : "value";
    into.add(kErrors, "exceptions are caught by", how, node.line);
  }
  if (speech == Speech::kPython && node.type == "except_clause") {
    const std::string_view caught = text.substr(0, text.find('\n'));
    const bool is_any = caught.starts_with("except:") || caught.contains("Exception:") ||
                        caught.contains("Exception as");
    into.add(kErrors, "handlers catch", is_any ? "anything" : "one kind", node.line);
  }
}

/// "return -1;", "return NULL;" in a function of C.
void learn_return(const HabitSource& source, const SyntaxNode& node, Speech speech, Tally& into) {
  const std::string_view text = source.text_of(node);
  if (speech == Speech::kC && node.type == "return_statement") {
    if (text.starts_with("return -") && text.size() > 8) {
      const bool is_named = text[8] == 'E' || begins_word(text[8]);
      const bool is_one = text.substr(8).starts_with('1') && text.size() <= 11;
      if (is_named || is_one) into.add(kErrors, kReported, "negative numbers", node.line);
    }
    if (text == "return NULL;") into.add(kErrors, kReported, "NULL", node.line);
  }
  if (speech == Speech::kPython && node.type == "return_statement" && text == "return None") {
    into.add(kErrors, kReported, "return None", node.line);
  }
}

bool is_word(const SyntaxNode& node) {
  return node.is_named && (node.type.ends_with("identifier") || node.type == "attribute");
}

void learn_results(const HabitSource& source, Speech speech, Tally& into) {
  const Signs signs = signs_for(speech, kResultSigns);
  if (signs.empty()) return;
  const FileFacts& facts = source.file.facts;
  for (const Symbol& symbol : facts.symbols) {
    if (!is_callable(symbol.kind) || !symbol.is_definition) continue;
    const bool is_before = speech == Speech::kCpp || speech == Speech::kJava;
    const std::size_t begin = is_before ? symbol.whole.begin : symbol.name_at.end;
    const std::size_t end = is_before ? symbol.name_at.begin : symbol.head.end;
    if (end <= begin || end > source.text.size()) continue;
    std::string_view head = source.text.substr(begin, end - begin);
    // Behind the parameters, that is.
    if (speech == Speech::kRust) head = head.substr(std::min(head.rfind("->"), head.size()));
    if (speech == Speech::kGo) head = head.substr(std::min(head.find(')'), head.size()));
    const Sign* said = nullptr;
    for_each_word(head, [&](std::string_view word, std::size_t) {
      const auto known = signs.find(word);
      if (said == nullptr && known != signs.end()) said = known->second;
    });
    if (said != nullptr) count(*said, symbol.line, into);
  }
}

}  // namespace

void learn_syntax(const HabitSource& source, Tally& into) {
  const Speech speech = speech_of(source.language);
  const Signs nodes = signs_for(speech, kNodeSigns);
  const Signs words = signs_for(speech, kWordSigns);
  const bool is_test = kind_of_file(source.file.path) != FileKind::kCode;
  for (const SyntaxNode& node : source.tree.nodes) {
    if (!node.is_named || is_test) continue;  // tests fail and allocate in ways of their own
    if (const auto known = nodes.find(node.type); known != nodes.end()) {
      count(*known->second, node.line, into);
    }
    learn_handler(source, node, speech, into);
    learn_return(source, node, speech, into);
    if (!is_word(node)) continue;
    const auto known = words.find(source.text_of(node));
    if (known == words.end()) continue;
    const bool is_std = source.text.substr(0, node.begin).ends_with("std::");
    if (speech != Speech::kCpp || is_std) count(*known->second, node.line, into);
  }
  if (!is_test) learn_results(source, speech, into);
}

}  // namespace automod::analyzers
