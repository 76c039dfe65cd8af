function beforeRegex() {}
const r = /[a-z(((/*+
function afterRegex() {}
