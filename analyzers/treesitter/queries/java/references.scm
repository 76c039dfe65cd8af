(identifier) @reference
(type_identifier) @reference.type
(method_invocation name: (_) @reference.call)

(formal_parameters [(formal_parameter) (spread_parameter)] @parameter)
(formal_parameter name: (identifier) @local)
(spread_parameter (variable_declarator name: (identifier) @local))
(catch_formal_parameter name: (identifier) @local)
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(enhanced_for_statement name: (identifier) @local)
(resource name: (identifier) @local)
(inferred_parameters (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(type_parameter (type_identifier) @local)
