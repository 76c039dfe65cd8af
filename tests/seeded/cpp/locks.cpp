#include <map>
#include <mutex>
#include <string>

class Bank {
 public:
  void move_in() {
    const std::lock_guard<std::mutex> one(accounts_);
    const std::lock_guard<std::mutex> two(journal_);  // expect: cpp-lock-order
    ++moved_;
  }
  void move_out() {
    const std::lock_guard<std::mutex> one(journal_);
    const std::lock_guard<std::mutex> two(accounts_);  // expect: cpp-lock-order
    --moved_;
  }

 private:
  std::mutex accounts_;
  std::mutex journal_;
  int moved_ = 0;
};

class Shop {
 public:
  void buy() {
    const std::lock_guard<std::mutex> one(shelf_);
    const std::lock_guard<std::mutex> two(till_);
    ++sold_;
  }
  void give_back() {
    const std::scoped_lock both(till_, shelf_);
    --sold_;
  }
  void count() {
    const std::lock_guard<std::mutex> one(shelf_);
    const std::lock_guard<std::mutex> two(till_);
  }

 private:
  std::mutex shelf_;
  std::mutex till_;
  int sold_ = 0;
};

class Log {
 public:
  void write(const std::string& line) {
    const std::lock_guard<std::mutex> guard(lines_);
    count();  // expect: cpp-lock-order
    last_ = line;
  }
  void reset() {
    const std::lock_guard<std::mutex> guard(counts_);
    const std::lock_guard<std::mutex> inner(lines_);  // expect: cpp-lock-order
    count_ = 0;
  }

 private:
  void count() {
    const std::lock_guard<std::mutex> guard(counts_);
    ++count_;
  }
  std::mutex lines_;
  std::mutex counts_;
  std::string last_;
  int count_ = 0;
};

class Table {
 public:
  int size() {
    const std::lock_guard<std::mutex> guard(mutex_);
    return static_cast<int>(rows_.size());
  }
  void add(int row) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (size() < 10) rows_[row] = 1;  // expect: cpp-locked-twice
  }
  void add_first(int row) {
    const bool fits = size() < 10;
    const std::lock_guard<std::mutex> guard(mutex_);
    if (fits) rows_[row] = 1;
  }
  void clear() {
    const std::lock_guard<std::mutex> guard(mutex_);
    {
      const std::unique_lock<std::mutex> again(mutex_);  // expect: cpp-locked-twice
      rows_.clear();
    }
  }
  void clear_in_turn() {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      rows_.clear();
    }
    const std::unique_lock<std::mutex> again(mutex_);
    rows_[0] = 0;
  }

 private:
  std::mutex mutex_;
  std::map<int, int> rows_;
};

std::mutex gate;
int open_doors = 0;

bool open_door(bool allowed) {
  gate.lock();
  if (!allowed) return false;  // expect: cpp-left-locked
  ++open_doors;
  gate.unlock();
  return true;
}

bool open_door_safely(bool allowed) {
  gate.lock();
  if (!allowed) {
    gate.unlock();
    return false;
  }
  ++open_doors;
  gate.unlock();
  return true;
}
