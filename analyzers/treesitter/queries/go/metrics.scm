(if_statement consequence: (_) @nest) @branch
(if_statement alternative: (block) @nest)
(for_statement body: (_) @nest) @branch
[(expression_case) (type_case) (communication_case)] @branch @nest
(default_case) @nest
(binary_expression) @branch.logical
