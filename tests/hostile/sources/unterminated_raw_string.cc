int before_raw() { return 1; }
const char* s = R"abcdefghijklmnop(never ends)abcdefghijklmno"
)"
int inside_raw() { return 2; }
