#include "store.h"

#include <stdlib.h>
#include <string.h>

char* read_line(FILE* in) {
  size_t size = 64;
  size_t length = 0;
  char* line = malloc(size);
  if (line == NULL) return NULL;
  int c;
  while ((c = fgetc(in)) != EOF && c != '\n') {
    if (length + 1 == size) {
      size *= 2;
      line = realloc(line, size);
      if (line == NULL) return NULL;
    }
    line[length++] = (char)c;
  }
  if (c == EOF && length == 0) {
    free(line);
    return NULL;
  }
  line[length] = '\0';
  return line;
}

// "ringlog 1 CAPACITY DROPPED"
static bool parse_heading(const char* line, size_t* capacity, unsigned long* dropped) {
  if (strncmp(line, "ringlog 1 ", 10) != 0) return false;
  const char* number = line + 10;
  const char* space = strchr(number, ' ');
  if (space == NULL) return false;
  *capacity = (size_t)atoi(number);
  *dropped = (unsigned long)atol(space + 1);
  return *capacity > 0;
}

bool store_load(const char* path, struct ring* ring) {
  FILE* in = fopen(path, "r");
  if (in == NULL) return false;

  char* heading = read_line(in);
  size_t capacity = 0;
  unsigned long dropped = 0;
  if (heading == NULL || !parse_heading(heading, &capacity, &dropped)) {
    free(heading);
    return false;
  }
  free(heading);
  if (!ring_init(ring, capacity)) {
    fclose(in);
    return false;
  }

  char* line;
  while ((line = read_line(in)) != NULL) {
    struct entry entry;
    if (entry_parse(line, &entry)) ring_push(ring, entry);
    free(line);
  }
  ring->dropped = dropped;
  fclose(in);
  return true;
}

bool store_save(const char* path, const struct ring* ring) {
  FILE* out = fopen(path, "w");
  if (out == NULL) return false;
  fprintf(out, "ringlog 1 %zu %lu\n", ring->capacity, ring->dropped);
  for (size_t i = 0; i < ring->count; i++) {
    const struct entry* entry = ring_at(ring, i);
    fprintf(out, "%s: %s\n", level_name(entry->level), entry->text);
  }
  return fclose(out) == 0;
}
