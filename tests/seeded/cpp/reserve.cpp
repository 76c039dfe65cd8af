#include <map>
#include <string>
#include <vector>

std::vector<std::string> lengths(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const std::string& word : words) {
    const std::size_t size = word.size();
    all.push_back(std::to_string(size));  // expect: cpp-grows-without-reserve
  }
  return all;
}

std::vector<std::string> lengths_reserved(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  all.reserve(words.size());
  for (const std::string& word : words) {
    const std::size_t size = word.size();
    all.push_back(std::to_string(size));
  }
  return all;
}

std::vector<int> keys(const std::map<int, std::string>& table) {
  std::vector<int> all;
  int sum = 0;
  for (const auto& [key, value] : table) {
    sum += key;
    all.emplace_back(sum);  // expect: cpp-grows-without-reserve
  }
  return all;
}

std::vector<int> some_keys(const std::map<int, std::string>& table) {
  std::vector<int> all;
  for (const auto& [key, value] : table) {
    if (value.empty()) continue;
    all.emplace_back(key);
  }
  return all;
}

std::vector<int> squares(int count) {
  std::vector<int> all;
  for (int i = 0; i < count; ++i) {
    const int square = i * i;
    all.push_back(square);  // expect: cpp-grows-without-reserve
  }
  return all;
}

std::vector<int> squares_of_few() {
  std::vector<int> all;
  for (int i = 0; i < 3; ++i) {
    const int square = i * i;
    all.push_back(square);
  }
  return all;
}

std::vector<std::vector<int>> rows(const std::vector<std::vector<int>>& from) {
  std::vector<std::vector<int>> all;
  all.reserve(from.size());
  for (const auto& one : from) {
    std::vector<int> row;
    for (std::size_t i = 0; i < one.size(); ++i) {
      const int doubled = one[i] * 2;
      row.push_back(doubled);  // expect: cpp-grows-without-reserve
    }
    all.push_back(row);  // expect: cpp-copied-at-last-use
  }
  return all;
}

std::vector<int> until_zero(const std::vector<int>& from) {
  std::vector<int> all;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const int one = from[i];
    if (one == 0) break;
    all.push_back(one);
  }
  return all;
}

std::vector<int> plain(const std::vector<int>& from) {
  std::vector<int> all;
  for (const int one : from) all.push_back(one);  // expect: performance-inefficient-vector-operation
  return all;
}

std::vector<int> plain_reserved(const std::vector<int>& from) {
  std::vector<int> all;
  all.reserve(from.size());
  for (const int one : from) all.push_back(one);
  return all;
}
