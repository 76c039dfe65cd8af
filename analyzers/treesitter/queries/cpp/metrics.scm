; inherits: c
(for_range_loop body: (_) @nest) @branch
(catch_clause body: (_) @nest) @branch
