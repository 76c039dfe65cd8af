int before_comment(void) { return 1; }
/* never ends
int inside_comment(void) { return 2; }
int before_comment(void) { return 1; }
/* never ends
int inside_comment(void) { return 2; }
int before_comment(void) { return 1; }
/* never ends
int inside_comment(void) { return 2; }
