#define BEGIN {
#define END }
#define IF if (
BEGIN_NAMESPACE(a)
int macros() BEGIN IF x) BEGIN return 1; END END
Q_OBJECT Q_PROPERTY(a b c) FOO BAR BAZ(
END_NAMESPACE
