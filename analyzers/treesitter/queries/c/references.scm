[(identifier) (field_identifier)] @reference
(type_identifier) @reference.type
(call_expression function: (_) @reference.call)

(parameter_declaration) @parameter
