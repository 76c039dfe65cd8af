(if_statement consequence: (_) @nest) @branch
(if_statement alternative: (block) @nest)
(for_statement body: (_) @nest) @branch
(enhanced_for_statement body: (_) @nest) @branch
(while_statement body: (_) @nest) @branch
(do_statement body: (_) @nest) @branch
(catch_clause body: (_) @nest) @branch
(switch_block) @nest
(switch_label (_)) @branch
(ternary_expression) @branch
(binary_expression) @branch.logical
