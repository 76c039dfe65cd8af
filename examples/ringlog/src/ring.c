#include "ring.h"

#include <stdlib.h>
#include <string.h>

#define SLOT(ring, index) ((ring)->slots[((ring)->first + index) % (ring)->capacity])

bool ring_init(struct ring* ring, size_t capacity) {
  ring->slots = calloc(capacity, sizeof(struct entry));
  ring->capacity = capacity;
  ring->first = 0;
  ring->count = 0;
  ring->dropped = 0;
  return ring->slots != NULL;
}

void ring_free(struct ring* ring) {
  for (size_t i = 0; i < ring->count; i++) entry_free(&SLOT(ring, i));
  free(ring->slots);
  ring->slots = NULL;
  ring->count = 0;
}

void ring_push(struct ring* ring, struct entry entry) {
  if (ring->count == ring->capacity) {
    entry_free(&SLOT(ring, 0));
    ring->first = (ring->first + 1) % ring->capacity;
    ring->count--;
    ring->dropped++;
  }
  SLOT(ring, ring->count) = entry;
  ring->count++;
}

const struct entry* ring_at(const struct ring* ring, size_t index) { return &SLOT(ring, index); }

bool ring_resize(struct ring* ring, size_t capacity) {
  struct ring resized;
  if (!ring_init(&resized, capacity)) return false;
  resized.dropped = ring->dropped;
  for (size_t i = 0; i < ring->count; i++) ring_push(&resized, SLOT(ring, i));
  free(ring->slots);
  *ring = resized;
  return true;
}

size_t ring_count_level(const struct ring* ring, enum level level) {
  size_t count = 0;
  for (size_t i = 0; i < ring->count; i++) {
    if (ring_at(ring, i)->level == level) count++;
  }
  return count;
}

double ring_average_length(const struct ring* ring) {
  size_t total = 0;
  for (size_t i = 0; i < ring->count; i++) total += strlen(ring_at(ring, i)->text);
  return ring->count == 0 ? 0 : total / ring->count;
}
