#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>

#include "base/fd.hpp"
#include "tests/unit/engine/store/fixture.hpp"

/// What survives when processes write at once, are killed, or run out of room. Children report
/// through their exit code or a pipe: a failed REQUIRE means nothing over there.
namespace automod::store {

namespace {

constexpr std::size_t kIdLength = 36;

pid_t start(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  REQUIRE(child > 0);
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    REQUIRE(pipe(ends) == 0);
    read_end = Fd(ends[0]);
    write_end = Fd(ends[1]);
  }
  Fd read_end;
  Fd write_end;
};

/// Everything that was written to the pipe, split into ids; a half one at the end is none.
std::vector<std::string> read_ids(int fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(fd, buffer, sizeof buffer)) > 0;) {
    all.append(buffer, static_cast<std::size_t>(got));
  }
  std::vector<std::string> ids;
  ids.reserve(all.size() / kIdLength);
  for (std::size_t at = 0; at + kIdLength <= all.size(); at += kIdLength) {
    ids.push_back(all.substr(at, kIdLength));
  }
  return ids;
}

std::set<std::string> ids_in(const Store& store) {
  std::set<std::string> all;
  for (const auto& one : take(store.list({}))) all.insert(one.modification.id.text);
  return all;
}

/// Records modifications until it is killed, telling each as soon as it is acknowledged.
int record_for_ever(const StoreTest& test, int out) {
  auto store = Store::open(test.folder(), test.clock);
  for (int i = 0; store; ++i) {
    auto added =
        store->add_modification(some_modification(test.session, fmt::format("{}-{}", getpid(), i)));
    if (!added) return 1;
    if (write(out, added->id.text.data(), kIdLength) != static_cast<ssize_t>(kIdLength)) return 2;
  }
  return 3;
}

}  // namespace

TEST_CASE_METHOD(StoreTest, "four processes that write at once lose nothing") {
  constexpr int kEach = 50;
  std::vector<pid_t> children;
  children.reserve(4);
  for (int process = 0; process < 4; ++process) {
    children.push_back(start([&] {
      auto mine = Store::open(folder(), clock);
      for (int i = 0; i < kEach; ++i) {
        const std::string text = fmt::format("{}-{}", process, i);
        if (!mine || !mine->add_modification(some_modification(session, text))) return 1;
      }
      return 0;
    }));
  }
  for (const pid_t child : children) CHECK(wait_for(child) == 0);
  CHECK(take(store.list({})).size() == 4 * kEach);
  CHECK(take(store.ledger()).size() == 4 * kEach + 1);
  CHECK(first_problem(store) == std::nullopt);
}

TEST_CASE("processes that create the database at once agree") {
  const SystemClock clock;
  const TempDir dir = scratch_folder();
  for (int round = 0; round < 25; ++round) {
    const auto folder = dir.path() / fmt::format("{}", round);
    std::vector<pid_t> children;
    children.reserve(4);
    for (int process = 0; process < 4; ++process) {
      children.push_back(start([&] {
        auto mine = Store::open(folder, clock);
        return mine && mine->begin_session("/", {}, SafetyLevel::kModerate) ? 0 : 1;
      }));
    }
    for (const pid_t child : children) CHECK(wait_for(child) == 0);
    const Store store = take(Store::open(folder, clock));
    CHECK(take(store.sessions(10)).size() == 4);
  }
}

TEST_CASE_METHOD(StoreTest, "what was acknowledged survives kill -9") {
  std::set<std::string> acknowledged;
  for (unsigned round = 0; round < 12; ++round) {
    Pipe pipe;
    const pid_t child = start([&] { return record_for_ever(*this, pipe.write_end.get()); });
    pipe.write_end.reset();
    pollfd first{pipe.read_end.get(), POLLIN, 0};
    REQUIRE(poll(&first, 1, 60000) == 1);
    usleep(round * 7919 % 20000);
    REQUIRE(kill(child, SIGKILL) == 0);
    REQUIRE(WIFSIGNALED(wait_for(child)));
    for (const std::string& id : read_ids(pipe.read_end.get())) acknowledged.insert(id);
    const Store reopened = open();
    const std::set<std::string> there = ids_in(reopened);
    REQUIRE(std::ranges::includes(there, acknowledged));
    // At most the one that was under way was kept without having been acknowledged.
    REQUIRE(there.size() <= acknowledged.size() + round + 1);
    REQUIRE(first_problem(reopened) == std::nullopt);
  }
  CHECK(acknowledged.size() >= 12);
  CHECK(ask("PRAGMA integrity_check") == "ok");
  CHECK(ask("SELECT count(*) FROM modifications m WHERE NOT EXISTS (SELECT 1 FROM "
            "code_modifications c WHERE c.modification_id = m.id)") == "0");
}

TEST_CASE_METHOD(StoreTest, "a transaction that was under way when its process died is gone") {
  const pid_t child = start([&] {
    auto database = open_database(file());
    if (!database || !database->run("BEGIN IMMEDIATE; INSERT INTO evidence VALUES ('d', 'e');")) {
      return 1;
    }
    raise(SIGKILL);
    return 2;
  });
  REQUIRE(WIFSIGNALED(wait_for(child)));
  CHECK(ask("SELECT count(*) FROM evidence") == "0");
  propose();
}

TEST_CASE_METHOD(StoreTest, "without room the error is clean and nothing is lost") {
  Pipe pipe;
  const pid_t child = start([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1200 * 1024, 1200 * 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto mine = Store::open(folder(), clock);
    if (!mine) return 1;
    const std::string large(50 * 1024, 'x');
    for (int i = 0; i < 100; ++i) {
      auto added = mine->add_modification(some_modification(session, large + std::to_string(i)));
      if (!added) {
        const bool clean = added.error().kind == ErrorKind::kInternal &&
                           added.error().hint.find("room") != std::string::npos;
        return clean && mine->list({}) ? 0 : 2;
      }
      if (write(pipe.write_end.get(), added->id.text.data(), kIdLength) < 0) return 3;
    }
    return 4;
  });
  pipe.write_end.reset();
  const auto acknowledged = read_ids(pipe.read_end.get());
  CHECK(wait_for(child) == 0);
  CHECK_FALSE(acknowledged.empty());
  CHECK(ids_in(open()) == std::set<std::string>(acknowledged.begin(), acknowledged.end()));
  CHECK(first_problem(store) == std::nullopt);
  propose("there is room again");
}

TEST_CASE_METHOD(StoreTest, "a reader is not disturbed by a writer") {
  const Modification one = propose();
  Database writer = take(open_database(file()));
  const auto transaction = take(Transaction::begin(writer));
  take(writer.run("INSERT INTO evidence VALUES ('d', 'e')"));
  CHECK(take(store.list({})).size() == 1);
  CHECK(look(one).modification.id == one.id);
}

}  // namespace automod::store
