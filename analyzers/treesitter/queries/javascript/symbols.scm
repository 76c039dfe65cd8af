(function_declaration name: (_) @name) @definition.function
(generator_function_declaration name: (_) @name) @definition.function
(arguments (function_expression name: (_) @name) @definition.function)
(array (function_expression name: (_) @name) @definition.function)
(parenthesized_expression (function_expression name: (_) @name) @definition.function)
(return_statement (function_expression name: (_) @name) @definition.function)
(assignment_expression
  left: [(identifier) (subscript_expression)]
  right: (function_expression name: (_) @name) @definition.function)
(class_declaration name: (_) @name) @definition.class
(class name: (_) @name) @definition.class
(method_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.method

(variable_declarator
  name: (identifier) @name
  value: [(arrow_function body: (_) @body)
          (function_expression body: (_) @body)
          (generator_function body: (_) @body)]) @definition.function
(assignment_expression
  left: (member_expression object: (_) @scope property: (_) @name)
  right: [(arrow_function body: (_) @body)
          (function_expression body: (_) @body)
          (generator_function body: (_) @body)]) @definition.function
(pair
  key: (property_identifier) @name
  value: [(arrow_function body: (_) @body)
          (function_expression body: (_) @body)
          (generator_function body: (_) @body)]) @definition.method

(lexical_declaration kind: "const" (variable_declarator name: (identifier) @name) @definition.constant)
(lexical_declaration kind: "let" (variable_declarator name: (identifier) @name) @definition.variable)
(variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)

(lexical_declaration) @wrapper
(variable_declaration) @wrapper
(export_statement) @wrapper @visible.public
(export_specifier name: (identifier) @export)
(export_statement value: (identifier) @export)
(arrow_function) @closure
(function_expression) @closure
(generator_function) @closure

(comment) @doc

(import_statement source: (_) @import)
(export_statement source: (_) @import)
(call_expression function: (import) arguments: (arguments . (string) @import))
(call_expression
  function: (identifier) @said
  arguments: (arguments . (string) @import)
  (#eq? @said "require"))
