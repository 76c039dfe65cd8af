(function_definition declarator: (_) @declarator) @definition.function
(declaration declarator: (_) @declarator) @definition.variable
(field_declaration declarator: (_) @declarator) @definition.field
(type_definition declarator: (_) @declarator) @definition.type

(struct_specifier name: (_) @declarator) @definition.struct
(union_specifier name: (_) @declarator) @definition.union
(enum_specifier name: (_) @declarator) @definition.enum
(enumerator name: (_) @name) @definition.enumerator

(preproc_include path: (_) @import)
(comment) @doc
