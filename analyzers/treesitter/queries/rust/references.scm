[(identifier) (field_identifier) (shorthand_field_identifier)] @reference
(type_identifier) @reference.type
(call_expression function: (_) @reference.call)
(macro_invocation macro: (_) @reference.call)

(parameters (parameter) @parameter)
(parameter pattern: (identifier) @local)
(parameter pattern: (mut_pattern (identifier) @local))
(let_declaration pattern: (identifier) @local)
(let_declaration pattern: (mut_pattern (identifier) @local))
(tuple_pattern (identifier) @local)
(closure_parameters (identifier) @local)
(for_expression pattern: (identifier) @local)
(type_parameter name: (type_identifier) @local)
(const_parameter name: (identifier) @local)
(use_as_clause alias: (identifier) @local)
