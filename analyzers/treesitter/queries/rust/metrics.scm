(if_expression consequence: (_) @nest) @branch
(else_clause (block) @nest)
(for_expression body: (_) @nest) @branch
(while_expression body: (_) @nest) @branch
(loop_expression body: (_) @nest) @branch
(match_block) @nest
(match_arm) @branch
(binary_expression) @branch.logical
