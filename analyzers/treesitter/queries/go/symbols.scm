(package_clause (package_identifier) @name) @definition.namespace
(function_declaration name: (_) @name) @definition.function
(method_declaration
  receiver: (parameter_list (parameter_declaration type:
    [(type_identifier) @scope
     (generic_type type: (type_identifier) @scope)
     (pointer_type (type_identifier) @scope)
     (pointer_type (generic_type type: (type_identifier) @scope))]))
  name: (_) @name) @definition.method
(method_elem name: (_) @name) @declaration.method

(type_spec name: (_) @name type: (struct_type (field_declaration_list) @body)) @definition.struct
(type_spec name: (_) @name type: (interface_type) @body) @definition.interface
(type_spec name: (_) @name) @definition.type
(type_alias name: (_) @name) @definition.type
(field_declaration name: (_) @name) @definition.field
(const_spec name: (identifier) @name) @definition.constant
(var_spec name: (identifier) @name) @definition.variable

(type_declaration) @wrapper
(const_declaration) @wrapper
(var_declaration) @wrapper
(func_literal) @closure

(comment) @doc
(import_spec path: (_) @import)
