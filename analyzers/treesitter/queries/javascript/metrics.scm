(if_statement consequence: (_) @nest) @branch
(else_clause [(statement_block) (expression_statement) (return_statement)] @nest)
(for_statement body: (_) @nest) @branch
(for_in_statement body: (_) @nest) @branch
(while_statement body: (_) @nest) @branch
(do_statement body: (_) @nest) @branch
(catch_clause body: (_) @nest) @branch
(switch_body) @nest
(switch_case) @branch
(ternary_expression) @branch
(binary_expression) @branch.logical
