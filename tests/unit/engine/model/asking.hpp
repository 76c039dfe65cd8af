#pragma once

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "engine/model/asker.hpp"
#include "engine/model/model.hpp"

namespace automod::model {

/// Waiting takes no time; it is only later then. Several threads may look at it.
class HandClock final : public Clock {
 public:
  Time now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  void wait_until(Time time, const CancelToken&) const override {
    const std::scoped_lock lock(mutex_);
    waits_.push_back(time - now_);
    now_ = std::max(now_, time);
  }
  void advance(std::chrono::milliseconds by) {
    const std::scoped_lock lock(mutex_);
    now_ += by;
  }
  std::vector<std::chrono::milliseconds> waits() const {
    const std::scoped_lock lock(mutex_);
    return waits_;
  }

 private:
  mutable std::mutex mutex_;
  mutable Time now_ = Time(std::chrono::seconds(1'800'000'000));  // 2027-01-15 08:00
  mutable std::vector<std::chrono::milliseconds> waits_;
};

/// Sets a variable, or unsets it, until it goes.
class Variable {
 public:
  Variable(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(before_); }

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) setenv(name_.c_str(), value->c_str(), 1);
    if (!value) unsetenv(name_.c_str());
  }
  std::string name_;
  std::optional<std::string> before_;
};

/// What a model did: shared by the client that is handed over and the test that looks.
struct Script {
  std::mutex mutex;
  std::deque<Reply> replies;  // when there is none: "answer N"
  std::vector<Question> asked;
  std::function<void(const Question&)> then;  // called while it is asked, from its thread
};

class FakeClient final : public Client {
 public:
  explicit FakeClient(Script& script) : script_(script) {}
  Reply ask(const Question& question, const CancelToken&) override {
    if (script_.then) script_.then(question);
    const std::scoped_lock lock(script_.mutex);
    script_.asked.push_back(question);
    if (script_.replies.empty()) return answer();
    Reply reply = std::move(script_.replies.front());
    script_.replies.pop_front();
    return reply;
  }

 private:
  Answer answer() const {
    Answer answer;
    answer.text = "answer " + std::to_string(script_.asked.size());
    answer.model = "fake-1";
    answer.usage = {.input = 1000, .cached = 0, .written = 0, .output = 500};
    return answer;
  }
  Script& script_;
};

inline std::unexpected<Failure> failing(FailureKind kind, std::string message) {
  return std::unexpected(Failure{.kind = kind, .message = std::move(message)});
}

inline Question question(std::string material) {
  Question question;
  question.instructions = "You change code.";
  question.material = std::move(material);
  return question;
}

inline TempDir test_dir() {
  return std::move(*TempDir::create(std::filesystem::temp_directory_path(), "model-test-"));
}

}  // namespace automod::model
