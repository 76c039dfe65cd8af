function beforeTemplate() {}
const s = `${`${`${`${ never ends
function inside() {}
