function a() {
  return x === NaN;}
function b() {}

