/* Mistakes, each beside the same done right. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
  char *text;
  struct list *next;
};

int count_commas(const char *line) {
  int commas = 0;
  for (size_t i = 0; i < strlen(line); i++) { // expect: c-strlen-as-condition
    if (line[i] == ',') commas++;
  }
  return commas;
}

int count_dots(const char *line) {
  int dots = 0;
  for (size_t i = 0, length = strlen(line); i < length; i++) {
    if (line[i] == '.') dots++;
  }
  return dots;
}

void trim(char *line, size_t start) {
  while (start < strlen(line) && line[start] == ' ') { // expect: c-strlen-as-condition
    start++;
  }
  memmove(line, line + start, strlen(line + start) + 1);
}

void trim_end(char *line) {
  size_t length = strlen(line);
  while (length > 0 && line[length - 1] == ' ') length--;
  line[length] = '\0';
}

int is_blank(const char *name) {
  return strlen(name) == 0; // expect: c-strlen-asks-empty
}

int is_letter(const char *name) {
  return strlen(name) == 1 || name[0] == '\0';
}

int first_byte(const char *path) {
  FILE *in = fopen(path, "rb");
  if (in == NULL) return -1;
  char byte = fgetc(in); // expect: c-char-from-getc
  fclose(in);
  return byte == EOF ? -1 : byte;
}

int last_byte(const char *path) {
  FILE *in = fopen(path, "rb");
  if (in == NULL) return -1;
  int last = -1;
  for (int byte = getc(in); byte != EOF; byte = getc(in)) last = byte;
  fclose(in);
  return last;
}

int sum_lines(FILE *in) {
  char line[128];
  int sum = 0;
  while (!feof(in)) { // expect: c-feof-as-condition
    fgets(line, sizeof line, in);
    sum += atoi(line);
  }
  return sum;
}

int count_lines(FILE *in) {
  char line[128];
  int lines = 0;
  while (fgets(line, sizeof line, in) != NULL) lines++;
  if (!feof(in)) lines = -1;
  return lines;
}

void drop(struct list *one) {
  char *text = one->text;
  if (text) free(text); // expect: c-tested-before-free
  free(one);
}

void forget(struct list *one) {
  char *text = one->text;
  one->text = NULL;
  if (text != NULL) free(text); // expect: c-tested-before-free
}

void drop_all(struct list *one) {
  while (one) {
    struct list *next = one->next;
    if (one->text) {
      one->text[0] = '\0';
      free(one->text);
    }
    free(one);
    one = next;
  }
}

int sign(int value) {
  if (value > 0) {
    return 1;
  } else if (value > 0) { // expect: c-condition-repeated
    return -1;
  }
  return 0;
}

int compare(int left, int right) {
  if (left > right) {
    return 1;
  } else if (right > left) {
    return -1;
  }
  return 0;
}

void set_name(char *name, const char *wanted) {
  strncpy(name, wanted, strlen(wanted)); // expect: c-bound-by-source
}

void set_title(char *title, size_t room, const char *wanted) {
  if (room == 0) return;
  strncpy(title, wanted, room - 1);
  title[room - 1] = '\0';
  memcpy(title, wanted, strlen(wanted) < room ? strlen(wanted) : room - 1);
}
