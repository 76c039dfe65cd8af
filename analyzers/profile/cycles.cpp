#include "analyzers/profile/cycles.hpp"

#include <algorithm>

namespace automod::analyzers {

namespace {

using Number = std::uint32_t;

/// Tarjan's algorithm, without recursion: what is read may be as deep as it likes.
class Cycles {
 public:
  Cycles(Number count, const std::vector<std::pair<Number, Number>>& calls)
      : begins_(count + 1), low_(count), order_(count), cycle_(count), is_open_(count) {
    for (const auto& [from, to] : calls) ++begins_[from + 1];
    for (Number i = 0; i < count; ++i) begins_[i + 1] += begins_[i];
    targets_.resize(calls.size());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (const auto& [from, to] : calls) targets_[next[from]++] = to;
  }

  std::vector<Number> all() {
    for (Number i = 0; i < order_.size(); ++i) {
      if (order_[i] == 0) walk(i);
    }
    return std::move(cycle_);
  }

 private:
  struct Visit {
    Number node;
    std::size_t next;  // in targets_
  };

  void enter(Number node) {
    order_[node] = low_[node] = ++entered_;
    open_.push_back(node);
    is_open_[node] = true;
    way_.push_back({.node = node, .next = begins_[node]});
  }

  void walk(Number first) {
    enter(first);
    while (!way_.empty()) {
      Visit& here = way_.back();
      if (here.next < begins_[here.node + 1]) {
        const Number to = targets_[here.next++];
        if (order_[to] == 0) {
          enter(to);
        } else if (is_open_[to]) {
          low_[here.node] = std::min(low_[here.node], order_[to]);
        }
        continue;
      }
      leave(here.node);
    }
  }

  void leave(Number node) {
    way_.pop_back();
    if (!way_.empty()) low_[way_.back().node] = std::min(low_[way_.back().node], low_[node]);
    if (low_[node] != order_[node]) return;
    Number member = node;
    do {
      member = open_.back();
      open_.pop_back();
      is_open_[member] = false;
      cycle_[member] = node;
    } while (member != node);
  }

  std::vector<std::size_t> begins_;
  std::vector<Number> targets_;
  std::vector<Number> low_;
  std::vector<Number> order_;  // in which they were entered, from 1; 0: not yet
  std::vector<Number> cycle_;
  std::vector<bool> is_open_;
  std::vector<Number> open_;
  std::vector<Visit> way_;
  Number entered_ = 0;
};

}  // namespace

std::vector<Number> cycles_of(Number count, const std::vector<std::pair<Number, Number>>& calls) {
  return Cycles(count, calls).all();
}

}  // namespace automod::analyzers
