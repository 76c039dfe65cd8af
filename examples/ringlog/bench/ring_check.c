// ring_check SEED: fills rings with made-up lines, resizes, saves and loads them, and prints what
// they hold. Two versions that do the same print the same.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "ring.h"
#include "store.h"

static unsigned long long state;

static unsigned below(unsigned limit) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (unsigned)(state >> 33) % limit;
}

// Words of one to twelve letters, at most `most` of them; sometimes with a level in front.
static const char* made_up_line(unsigned most) {
  static const char* const fronts[] = {
      "", "", "debug: ", "info:", "warning:   ", "error: ", "ERROR: "};
  static char line[4096];
  strcpy(line, fronts[below(7)]);
  size_t length = strlen(line);
  for (unsigned words = 1 + below(most); words > 0; words--) {
    for (unsigned size = 1 + below(12); size > 0; size--) line[length++] = (char)('a' + below(26));
    if (words > 1) line[length++] = below(9) == 0 ? ':' : ' ';
  }
  line[length] = '\0';
  return line;
}

static void print_ring(const struct ring* ring) {
  printf("%zu of %zu, %lu dropped, about %d characters\n", ring->count, ring->capacity,
         ring->dropped, (int)ring_average_length(ring));
  for (enum level level = LEVEL_DEBUG; level <= LEVEL_ERROR; level++) {
    printf("%s: %zu\n", level_name(level), ring_count_level(ring, level));
  }
  for (size_t i = 0; i < ring->count; i++) {
    const struct entry* entry = ring_at(ring, i);
    printf("%s|%s\n", level_name(entry->level), entry->text);
  }
}

static void push_lines(struct ring* ring, unsigned lines, unsigned words) {
  for (; lines > 0; lines--) {
    struct entry entry;
    if (entry_parse(made_up_line(words), &entry)) ring_push(ring, entry);
  }
}

static int save_and_load(const char* path, const struct ring* ring) {
  struct ring loaded;
  if (!store_save(path, ring) || !store_load(path, &loaded)) return 1;
  print_ring(&loaded);
  ring_free(&loaded);
  return 0;
}

static void match(void) {
  struct entry entry;
  if (!entry_parse(made_up_line(1), &entry)) return;
  char pattern[4] = {(char)('a' + below(26)), (char)('A' + below(26)), '\0', '\0'};
  if (below(3) > 0) pattern[1] = '\0';
  printf("%s in %s: %d\n", pattern, entry.text, entry_matches(&entry, LEVEL_INFO, pattern));
  entry_free(&entry);
}

int main(int argc, char** argv) {
  state = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
  const char* path = argc > 2 ? argv[2] : "ring_check.ringlog";
  int status = 0;
  for (int round = 0; round < 20 && status == 0; round++) {
    struct ring ring;
    if (!ring_init(&ring, 1 + below(40))) return 1;
    push_lines(&ring, below(90), 1 + below(200));
    if (!ring_resize(&ring, 1 + below(60))) return 1;
    push_lines(&ring, below(30), 4);
    print_ring(&ring);
    status = save_and_load(path, &ring);
    ring_free(&ring);
  }
  for (int i = 0; i < 300; i++) match();
  remove(path);
  return status;
}
