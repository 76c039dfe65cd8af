(if_statement consequence: (_) @nest) @branch
(else_clause [(compound_statement) (expression_statement) (return_statement)] @nest)
(for_statement body: (_) @nest) @branch
(while_statement body: (_) @nest) @branch
(do_statement body: (_) @nest) @branch
(switch_statement body: (_) @nest)
(case_statement value: (_)) @branch
(conditional_expression) @branch
(binary_expression) @branch.logical
