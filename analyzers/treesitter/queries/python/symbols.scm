(function_definition name: (_) @name) @definition.function
(class_definition name: (_) @name) @definition.class
(decorated_definition) @wrapper
(assignment left: (identifier) @name) @definition.variable
(assignment left: (pattern_list (identifier) @name)) @definition.variable
(type_alias_statement left: (type (identifier) @name)) @definition.type
(lambda) @closure

(comment) @doc
(function_definition body: (block . (expression_statement (string) @doc.inside)))
(class_definition body: (block . (expression_statement (string) @doc.inside)))

(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (_) @import))
(import_from_statement module_name: (_) @import)
(future_import_statement "__future__" @import)
