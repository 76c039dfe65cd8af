#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <string>

enum class ParseError { kNone, kSyntax };
enum class Color { kRed, kGreen };

template <class T>
class Result {
 public:
  bool ok() const { return ok_; }

 private:
  T value_{};
  bool ok_ = false;
};

ParseError parse(const std::string& text);
Color paint();
Result<int> count(const std::string& text);

void read_config(const std::string& text) {
  parse(text);  // expect: cpp-result-dropped
}

bool read_config_checked(const std::string& text) {
  paint();
  return parse(text) == ParseError::kNone;
}

void count_twice(const std::string& text) {
  for (int i = 0; i < 2; ++i) count(text);  // expect: cpp-result-dropped
}

bool count_checked(const std::string& text) {
  for (int i = 0; i < 2; ++i) {
    if (!count(text).ok()) return false;
  }
  return true;
}

void drop_on_purpose(const std::string& text) { (void)parse(text); }

void save(int file, const char* bytes, std::size_t size) {
  write(file, bytes, size);  // expect: cpp-failure-unseen
}

bool save_checked(int file, const char* bytes, std::size_t size) {
  return write(file, bytes, size) == static_cast<ssize_t>(size);
}

void enter(const char* folder) {
  chdir(folder);  // expect: cpp-failure-unseen
  unlink("old");
}

bool enter_checked(const char* folder) {
  if (chdir(folder) != 0) return false;
  unlink("old");
  return true;
}

void shorten(int file) {
  if (file >= 0) ftruncate(file, 0);  // expect: cpp-failure-unseen
}

void complain() { write(STDERR_FILENO, "no\n", 3); }
