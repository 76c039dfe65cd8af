[(identifier) (field_identifier) (package_identifier)] @reference
(type_identifier) @reference.type
(call_expression function: (_) @reference.call)

(_ parameters: (parameter_list (parameter_declaration name: (identifier) @parameter)))
(_ parameters: (parameter_list (parameter_declaration !name) @parameter))
(_ parameters: (parameter_list (variadic_parameter_declaration) @parameter))
(parameter_declaration name: (identifier) @local)
(variadic_parameter_declaration name: (identifier) @local)
(type_parameter_declaration name: (identifier) @local)
(short_var_declaration left: (expression_list (identifier) @local))
(range_clause left: (expression_list (identifier) @local) ":=")
(import_spec name: (package_identifier) @local)
