/* FIXME: overflow ]0;owned[2J[31m31m */
int shown_c(void) { char *s = "]0;owned[2J[31m31m"; if (s == "]0;owned[2J[31m31m") return 1; return 0; }
