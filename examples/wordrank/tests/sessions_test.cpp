#include "wordrank/sessions.hpp"

#include <thread>

#include "check.hpp"

using wordrank::SessionTable;

TEST(a_session_remembers_the_last_query) {
  SessionTable table;
  table.open("ann", 0);
  table.record("ann", "red house", 10);
  table.record("ann", "blue door", 20);
  CHECK_EQUAL(table.find("ann")->last_query, "blue door");
  CHECK_EQUAL(table.find("ann")->last_seen, 20);
  CHECK(!table.find("bob"));
}

TEST(recording_opens_a_session) {
  SessionTable table;
  table.record("bob", "house", 5);
  CHECK_EQUAL(table.size(), 1u);
  CHECK_EQUAL(table.describe(), "bob: house\n");
}

TEST(idle_sessions_expire_and_the_others_keep_their_order) {
  SessionTable table(100);
  for (int i = 0; i < 6; ++i) table.record("user" + std::to_string(i), "q", i % 2 == 0 ? 0 : 90);
  CHECK_EQUAL(table.expire(110), 3u);
  CHECK_EQUAL(table.describe(), "user1: q\nuser3: q\nuser5: q\n");
}

TEST(a_session_is_not_idle_before_the_time_is_over) {
  SessionTable table(100);
  table.open("ann", 0);
  CHECK_EQUAL(table.expire(100), 0u);
  CHECK_EQUAL(table.expire(101), 1u);
}

TEST(waking_counts_the_sessions_that_were_idle) {
  SessionTable table(100);
  table.open("ann", 0);
  table.open("bob", 150);
  CHECK_EQUAL(table.wake_all(200), 1u);
  CHECK_EQUAL(table.wake_all(201), 0u);
  CHECK_EQUAL(table.expire(250), 0u);
}

TEST(threads_can_record_at_the_same_time) {
  SessionTable table;
  const auto work = [&](const std::string& user) {
    for (int i = 0; i < 1000; ++i) table.record(user, "q" + std::to_string(i), i);
  };
  std::thread first(work, "ann");
  std::thread second(work, "bob");
  first.join();
  second.join();
  CHECK_EQUAL(table.size(), 2u);
}
