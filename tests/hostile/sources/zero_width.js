function is​Admin() { return x === NaN; } // ​‍﻿⁠
function isAdmin() {}
