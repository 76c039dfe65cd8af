int sane_twice(int number) { return 2 * number; }
