Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
Dear reader,

this is "no C++" at all; it's a letter (of sorts.

Yours <sincerely>
