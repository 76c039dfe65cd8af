#include <map>
#include <set>
#include <string>
#include <unordered_map>

int raised(std::map<std::string, int>& table, const std::string& key) {
  if (table.find(key) != table.end()) {
    table[key] += 1;  // expect: cpp-key-looked-up-twice
    return 1;
  }
  return 0;
}

int raised_once(std::map<std::string, int>& table, const std::string& key) {
  if (const auto place = table.find(key); place != table.end()) {
    place->second += 1;
    return 1;
  }
  return 0;
}

void put(std::unordered_map<int, std::string>& names, int id, const std::string& name) {
  if (!names.contains(id)) {
    names[id] = name;  // expect: cpp-key-looked-up-twice
  }
}

void put_once(std::unordered_map<int, std::string>& names, int id, const std::string& name) {
  names.try_emplace(id, name);
}

struct Counts {
  int seen = 0;
  int kept = 0;
};

class Ledger {
 public:
  void add(int id, bool keep) {
    counts_[id].seen += 1;
    counts_[id].kept += keep ? 1 : 0;  // expect: cpp-key-looked-up-twice
  }
  void add_once(int id, bool keep) {
    Counts& own = counts_[id];
    own.seen += 1;
    own.kept += keep ? 1 : 0;
  }
  void renew(int id) {
    counts_[id].seen += 1;
    counts_.clear();
    counts_[id].seen += 1;
  }

 private:
  std::map<int, Counts> counts_;
};

int or_zero(const std::map<int, int>& table, int key) {
  return table.count(key) != 0 ? table.at(key) : 0;  // expect: cpp-key-looked-up-twice
}

int or_zero_once(const std::map<int, int>& table, int key) {
  const auto place = table.find(key);
  return place != table.end() ? place->second : 0;
}

int next(std::map<int, int>& table, int key) {
  const int first = table[key];
  ++key;
  return first + table[key];
}

int value(const std::map<int, int>& table, int key) {
  if (table.count(key)) return table.at(key);  // expect: cpp-count-then-index
  return 0;
}

int either(const std::map<int, int>& table, int key, bool first) {
  if (first) {
    return table.at(key) + 1;
  }
  return table.at(key) - 1;
}
