(mod_item name: (_) @name) @definition.namespace
(function_item name: (_) @name) @definition.function
(function_signature_item name: (_) @name) @declaration.function
(struct_item name: (_) @name) @definition.struct
(union_item name: (_) @name) @definition.union
(enum_item name: (_) @name) @definition.enum
(enum_variant name: (_) @name) @definition.enumerator
(trait_item name: (_) @name) @definition.interface
(type_item name: (_) @name) @definition.type
(associated_type name: (_) @name) @declaration.type
(field_declaration name: (_) @name) @definition.field
(const_item name: (_) @name) @definition.constant
(static_item name: (_) @name) @definition.variable
(macro_definition name: (_) @name) @definition.macro

(impl_item type:
  [(type_identifier) @scope
   (scoped_type_identifier name: (_) @scope)
   (generic_type type: (type_identifier) @scope)
   (generic_type type: (scoped_type_identifier name: (_) @scope))
   (reference_type type: (type_identifier) @scope)]) @extension
(impl_item trait: (_)) @visible.public
(visibility_modifier) @visibility
(closure_expression) @closure

[(line_comment) (block_comment)] @doc
(attribute_item) @attribute
(use_declaration argument: (_) @import)
(extern_crate_declaration name: (_) @import)
