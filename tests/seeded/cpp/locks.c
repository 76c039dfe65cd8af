#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int doors = 0;

int open_door(int allowed) {
  pthread_mutex_lock(&gate);
  if (!allowed) return -1; // expect: cpp-left-locked
  ++doors;
  pthread_mutex_unlock(&gate);
  return 0;
}

int open_door_safely(int allowed) {
  pthread_mutex_lock(&gate);
  if (!allowed) {
    pthread_mutex_unlock(&gate);
    return -1;
  }
  ++doors;
  pthread_mutex_unlock(&gate);
  return 0;
}

void *watch(void *unused) { return unused; }

void start(pthread_t *thread) {
  pthread_create(thread, 0, watch, 0); // expect: cpp-failure-unseen
}

int start_checked(pthread_t *thread) { return pthread_create(thread, 0, watch, 0); }

void pull(int file, char *bytes) {
  read(file, bytes, 1); // expect: cpp-failure-unseen
}

int pull_checked(int file, char *bytes) { return read(file, bytes, 1) == 1; }
