; inherits: c
(class_specifier name: (_) @declarator) @definition.class
(namespace_definition name: (_) @declarator) @definition.namespace
(namespace_definition !name) @visible.file
(namespace_alias_definition name: (_) @name) @definition.namespace
(alias_declaration name: (_) @name) @definition.type
(concept_definition name: (_) @name) @definition.type

(template_declaration) @wrapper
(friend_declaration) @friend
(access_specifier) @access
(lambda_expression) @closure
