#include "engine/store/chain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/types/json.hpp"

namespace automod::store {

using nlohmann::json;

namespace {

/// Long enough to be found again, short enough to be read.
std::string shown(std::string_view hash) { return printable_line(hash.substr(0, 12)); }

json payload_in(const LedgerEntry& entry) { return json::parse(entry.payload, nullptr, false); }

class ChainCheck {
 public:
  ChainCheck(const std::vector<LedgerEntry>& entries, const LedgerTrust& trust,
             const std::vector<LedgerEntry>& former)
      : entries_(entries), trust_(trust), former_(former) {
    for (const LedgerEntry& entry : entries) by_hash_.emplace(entry.hash, &entry);
  }

  std::vector<LedgerProblem> run() {
    for (const LedgerEntry& entry : entries_) {
      check_place(entry);
      check_hash(entry);
      check_seal(entry);
      last_ = &entry;
    }
    for (const LedgerHead& pin : trust_.pins) check_pin(pin);
    return std::move(problems_);
  }

 private:
  void say(std::int64_t number, std::string what) {
    problems_.push_back({number, std::move(what)});
  }

  void check_place(const LedgerEntry& entry) {
    const std::int64_t expected = last_ == nullptr ? 1 : last_->number + 1;
    if (entry.number < expected) return say(entry.number, "stands twice");
    if (entry.number == expected + 1) return say(expected, "is missing");
    if (entry.number > expected) {
      return say(expected, fmt::format("is missing, and so are all before {}", entry.number));
    }
    const bool follows = last_ == nullptr
                             ? entry.previous.empty()
                             : entry.previous == last_->hash || entry.previous == hash_of(*last_);
    if (!follows) {
      say(entry.number, last_ == nullptr
                            ? std::string("is not the first: it follows another")
                            : fmt::format("does not follow entry {}: it was written after {}",
                                          last_->number, shown(entry.previous)));
    }
  }

  void check_hash(const LedgerEntry& entry) {
    const std::string actual = hash_of(entry);
    if (actual == entry.hash) return;
    // Moved rather than edited: with the number that it had, all would be well.
    LedgerEntry moved = entry;
    moved.number = original_number(entry);
    if (moved.number != entry.number && hash_of(moved) == entry.hash) {
      return say(entry.number, fmt::format("was written as entry {}", moved.number));
    }
    say(entry.number, fmt::format("was edited: its fields give hash {}, it says {}", shown(actual),
                                  shown(entry.hash)));
  }

  /// By how many entries lie behind it, whatever numbers they bear.
  std::int64_t original_number(const LedgerEntry& entry) const {
    std::int64_t number = 1;
    const std::string* previous = &entry.previous;
    while (!previous->empty() && number <= std::ssize(entries_)) {
      const auto found = by_hash_.find(*previous);
      if (found == by_hash_.end()) break;
      previous = &found->second->previous;
      ++number;
    }
    return number;
  }

  void check_seal(const LedgerEntry& entry) {
    const json payload = payload_in(entry);
    std::string sealed_by;
    if (payload.is_object()) {
      const auto found = payload.find("sealed_by");
      if (found != payload.end() && found->is_string()) sealed_by = found->get<std::string>();
    }
    if (entry.signature.empty()) {
      if (!sealed_by.empty()) say(entry.number, "its signature was removed");
      return;
    }
    if (entry.signer != sealed_by) {
      say(entry.number, fmt::format("is signed by '{}', and says '{}'",
                                    printable_line(entry.signer), printable_line(sealed_by)));
    }
    if (!trust_.check_signature) return;
    if (const auto good = trust_.check_signature(entry); !good) {
      say(entry.number, fmt::format("its signature does not hold: {}", good.error().message));
    }
  }

  void check_pin(const LedgerHead& pin) {
    if (pin.number == 0) return;
    const auto is_pinned = [&](const LedgerEntry& entry) {
      return entry.number == pin.number && entry.hash == pin.hash;
    };
    if (std::ranges::any_of(entries_, is_pinned) || std::ranges::any_of(former_, is_pinned)) {
      return;
    }
    const std::int64_t end = entries_.empty() ? 0 : entries_.back().number;
    if (pin.number > end) {
      return say(pin.number,
                 fmt::format("was cut off: somebody has seen it as {}, and the ledger ends at {}",
                             shown(pin.hash), end));
    }
    say(pin.number,
        fmt::format("is not the one that somebody has seen, which was {}", shown(pin.hash)));
  }

  const std::vector<LedgerEntry>& entries_;
  const LedgerTrust& trust_;
  const std::vector<LedgerEntry>& former_;
  std::map<std::string, const LedgerEntry*> by_hash_;
  const LedgerEntry* last_ = nullptr;
  std::vector<LedgerProblem> problems_;
};

/// The fields that differ, by name.
std::string differences(const json& entry, const json& record) {
  std::set<std::string> keys;
  for (const json* side : {&entry, &record}) {
    for (const auto& [key, ignored] : side->items()) {
      if (entry.value(key, json()) != record.value(key, json())) keys.insert(printable_line(key));
    }
  }
  return fmt::format("{}", fmt::join(keys, ", "));
}

/// What an entry says of its record: without what the ledger adds, and with what entries of
/// schema 3 and older do not say left out of both.
std::optional<std::string> compare(const LedgerEntry& entry, const Recorded& recorded) {
  json said = payload_in(entry);
  if (!said.is_object()) return "cannot be read";
  json wanted = recorded.payload;
  for (const char* added : {"sealed_by", "operation_digest"}) said.erase(added);
  if (!said.contains("record_digest")) wanted.erase("record_digest");
  if (said == wanted) return std::nullopt;
  return fmt::format("differs from its record: {}", differences(said, wanted));
}

}  // namespace

std::string hash_of(const LedgerEntry& entry) {
  return sha256(canonical({{"number", entry.number},
                           {"at", entry.at},
                           {"kind", entry.kind},
                           {"subject", entry.subject},
                           {"payload", entry.payload},
                           {"previous", entry.previous}}));
}

std::vector<LedgerProblem> check_chain(const std::vector<LedgerEntry>& entries,
                                       const LedgerTrust& trust,
                                       const std::vector<LedgerEntry>& former) {
  return ChainCheck(entries, trust, former).run();
}

std::vector<LedgerProblem> compare_records(const std::vector<LedgerEntry>& entries,
                                           const std::vector<Recorded>& records, bool complete) {
  std::vector<LedgerProblem> problems;
  std::map<std::int64_t, const LedgerEntry*> by_number;
  for (const LedgerEntry& entry : entries) by_number.emplace(entry.number, &entry);
  std::set<std::int64_t> spoken_for;
  for (const Recorded& one : records) {
    spoken_for.insert(one.number);
    const auto found = by_number.find(one.number);
    if (found == by_number.end()) {
      problems.push_back({one.number, fmt::format("is missing, and there is the record of its {}",
                                                  printable_line(one.kind))});
    } else if (found->second->kind != one.kind || found->second->subject != one.subject) {
      problems.push_back(
          {one.number,
           fmt::format("speaks of another {} than the record that refers to it", one.kind)});
    } else if (auto difference = compare(*found->second, one)) {
      problems.push_back({one.number, std::move(*difference)});
    }
  }
  for (const LedgerEntry& entry : entries) {
    if (!complete || entry.kind == "recovery" || spoken_for.contains(entry.number)) continue;
    problems.push_back({entry.number, fmt::format("has no record: that of its {} was removed",
                                                  printable_line(entry.kind))});
  }
  return problems;
}

void sort_problems(std::vector<LedgerProblem>& problems) {
  const auto key = [](const LedgerProblem& one) { return std::tie(one.number, one.what); };
  std::ranges::sort(problems, {}, key);
  const auto doubles = std::ranges::unique(problems);
  problems.erase(doubles.begin(), doubles.end());
}

}  // namespace automod::store
