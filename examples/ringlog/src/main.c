// ringlog: keeps the newest lines of a log in a file that does not grow.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "ring.h"
#include "store.h"

enum { DEFAULT_CAPACITY = 1000 };

static const char usage[] =
    "usage: ringlog FILE append            add the lines of standard input\n"
    "       ringlog FILE show [LEVEL [PATTERN]]\n"
    "       ringlog FILE resize CAPACITY\n"
    "       ringlog FILE stats\n";

static int append(const char* path, struct ring* ring) {
  char* line;
  while ((line = read_line(stdin)) != NULL) {
    struct entry entry;
    if (entry_parse(line, &entry)) ring_push(ring, entry);
    free(line);
  }
  return store_save(path, ring) ? 0 : 1;
}

static int show(const struct ring* ring, const char* level, const char* pattern) {
  enum level least = LEVEL_DEBUG;
  if (level != NULL && !level_parse(level, &least)) {
    fprintf(stderr, "ringlog: unknown level '%s'\n", level);
    return 2;
  }
  for (size_t i = 0; i < ring->count; i++) {
    const struct entry* entry = ring_at(ring, i);
    if (entry_matches(entry, least, pattern)) {
      printf("%-7s  %s\n", level_name(entry->level), entry->text);
    }
  }
  return 0;
}

static int resize(const char* path, struct ring* ring, const char* capacity) {
  const int wanted = atoi(capacity);
  if (wanted < 1) {
    fprintf(stderr, "ringlog: capacity is '%s', wanted a number of at least 1\n", capacity);
    return 2;
  }
  if (!ring_resize(ring, (size_t)wanted)) return 1;
  return store_save(path, ring) ? 0 : 1;
}

static int stats(const struct ring* ring) {
  printf("%zu of %zu entries, %lu dropped, %.1f characters on average\n", ring->count,
         ring->capacity, ring->dropped, ring_average_length(ring));
  for (enum level level = LEVEL_DEBUG; level <= LEVEL_ERROR; level++) {
    printf("%-7s  %zu\n", level_name(level), ring_count_level(ring, level));
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fputs(usage, stderr);
    return 2;
  }
  const char* path = argv[1];
  const char* command = argv[2];
  struct ring ring;
  if (!store_load(path, &ring) && !ring_init(&ring, DEFAULT_CAPACITY)) {
    fputs("ringlog: out of memory\n", stderr);
    return 1;
  }

  int status = 2;
  if (strcmp(command, "append") == 0) {
    status = append(path, &ring);
  } else if (strcmp(command, "show") == 0) {
    status = show(&ring, argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
  } else if (strcmp(command, "resize") == 0 && argc > 3) {
    status = resize(path, &ring, argv[3]);
  } else if (strcmp(command, "stats") == 0) {
    status = stats(&ring);
  } else {
    fputs(usage, stderr);
  }
  ring_free(&ring);
  return status;
}
