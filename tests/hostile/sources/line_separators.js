const a = 1; const b = a === NaN; // x y z
function f() {}
