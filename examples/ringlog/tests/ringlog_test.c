// ringlog_test [FOLDER]: runs all tests, one line each; exits with 1 when one failed. Files are
// written to FOLDER, or else to the current folder.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "ring.h"
#include "store.h"

static int failed_checks;
static const char* folder = ".";

#define CHECK(condition)                                                   \
  do {                                                                     \
    if (!(condition)) {                                                    \
      printf("%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      failed_checks++;                                                     \
    }                                                                      \
  } while (0)

static const char* scratch_file(const char* name) {
  static char path[512];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  return path;
}

static void push(struct ring* ring, const char* line) {
  struct entry entry;
  if (!entry_parse(line, &entry)) abort();
  ring_push(ring, entry);
}

// The texts from the oldest to the newest, separated by spaces.
static const char* texts(const struct ring* ring) {
  static char all[256];
  all[0] = '\0';
  for (size_t i = 0; i < ring->count; i++) {
    if (i > 0) strcat(all, " ");
    strcat(all, ring_at(ring, i)->text);
  }
  return all;
}

static void a_level_in_front_is_read(void) {
  struct entry entry;
  CHECK(entry_parse("warning: disk is nearly full", &entry));
  CHECK(entry.level == LEVEL_WARNING);
  CHECK(strcmp(entry.text, "disk is nearly full") == 0);
  entry_free(&entry);
}

static void a_line_without_a_level_is_information(void) {
  struct entry entry;
  CHECK(entry_parse("time: 12:30", &entry));
  CHECK(entry.level == LEVEL_INFO);
  CHECK(strcmp(entry.text, "time: 12:30") == 0);
  entry_free(&entry);
}

static void a_pattern_matches_in_any_case(void) {
  struct entry entry;
  CHECK(entry_parse("error: Disk full", &entry));
  CHECK(entry_matches(&entry, LEVEL_DEBUG, "disk"));
  CHECK(entry_matches(&entry, LEVEL_ERROR, "FULL"));
  CHECK(entry_matches(&entry, LEVEL_ERROR, NULL));
  CHECK(!entry_matches(&entry, LEVEL_DEBUG, "memory"));
  entry_free(&entry);
}

static void a_lower_level_does_not_match(void) {
  struct entry entry;
  CHECK(entry_parse("info: started", &entry));
  CHECK(entry_matches(&entry, LEVEL_INFO, NULL));
  CHECK(!entry_matches(&entry, LEVEL_WARNING, NULL));
  entry_free(&entry);
}

static void a_full_ring_drops_the_oldest(void) {
  struct ring ring;
  CHECK(ring_init(&ring, 3));
  push(&ring, "one");
  push(&ring, "two");
  push(&ring, "three");
  CHECK(strcmp(texts(&ring), "one two three") == 0);
  push(&ring, "four");
  push(&ring, "five");
  CHECK(strcmp(texts(&ring), "three four five") == 0);
  CHECK(ring.dropped == 2);
  ring_free(&ring);
}

static void resizing_keeps_the_newest(void) {
  struct ring ring;
  CHECK(ring_init(&ring, 4));
  push(&ring, "one");
  push(&ring, "two");
  push(&ring, "three");
  CHECK(ring_resize(&ring, 2));
  CHECK(strcmp(texts(&ring), "two three") == 0);
  CHECK(ring.dropped == 1);
  CHECK(ring_resize(&ring, 5));
  push(&ring, "four");
  CHECK(strcmp(texts(&ring), "two three four") == 0);
  ring_free(&ring);
}

static void entries_are_counted_by_level(void) {
  struct ring ring;
  CHECK(ring_init(&ring, 4));
  push(&ring, "error: one");
  push(&ring, "two");
  push(&ring, "error: three");
  CHECK(ring_count_level(&ring, LEVEL_ERROR) == 2);
  CHECK(ring_count_level(&ring, LEVEL_INFO) == 1);
  CHECK(ring_count_level(&ring, LEVEL_DEBUG) == 0);
  ring_free(&ring);
}

static void the_average_length_counts_the_texts(void) {
  struct ring ring;
  CHECK(ring_init(&ring, 4));
  CHECK(ring_average_length(&ring) == 0);
  push(&ring, "error: four");
  push(&ring, "sixsix");
  CHECK(ring_average_length(&ring) == 5);
  ring_free(&ring);
}

static void a_saved_ring_is_loaded_as_it_was(void) {
  const char* path = scratch_file("saved.ringlog");
  struct ring ring;
  struct ring loaded;
  CHECK(ring_init(&ring, 2));
  push(&ring, "one");
  push(&ring, "error: two");
  push(&ring, "debug: three");
  CHECK(store_save(path, &ring));
  CHECK(store_load(path, &loaded));
  CHECK(strcmp(texts(&loaded), "two three") == 0);
  CHECK(ring_at(&loaded, 0)->level == LEVEL_ERROR);
  CHECK(loaded.capacity == 2);
  CHECK(loaded.dropped == 1);
  ring_free(&loaded);
  ring_free(&ring);
  remove(path);
}

static void a_foreign_file_is_not_loaded(void) {
  const char* path = scratch_file("diary.txt");
  FILE* out = fopen(path, "w");
  CHECK(out != NULL);
  fputs("dear diary\n", out);
  fclose(out);
  struct ring ring;
  CHECK(!store_load(path, &ring));
  remove(path);
}

static void an_absent_file_is_not_loaded(void) {
  struct ring ring;
  CHECK(!store_load(scratch_file("absent.ringlog"), &ring));
}

static void long_lines_are_read_whole(void) {
  const char* path = scratch_file("long.txt");
  FILE* file = fopen(path, "w+");
  CHECK(file != NULL);
  for (int i = 0; i < 500; i++) fputc('x', file);
  fputs("\nlast", file);
  rewind(file);
  char* line = read_line(file);
  CHECK(line != NULL && strlen(line) == 500);
  free(line);
  line = read_line(file);
  CHECK(line != NULL && strcmp(line, "last") == 0);
  free(line);
  CHECK(read_line(file) == NULL);
  fclose(file);
  remove(path);
}

struct test {
  const char* name;
  void (*run)(void);
};

#define TEST(name) {#name, name}

static const struct test tests[] = {
    TEST(a_level_in_front_is_read),         TEST(a_line_without_a_level_is_information),
    TEST(a_pattern_matches_in_any_case),    TEST(a_lower_level_does_not_match),
    TEST(a_full_ring_drops_the_oldest),     TEST(resizing_keeps_the_newest),
    TEST(entries_are_counted_by_level),     TEST(the_average_length_counts_the_texts),
    TEST(a_saved_ring_is_loaded_as_it_was), TEST(a_foreign_file_is_not_loaded),
    TEST(an_absent_file_is_not_loaded),     TEST(long_lines_are_read_whole),
};

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc > 1) folder = argv[1];
  int failed_tests = 0;
  const size_t count = sizeof(tests) / sizeof(tests[0]);
  for (size_t i = 0; i < count; i++) {
    const int before = failed_checks;
    tests[i].run();
    const int passed = failed_checks == before;
    if (!passed) failed_tests++;
    printf("%s %s\n", passed ? "ok  " : "FAIL", tests[i].name);
  }
  printf("%zu tests, %d failed\n", count, failed_tests);
  return failed_tests == 0 ? 0 : 1;
}
