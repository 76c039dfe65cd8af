(if_statement consequence: (_) @nest) @branch
(elif_clause consequence: (_) @nest) @branch
(else_clause body: (_) @nest)
(for_statement body: (_) @nest) @branch
(while_statement body: (_) @nest) @branch
(except_clause (block) @nest) @branch
(case_clause consequence: (_) @nest) @branch
(conditional_expression) @branch
(boolean_operator) @branch
(for_in_clause) @branch
(if_clause) @branch
