#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

std::string name_of(int id);

std::string_view label(int id) {
  std::string text = name_of(id);
  return text;  // expect: cpp-returns-dead-address
}

std::string label_kept(int id) {
  std::string text = name_of(id);
  return text;
}

const char* text_of(int id) {
  std::string text = name_of(id);
  return text.c_str();  // expect: cpp-returns-dead-address
}

const char* text_of_static() {
  static const std::string text = "static";
  return text.c_str();
}

const int& larger(int left, int right) {
  const int most = left > right ? left : right;
  return most;  // expect: cpp-returns-dead-address
}

const int& larger_borrowed(const int& left, const int& right) { return left > right ? left : right; }

std::size_t length(int id) {
  std::string_view view = name_of(id);  // expect: cpp-dangling
  return view.size();
}

std::size_t length_kept(int id) {
  const std::string name = name_of(id);
  std::string_view view = name;
  return view.size();
}

std::function<int()> counter(int from) {
  return [&from] { return from + 1; };  // expect: cpp-escaping-capture
}

std::function<int()> counter_of_its_own(int from) {
  return [from] { return from + 1; };
}

class Button {
 public:
  void arm(int times) {
    action_ = [&] { pressed_ += times; };  // expect: cpp-escaping-capture
  }
  void arm_by_value(int times) {
    action_ = [this, times] { pressed_ += times; };
  }
  void arm_for_now(int times) {
    action_ = [&] { pressed_ += times; };
    action_();
    action_ = nullptr;
  }

 private:
  std::function<void()> action_;
  int pressed_ = 0;
};

void work(int& done);

void start() {
  int done = 0;
  std::thread worker([&done] { work(done); });  // expect: cpp-escaping-capture
  worker.detach();
}

void wait_for(const int& done);

void start_and_wait() {
  int done = 0;
  std::thread([&done] { work(done); }).detach();
  wait_for(done);
}

void run() {
  int done = 0;
  std::thread worker([&done] { work(done); });
  worker.join();
}
