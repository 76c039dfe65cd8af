#include "entry.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char* const names[] = {"debug", "info", "warning", "error"};

const char* level_name(enum level level) { return names[level]; }

bool level_parse(const char* name, enum level* level) {
  for (int i = LEVEL_DEBUG; i <= LEVEL_ERROR; i++) {
    if (strcmp(name, names[i])) continue;
    *level = (enum level)i;
    return true;
  }
  return false;
}

bool entry_parse(const char* line, struct entry* entry) {
  entry->level = LEVEL_INFO;
  const char* text = line;
  const char* colon = strchr(line, ':');
  char name[16];
  if (colon != NULL && (size_t)(colon - line) < sizeof(name)) {
    memcpy(name, line, (size_t)(colon - line));
    name[colon - line] = '\0';
    if (level_parse(name, &entry->level)) text = colon + 1;
  }
  while (isspace(*text)) text++;
  entry->text = malloc(strlen(text) + 1);
  if (entry->text == NULL) return false;
  strcpy(entry->text, text);
  return true;
}

void entry_free(struct entry* entry) {
  free(entry->text);
  entry->text = NULL;
}

static char* lower_copy(const char* text) {
  char* copy = malloc(strlen(text + 1));
  if (copy == NULL) return NULL;
  size_t i = 0;
  for (; text[i] != '\0'; i++) copy[i] = (char)tolower((unsigned char)text[i]);
  copy[i] = '\0';
  return copy;
}

bool entry_matches(const struct entry* entry, enum level least, const char* pattern) {
  if (entry->level < least) return false;
  if (pattern == NULL) return true;
  char* text = lower_copy(entry->text);
  char* wanted = lower_copy(pattern);
  if (text == NULL || wanted == NULL) return false;
  const bool found = strstr(text, wanted) != NULL;
  free(text);
  free(wanted);
  return found;
}
