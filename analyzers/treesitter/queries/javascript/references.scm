[(identifier) (property_identifier) (private_property_identifier)
 (shorthand_property_identifier)] @reference
(call_expression function: (_) @reference.call)
(new_expression constructor: (_) @reference.call)

(formal_parameters (_) @parameter)
(arrow_function parameter: (identifier) @parameter @local)
(rest_pattern (identifier) @local)
(array_pattern (identifier) @local)
(shorthand_property_identifier_pattern) @local
(pair_pattern value: (identifier) @local)
(catch_clause parameter: (identifier) @local)
(for_in_statement kind: _ left: (identifier) @local)
(import_clause (identifier) @local)
(namespace_import (identifier) @local)
(import_specifier alias: (identifier) @local)
