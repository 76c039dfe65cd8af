; inherits: c
(namespace_identifier) @reference

(optional_parameter_declaration) @parameter
(variadic_parameter_declaration) @parameter
(for_range_loop declarator: (_) @declarator)
(structured_binding_declarator (identifier) @local)
(lambda_capture_initializer left: (identifier) @local)
(type_parameter_declaration (type_identifier) @local)
(variadic_type_parameter_declaration (type_identifier) @local)
(optional_type_parameter_declaration name: (type_identifier) @local)
