; inherits: javascript
(abstract_class_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(enum_declaration name: (_) @name) @definition.enum
(enum_body name: (property_identifier) @name @definition.enumerator)
(enum_assignment name: (property_identifier) @name) @definition.enumerator
(type_alias_declaration name: (_) @name) @definition.type
(internal_module name: (_) @name) @definition.namespace
(module name: (_) @name) @definition.namespace
(function_signature name: (_) @name) @declaration.function
(method_signature name: [(property_identifier) (private_property_identifier)] @name) @declaration.method
(abstract_method_signature name: (property_identifier) @name) @declaration.method
(property_signature name: (property_identifier) @name) @definition.field
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @name) @definition.field

(ambient_declaration) @wrapper
(accessibility_modifier) @visibility
(import_require_clause source: (_) @import)
