fn before_raw() {}
const A: &str = r################"never ends "###############;
fn inside() {}
