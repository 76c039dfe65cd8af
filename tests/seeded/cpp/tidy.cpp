#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

std::size_t used_after_move(std::string text, std::vector<std::string>& all) {
  all.push_back(std::move(text));
  return text.size();  // expect: bugprone-use-after-move
}

std::size_t used_before_move(std::string text, std::vector<std::string>& all) {
  const std::size_t size = text.size();
  all.push_back(std::move(text));
  return size;
}

double share(int part, int whole) {
  const double result = part / whole;  // expect: bugprone-integer-division
  return result;
}

double share_exact(int part, int whole) {
  const double result = static_cast<double>(part) / whole;
  return result;
}

void refuse(bool bad) {
  if (bad) std::runtime_error("bad");  // expect: bugprone-throw-keyword-missing
}

void refuse_loudly(bool bad) {
  if (bad) throw std::runtime_error("bad");
}

bool has_size(const std::vector<int>& all) {
  return sizeof(all) > 0;  // expect: bugprone-sizeof-container
}

bool has_elements(const std::vector<int>& all) { return all.size() > 0; }

std::string rule() {
  std::string line('-', 20);  // expect: bugprone-string-constructor
  return line;
}

std::string rule_in_order() {
  std::string line(20, '-');
  return line;
}
